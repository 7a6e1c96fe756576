"""Kustomizations, built by the `kustomize` or `kubectl` that is installed."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from kplan.errors import InputError
from kplan.loader import load_inputs, parse_documents
from kplan.loader.file import read
from kplan.model import FieldPath, Manifest, Resource, Source, Span
from kplan.render.program import find_program, output_of

FILES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_ORIGIN: Final = re.compile(r"(?m)^    config\.kubernetes\.io/origin: \|\n((?:      .*\n?)+)")
_BARE: Final = re.compile(r"(?m)^  annotations:\n(?!    )")
_PATH: Final = re.compile(r"(?m)^      (?:path|configuredIn): (.+)$")
_REMOTE: Final = re.compile(r"://|^git@|^github\.com/|^[\w.-]+\.[a-z]{2,}[:/].*(//|\?ref=|\.git)|\?ref=")


class Built(NamedTuple):
    """What kustomize made: the text, and of each document the file that its object was written in ("" if unknown)."""

    raw: bytes
    origins: tuple[str, ...]


def kustomization_in(folder: str) -> str | None:
    """The kustomization file of a folder."""
    return next((path for name in FILES if os.path.isfile(path := os.path.join(folder, name))), None)


def build(folder: str) -> Built | None:
    """What `kustomize build`, or `kubectl kustomize`, makes of the folder; None where neither is installed.

    Raises ProgramError where it fails. It is built from outside, by a kustomization that asks for the origin of each
    object, which is taken out again.
    """
    program = find_program("kustomize", "kubectl")
    if program is None:
        return None
    command = [program, "build"] if os.path.basename(program).startswith("kustomize") else [program, "kustomize"]
    with tempfile.TemporaryDirectory() as outside:
        outside = os.path.realpath(outside)
        below = os.path.relpath(os.path.realpath(folder), outside)
        with open(os.path.join(outside, FILES[0]), "w", encoding="utf-8") as file:
            file.write(f"buildMetadata: [originAnnotations]\nresources: [{_quoted(below)}]\n")
        text = output_of([*command, outside], {"HOME": outside}).decode("utf-8", "replace")
    documents = text.split("\n---\n")
    return Built(
        "\n---\n".join(_without_origin(one) for one in documents).encode(),
        tuple(_origin(one, outside, folder) for one in documents),
    )


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


def _without_origin(document: str) -> str:
    return _BARE.sub("", _ORIGIN.sub("", document))


def _origin(document: str, outside: str, folder: str) -> str:
    """The file that the object was written in, named from where `folder` is named from."""
    found = _ORIGIN.search(document)
    path = _PATH.search(found[1]) if found else None
    if path is None:
        return ""
    inside = os.path.relpath(os.path.join(outside, path[1]), os.path.realpath(folder))
    return os.path.normpath(os.path.join(folder, inside))


def is_kustomization(file: str) -> bool:
    """Whether it is kustomize's own file: Flux has an object of that kind, which may lie in a file of that name."""
    return all(str(data.get("apiVersion", "kustomize.config")).startswith("kustomize.config") for data in _read(file))


def is_component(folder: str) -> bool:
    """Whether it can only be built as a part of a kustomization."""
    return any(data.get("kind") == "Component" for data in _read(kustomization_in(folder) or ""))


def needed(folder: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a kustomization takes in, near and far: its own files and those of the ones below it, and remote addresses.

    Folders of other kustomizations are among the files. What cannot be read is left to kustomize to say.
    """
    near: set[str] = set()
    remote: set[str] = set()
    _gather(os.path.normpath(folder), near, remote)
    return frozenset(near), frozenset(remote)


def _gather(folder: str, near: set[str], remote: set[str]) -> None:
    read = _read(kustomization_in(folder) or "")
    if any(data.get(field) for data in read for field in ("helmCharts", "helmChartInflationGenerator")):
        remote.add("Helm charts")
    for entry in [entry for data in read for entry in _named(data)]:
        path = os.path.normpath(os.path.join(folder, entry))
        if os.path.exists(path):
            if path not in near:
                near.add(path)
                if os.path.isdir(path):
                    _gather(path, near, remote)
        elif _REMOTE.search(entry):
            remote.add(entry)


def _read(file: str) -> list[dict[str, Any]]:
    try:
        with open(file, "rb") as stream:
            return [data for data in parse_documents(stream.read()) if isinstance(data, dict)]
    except (OSError, InputError):
        return []


def _named(data: Mapping[str, Any]) -> Iterator[str]:
    plain = ("resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators")
    for field in (*plain, "patchesStrategicMerge"):
        yield from _texts(data.get(field))
    for field in ("patches", "patchesJson6902", "replacements"):
        yield from _texts([one.get("path") for one in data.get(field) or () if isinstance(one, dict)])
    for field in ("configMapGenerator", "secretGenerator"):
        for one in data.get(field) or ():
            if isinstance(one, dict):
                listed = [*_texts(one.get("files")), *_texts(one.get("envs")), *_texts([one.get("env")])]
                yield from (entry.rpartition("=")[2] for entry in listed)
    openapi = data.get("openapi")
    yield from _texts([openapi.get("path")] if isinstance(openapi, dict) else [])


def _texts(values: Any) -> Iterable[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


class Written:
    """The objects in the files that kustomize read, looked up when a position is asked for."""

    def __init__(self, shown: Callable[[str], str]) -> None:
        self._shown = shown
        self._files: dict[str, Manifest] = {}

    def source(self, file: str, patches: Iterable[str], built: Resource, path: FieldPath) -> Source | None:
        """That of the object which became the built one, or of the patch of it that has the value at `path`.

        The built object may have got a prefix or suffix.
        """
        kind, name = built.kind, built.ref.name
        same = [resource for resource in self._read(file) if resource.kind == kind]
        exact = [resource for resource in same if resource.ref.name == name]
        near = [resource for resource in same if resource.ref.name and resource.ref.name in name]
        found = next(iter(exact or sorted(near, key=lambda r: -len(r.ref.name)) or same[:1]), None)
        value = built.get(*path)
        if found is None or value is None or found.get(*path) == value:
            return found.source if found else None
        parts = (r for patch in patches for r in self._parts(patch) if (r.kind, r.ref.name) == (kind, found.ref.name))
        return next((part for part in parts if part.get(*path) == value), found).source

    def _parts(self, file: str) -> tuple[Resource, ...]:
        manifest = self._read(file)
        return (*manifest.partial, *manifest.resources)

    def _read(self, file: str) -> Manifest:
        if file not in self._files:
            self._files[file] = load_inputs([read(file)._replace(file=self._shown(file))])
        return self._files[file]


class BuiltSource:
    """A `kplan.model.Source` of an object that kustomize made: spans have the place in the file it was written in.

    A field that kustomize added comes from the nearest part that was written.
    """

    __slots__ = ("_find", "_made")

    def __init__(self, made: Source, find: Callable[[FieldPath], Source | None]) -> None:
        self._made = made
        self._find = find

    @property
    def file(self) -> str:
        """The name of the built text."""
        return self._made.file

    @property
    def line(self) -> int:
        """The line in the built text."""
        return self._made.line

    def text(self) -> str:
        """The built text."""
        return self._made.text()

    def span(self, path: FieldPath, at: Literal["key", "value"] = "value") -> Span:
        """The span in the built text, with its origin."""
        span = self._made.span(path, at)
        written = self._find(path)
        return Span(span.file, span.start, span.end, written.span(path, at)) if written else span
