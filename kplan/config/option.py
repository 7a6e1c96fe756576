"""The one table of what can be configured: checks, the JSON Schema and the documentation come from it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from kplan.config.value import (
    BOOL,
    DATE,
    EXTERNALS,
    GLOBS,
    NAMES,
    NAMESPACE,
    OUTPUT,
    PROFILE,
    SEVERITY,
    TEXT,
    TEXTS,
    VERSION,
    Type,
    choice,
)
from kplan.k8s.version import NEWEST


class Option(NamedTuple):
    """One key: its name and type, what it says where it is not set, and its documentation.

    `required` is for keys of tables.
    """

    name: str
    type: Type
    default: Any
    doc: str
    required: bool = False


_KUBE_VERSION: Final = Option("kube-version", VERSION, f"1.{NEWEST}", "The Kubernetes version to judge by.")
_NAMESPACE: Final = Option("namespace", NAMESPACE, "default", "The namespace of objects that name none.")
_PROFILE: Final = Option("profile", PROFILE, "default", "How much is asked for: see `kplan rules`.")
_CRDS: Final = Option("crds", TEXTS, (), "Files or folders with more CustomResourceDefinitions.")
_EXTERNALS: Final = Option(
    "externals",
    EXTERNALS,
    (),
    "Objects that live elsewhere, as `kind/namespace/name` or `kind/name`; each part is a glob.",
)
_INVENTORY: Final = Option(
    "inventory", TEXTS, (), "Files that `kplan inventory` wrote: objects that are in the cluster."
)

OPTIONS: Final = (
    _KUBE_VERSION,
    _NAMESPACE,
    _PROFILE,
    Option("select", NAMES, (), "Only these rules or groups of rules."),
    Option("ignore", NAMES, (), "All but these rules or groups of rules."),
    Option("fail-on", SEVERITY, "error", "The mildest finding that makes the exit code of `kplan lint` 1."),
    Option("output", OUTPUT, ("text",), "The forms of the report of `kplan lint`."),
    Option("color", choice("auto", "always", "never"), "auto", "Colours; `auto` is on a terminal without `NO_COLOR`."),
    _CRDS,
    _EXTERNALS,
    _INVENTORY,
    Option("exclude", GLOBS, (), "Files that are left out of folders: patterns as in a `.gitignore` beside this file."),
    Option("placeholders", GLOBS, (), "Files in which `${name}` is filled in before they are applied."),
    Option("baseline", TEXT, None, "The file with findings that are known and not shown."),
)
"""The keys at the top. Paths and patterns of files begin at the folder of the configuration."""

ALLOW: Final = (
    Option("rule", TEXTS, (), "The rules or groups that are allowed.", required=True),
    Option("kind", TEXTS, (), "Kinds of objects: `Job`, `apps/Deployment`; globs."),
    Option("namespace", TEXTS, (), "Namespaces of the objects; globs."),
    Option("name", TEXTS, (), "Names of the objects; globs."),
    Option("label", TEXTS, (), "Labels that the object has, all of them: `app=web`, or `app` with any value; globs."),
    Option(
        "path",
        TEXTS,
        (),
        "Fields, with all that is below: `spec.template.spec.containers[web]`; items by name or number, `*` for any.",
    ),
    Option("files", GLOBS, (), "Files: patterns as in a `.gitignore` beside this file."),
    Option("reason", TEXT, "", "Why."),
    Option("expires", DATE, None, "The last day that it counts: `2027-01-31`."),
)
"""The keys of an `[[allow]]` table. All that are given have to fit; of a list, one has to."""

GROUP: Final = (
    Option("name", TEXT, "", "What it is called.", required=True),
    Option("files", GLOBS, (), "Its files: patterns as in a `.gitignore` beside this file.", required=True),
    Option("shared", BOOL, False, "Whether the objects of all other groups may refer to its objects."),
    _KUBE_VERSION,
    _NAMESPACE,
    _PROFILE,
    _CRDS,
    _EXTERNALS,
    _INVENTORY,
)
"""The keys of a `[[group]]` table; what it does not set is as at the top, and of lists it has those as well."""

RELEASE: Final = (
    Option("name", TEXT, "", "The name of the release.", required=True),
    Option("chart", TEXT, "", "The folder of the chart.", required=True),
    Option("values", TEXTS, (), "Files with values, the later over the earlier."),
    _NAMESPACE,
    Option("group", TEXT, "", "The group that its objects belong to."),
)
"""The keys of a `[[releases]]` table."""

TABLES: Final = {"allow": ALLOW, "group": GROUP, "releases": RELEASE}
"""Tables that may be there several times."""

SEVERITY_TABLE: Final = "severity"
"""The table that says for a rule how bad its findings are."""
