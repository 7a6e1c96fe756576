"""Scenario files: YAML or JSON in the form of the recordings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kplan.errors import InputError, UsageError
from kplan.k8s.version import NEWEST, parse_version
from kplan.loader import load_text, parse_documents
from kplan.loader.file import SUFFIXES
from kplan.model import Manifest
from kplan.simulator.event import KEYS
from kplan.simulator.node import Nodes, plain_nodes
from kplan.simulator.node_file import nodes_of_list
from kplan.simulator.scenario import Scenario

_IGNORED = frozenset(
    {"family", "note", "traces", "nondeterministic", "quiet", "dir", "difference", "compared_with_v1.36.3"}
)
"""What recordings hold beside their scenario."""


def read_scenario(path: str | Path) -> Scenario:
    """The scenario in a file.

    `name` is the file's name where it is not given, `nodes` 3, `events` the application of every manifest in order.
    `manifests` maps a name to a text or to the path of a file, or is a list of paths, relative to the scenario's
    folder; without it they are the files that the events name. `server` is the version of Kubernetes to judge by.
    `namespace` is the one that is shown, and that objects go to that name none; where it is not given it is the only
    one that the manifests name, or `default`.

    Raises UsageError for a file that is no scenario, InputError for one that cannot be read.
    """
    path = Path(path)
    try:
        documents = parse_documents(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    except InputError as error:
        raise InputError(f"{path}:{str(error).removeprefix('line ')}") from None
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise UsageError(f"{path}: a scenario is one YAML or JSON map")
    try:
        return scenario_of(documents[0], path.stem, path.parent)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def scenario_of(data: Mapping[str, Any], name: str, folder: Path) -> Scenario:
    """The scenario that a map in the form of the recordings describes. Raises UsageError, naming the key at fault."""
    for key in data:
        if key not in _READERS and key not in _IGNORED:
            raise UsageError(f"unknown key `{key}`; a scenario has {', '.join(_READERS)}")
    given = {_FIELD.get(key, key): read(data[key]) for key, read in _READERS.items() if data.get(key) is not None}
    events = given.pop("events", None)
    manifests = _manifests(data.get("manifests"), events or (), partial(_file, folder, given.get("minor", NEWEST)))
    given.pop("manifests", None)
    if "namespace" not in given and (namespace := _only_namespace(manifests)):
        given["namespace"] = namespace
    if events is None:
        events = tuple({"apply": one} for one in manifests)
    return Scenario(**{"name": name, **given, "events": events, "manifests": manifests})


def _manifests(given: Any, events: tuple[Mapping[str, Any], ...], read: Reader) -> dict[str, Manifest]:
    if given is None:
        given = [str(event["apply"]) for event in events if "apply" in event]
    if isinstance(given, list) and all(isinstance(path, str) for path in given):
        return {str(path): read(str(path), str(path)) for path in given}
    if not isinstance(given, dict):
        raise UsageError("`manifests` is a map from names to texts or paths, or a list of paths")
    return {str(name): _text_or_file(str(name), value, read) for name, value in given.items()}


def _only_namespace(manifests: Mapping[str, Manifest]) -> str | None:
    """The namespace that all objects say they are in; None where they say several, or some say none."""
    spaces = {each.get("metadata", "namespace") for one in manifests.values() for each in one if each.ref.namespace}
    space = spaces.pop() if len(spaces) == 1 else None
    return space if isinstance(space, str) else None


def _text_or_file(name: str, value: Any, read: Reader) -> Manifest:
    if not isinstance(value, str):
        raise UsageError(f"manifests.{name} is a text or the path of a file")
    if value and "\n" not in value and len(value) < 1000:
        folder: Path = read.args[0]
        if (folder / value).exists():
            return read(value, name)
        if value.endswith(SUFFIXES):
            raise UsageError(f"manifests.{name}: there is no file `{folder / value}`")
    return load_text(value, file=name)


def _file(folder: Path, minor: int, inside: str, name: str) -> Manifest:
    """A file, or what a folder with a chart, a kustomization or files holds."""
    path = folder / inside
    if path.is_dir():
        from kplan.render.load import Options, load

        return load([path], options=Options(minor, hooks=False))
    try:
        return load_text(path.read_bytes(), file=name)
    except OSError as error:
        raise UsageError(f"manifest `{name}`: {path}: {error.strerror or error}") from None


Reader = partial[Manifest]
"""Reads a file of the scenario's folder: its path inside of it, the name that positions show."""


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise UsageError("`name` is a text")
    return value


