"""What kustomize says of a kustomization that it cannot build, in words that help."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from typing import Final, NamedTuple

_LOG: Final = re.compile(r'^[EF]\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] "[^"]*" err="(.*)"$', re.S)
_WRAPPED: Final = re.compile(r".*(?:recursed accumulation of path|couldn't make target for path) '[^']*': ", re.S)
_GONE: Final = re.compile(r"(?:lstat|open|stat) (/\S+?):? (?:no such file|: no such file)")
_UNKNOWN: Final = re.compile(r'unknown field "(\w+)"')
_NO_TARGET: Final = re.compile(r"no matches for Id (\w+)\.[^/]*/([^\s.]+)")
_TWICE: Final = re.compile(r"may not add resource with an already registered id: (\w+)\.[^/]*/([^\s.]+)")
_FIELDS: Final = (
    "apiVersion", "bases", "buildMetadata", "commonAnnotations", "commonLabels", "components", "configMapGenerator",
    "configurations", "crds", "generatorOptions", "generators", "helmCharts", "helmGlobals", "images", "kind", "labels",
    "metadata", "namePrefix", "nameSuffix", "namespace", "openapi", "patches", "patchesJson6902",
    "patchesStrategicMerge", "replacements", "replicas", "resources", "secretGenerator", "sortOptions", "transformers",
    "validators", "vars",
)  # fmt: skip


class Failure(NamedTuple):
    """What went wrong, how to mend it, and the word of the kustomization that it is about, "" where none is known."""

    message: str
    help: str | None = None
    word: str = ""


def failure(said: str, folder: str) -> Failure:
    """What a failed build of `folder` says, without what differs from run to run and from machine to machine.

    >>> failure("invalid Kustomization: json: unknown field \\"ressources\\"", ".")
    Failure(message='a kustomization has no field `ressources`', help='did you mean `resources`?', word='ressources')
    """
    text = _plain(said)
    if found := _UNKNOWN.search(text):
        close = get_close_matches(found[1], _FIELDS, n=1)
        return Failure(
            f"a kustomization has no field `{found[1]}`", f"did you mean `{close[0]}`?" if close else None, found[1]
        )
    if found := _NO_TARGET.search(text):
        name = f"{found[1].lower()}/{found[2]}"
        return Failure(f"a patch is for {name}, which is not among the resources", None, "patches")
    if found := _TWICE.search(text):
        return Failure(f"two of the resources are {found[1].lower()}/{found[2]}", None, "resources")
    if found := _GONE.search(text):
        path = os.path.relpath(found[1], os.path.realpath(folder))
        return Failure(f"`{path}` is not there", None, path)
    return Failure(_WRAPPED.sub("", text).replace(f"{os.path.realpath(folder)}/", ""))


def line_of(word: str, text: str) -> tuple[int, int]:
    """Line and column, from 1, where a word first stands in a text; its start where it does not."""
    found = re.search(rf"(?<![\w./-])(?:\./)?{re.escape(word)}(?![\w./-])", text) if word else None
    if found is None:
        return 1, 1
    start = found.start()
    return text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1


def _plain(said: str) -> str:
    logged = _LOG.match(said.strip())
    return logged[1].replace('\\"', '"') if logged else said.strip()
