"""Files that a kustomization takes in as something else than whole objects: patches and settings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, Literal

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_HEIGHT: Final = 4
"""So many folders above a file are looked at for a kustomization that names it."""

Role = Literal["patch", "input"]


def roles(given: Mapping[str, bytes], files: Iterable[str]) -> dict[str, Role]:
    """What kustomizations take files for that are no whole objects, by the files' absolute names.

    `given` are the kustomizations among the input; those on the disk beside and above the files count as well. A file
    that one of them lists as a resource is an object, whatever others take it for.
    """
    found: dict[str, Role] = {}
    objects: set[str] = set()
    for file, raw in _all(given, files):
        folder = os.path.dirname(_absolute(file))
        for data in _documents(raw):
            objects.update(_inside(folder, (*_texts(data.get("resources")), *_texts(data.get("bases")))))
            found.update(dict.fromkeys(_inside(folder, _patches(data)), "patch"))
            for path in _inside(folder, _settings(data)):
                found.setdefault(path, "input")
    return {path: role for path, role in found.items() if path not in objects}


def role_of(file: str, known: Mapping[str, Role]) -> Role | None:
    """What a file is taken for; None where it is for no kustomization, or holds whole objects."""
    return known.get(_absolute(file))


def _all(given: Mapping[str, bytes], files: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    yield from given.items()
    known = {_absolute(file) for file in given}
    for path in _on_disk(files):
        if path not in known:
            try:
                with open(path, "rb") as stream:
                    yield path, stream.read()
            except OSError:
                continue


def _on_disk(files: Iterable[str]) -> list[str]:
    """The kustomizations in the folders of files and a few folders above, each once."""

    @cache
    def above(folder: str, height: int) -> tuple[str, ...]:
        own = tuple(path for name in NAMES if os.path.isfile(path := os.path.join(folder, name)))
        parent = os.path.dirname(folder)
        is_top = height == 0 or parent == folder or os.path.lexists(os.path.join(folder, ".git"))
        return own if is_top else own + above(parent, height - 1)

    folders = {os.path.dirname(os.path.abspath(file)) for file in files if ":" not in file and file[:1] != "<"}
    return sorted({path for folder in folders for path in above(folder, _HEIGHT)})


def _absolute(file: str) -> str:
    """The file's name without detours; of a git revision, with the revision before it."""
    revision, colon, path = file.partition(":")
    return f"{revision}:{os.path.normpath(path)}" if colon and not os.path.lexists(file) else os.path.abspath(file)


def _documents(raw: bytes) -> Iterator[dict[str, Any]]:
    from kplan.loader.stream import read

    for document in read(raw).documents:
        data = document.data
        if isinstance(data, dict) and str(data.get("apiVersion", "kustomize.config")).startswith("kustomize.config"):
            yield data


def _inside(folder: str, entries: Iterable[str]) -> Iterator[str]:
    for entry in entries:
        yield _absolute(f"{folder}/{entry}") if ":" in folder else os.path.normpath(os.path.join(folder, entry))


def _patches(data: Mapping[str, Any]) -> Iterator[str]:
    yield from _texts(data.get("patchesStrategicMerge"))
    for field in ("patches", "patchesJson6902"):
        yield from _paths(data.get(field))


def _settings(data: Mapping[str, Any]) -> Iterator[str]:
    for field in ("configurations", "generators", "transformers", "validators"):
        yield from _texts(data.get(field))
    yield from _paths(data.get("replacements"))
    openapi = data.get("openapi")
    yield from _paths([openapi])
    for field in ("configMapGenerator", "secretGenerator"):
        for one in _maps(data.get(field)):
            listed = [*_texts(one.get("files")), *_texts(one.get("envs"))]
            yield from (entry.rpartition("=")[2] for entry in listed)
    for one in _maps(data.get("helmCharts")):
        yield from _texts([one.get("valuesFile"), *_texts(one.get("additionalValuesFiles"))])


def _paths(value: Any) -> Iterator[str]:
    yield from _texts([one.get("path") for one in _maps(value)])


def _maps(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