def _server(value: Any) -> int:
    if not isinstance(value, str):
        raise UsageError("`server` is a version of Kubernetes as a text: v1.36.3")
    return parse_version(value)


def _namespace(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise UsageError("`namespace` is a name")
    return value


def _nodes(value: Any) -> tuple[str, ...] | Nodes:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return plain_nodes(value)
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return nodes_of_list(value)
    return _texts("nodes", value)


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f"`{key}` is a list of texts{' or a number, or of nodes' if key == 'nodes' else ''}")
    return tuple(value)


def _job_fail(value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not all(isinstance(one, int) for one in value.values()):
        raise UsageError("`job_fail` maps the names of Jobs to numbers of pods")
    return dict(value)


def _max_acts(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise UsageError("`max_acts` is a number of acts")
    return value


def _events(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list):
        raise UsageError("`events` is a list")
    for number, event in enumerate(value):
        _check_event(number, event)
    return tuple(value)


def _check_event(number: int, event: Any) -> None:
    if not isinstance(event, dict):
        raise UsageError(f"events[{number}] is no map")
    kinds = [kind for kind in KEYS if kind in event]
    if len(kinds) != 1:
        raise UsageError(f"events[{number}] must have exactly one of {', '.join(KEYS)}")
    for key in event:
        if key not in (kinds[0], "after_acts", "after_batches", *KEYS[kinds[0]]):
            raise UsageError(f"events[{number}]: unknown key `{key}` beside `{kinds[0]}`")
    for key in ("after_acts", "after_batches"):
        if key in event and not _is_count(event[key]):
            raise UsageError(f"events[{number}]: `{key}` is a number of acts, not {_shown(event[key])}")
    for key in (kinds[0], *KEYS[kinds[0]]):
        if key in event:
            is_right, wanted = _VALUES[key]
            if not is_right(event[key]):
                raise UsageError(f"events[{number}]: `{key}` is {wanted}, not {_shown(event[key])}")


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_choice(value: Any) -> bool:
    """Whether a value says which pods: `{owner: web}`, with `index: 1`, `index: [1, 3]` or `count: all`."""
    if not isinstance(value, dict) or not isinstance(value.get("owner"), str) or value.keys() - _CHOICE:
        return False
    index = value.get("index", 0)
    indexes = index if isinstance(index, list) else [index]
    return value.get("count", "all") == "all" and bool(indexes) and all(map(_is_count, indexes))


def _is_name_or_names(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return all(isinstance(name, str) for name in names)


_CHOICE = {"owner", "index", "count"}
_WHICH = "`{owner: NAME}` with `index: N`, `index: [N, ...]` or `count: all`"
_VALUES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "apply": (lambda value: isinstance(value, str), "the name of a manifest"),
    "server_side": (lambda value: isinstance(value, bool), "true or false"),
    "force": (lambda value: isinstance(value, bool), "true or false"),
    "prune": (lambda value: isinstance(value, str) and "=" in value, "a label selector as `app=web`"),
    "kubectl": (lambda value: isinstance(value, str), "a command line"),
    "delete_pod": (_is_choice, _WHICH),
    "unready_pod": (_is_choice, _WHICH),
    "recover": (lambda value: isinstance(value, bool), "true"),
    "never_ready": (
        lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
        "a list of parts of images",
    ),
    **dict.fromkeys(("lose_node", "restore_node", "delete_node"), (_is_name_or_names, "a node's name, or a list")),
    "wait": (
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LONGEST_S,
        "a number of seconds, at most a year",
    ),
}
_LONGEST_S = 366 * 24 * 3600


_FIELD = {"server": "minor"}
"""Where a Scenario has another name for a key."""

_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "server": _server,
    "namespace": _namespace,
    "nodes": _nodes,
    "never_ready": lambda value: _texts("never_ready", value),
    "job_fail": _job_fail,
    "events": _events,
    "manifests": lambda value: value,
    "max_acts": _max_acts,
}
