"""A chart as it lies in its folder.

Source: helm v3 pkg/chart/loader, pkg/ignore.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from kplan.errors import InputError
from kplan.render.value.read import read_values
from kplan.render.value.table import Table

CHART_FILE: Final = "Chart.yaml"
_VALUES: Final = "values.yaml"
_SCHEMA: Final = "values.schema.json"
_LARGEST_B: Final = 5 * 1024 * 1024
_MOST_FILES: Final = 10_000
_MOST_B: Final = 100 * 1024 * 1024
_DEEPEST: Final = 50
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ChartFile:
    """One file of a chart; `name` is its path inside of it, with `/`."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: `name` is that of Chart.yaml, or the alias under the parent; `folder` is as positions show it.

    `dependencies` are the charts in `charts/`; once values are known, only those that are on, and `declared` is what
    Chart.yaml says of all of them.
    """

    name: str
    folder: str
    metadata: Mapping[str, Any]
    values: Table
    schema: bytes | None = None
    templates: tuple[ChartFile, ...] = ()
    crds: tuple[ChartFile, ...] = ()
    files: tuple[ChartFile, ...] = ()
    dependencies: tuple[Chart, ...] = ()
    declared: tuple[dict[str, Any], ...] = ()

    @property
    def required(self) -> list[dict[str, Any]]:
        """The `dependencies` of Chart.yaml."""
        listed = self.metadata.get("dependencies")
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    @property
    def is_library(self) -> bool:
        """Whether its templates are only there for other charts."""
        return str(self.metadata.get("type", "")).lower() == "library"


def is_chart(folder: str) -> bool:
    """Whether the folder holds a chart."""
    return os.path.isfile(os.path.join(folder, CHART_FILE))


def read_chart(folder: str, shown: str | None = None) -> Chart:
    """The chart of a folder, with the charts in its `charts/`; `shown` is what the folder is called in positions.

    Raises InputError, with the file, for a folder that holds no chart, or one that cannot be read.
    """
    return _read_chart(folder, shown or folder.rstrip("/") or folder, _Reading())


def _read_chart(folder: str, shown: str, reading: _Reading) -> Chart:
    from kplan.render.ignore import ignored_by

    if not is_chart(folder):
        raise InputError(f"{shown}: there is no {CHART_FILE}, so this is no chart")
    is_ignored = ignored_by(_read(os.path.join(folder, ".helmignore")), f"{shown}/.helmignore")
    inner = reading.inside(os.path.realpath(folder), shown)
    files: dict[str, bytes] = {}
    for name in _walk(folder, is_ignored):
        files[name] = _read(os.path.join(folder, name)).removeprefix(_BOM)
        inner.count(len(files[name]), shown)
    return _chart(files, shown, inner)


@dataclass(slots=True)
class _Reading:
    """What is read so far for a chart, those inside and beside of it included; `within` are the charts around."""

    taken: dict[str, int] = field(default_factory=lambda: {"files": 0, "bytes": 0})
    within: tuple[str, ...] = ()

    def inside(self, place: str, shown: str) -> _Reading:
        """The same, one chart further in. Raises InputError for a chart that is inside of itself."""
        if place in self.within:
            raise InputError(f"{shown}/{CHART_FILE}: the chart depends on itself")
        if len(self.within) >= _DEEPEST:
            raise InputError(f"{shown}: more than {_DEEPEST} charts are inside each other")
        return _Reading(self.taken, (*self.within, place))

    def count(self, size_b: int, shown: str) -> None:
        """One more file. Raises InputError where they are too many, or too large together."""
        self.taken["files"] += 1
        self.taken["bytes"] += size_b
        if self.taken["files"] > _MOST_FILES:
            raise InputError(f"{shown}: a chart has at most {_MOST_FILES} files")
        if self.taken["bytes"] > _MOST_B:
            raise InputError(f"{shown}: the files of a chart have at most {_MOST_B // 2**20} MiB")


def read_archive(path: str) -> Chart:
    """The chart that is packed in a file. Raises InputError."""
    return _unpacked(_read(path), path, _Reading())


def _unpacked(data: bytes, path: str, reading: _Reading) -> Chart:
    from kplan.render.archive import unpacked

    files = unpacked(data, path)
    inner = reading.inside(path, path)
    for each in files.values():
        inner.count(len(each), path)
    return _chart(files, path, inner)


def _walk(folder: str, is_ignored: Any) -> Iterator[str]:
    for above, folders, files in os.walk(folder):
        inside = os.path.relpath(above, folder).replace(os.sep, "/")
        prefix = "" if inside == "." else f"{inside}/"
        folders[:] = sorted(f for f in folders if not is_ignored(prefix + f, True))
        for name in sorted(files):
            if not is_ignored(prefix + name, False) and _is_inside(folder, os.path.join(above, name)):
                if _CONTROL.search(name):
                    raise InputError(f"{folder}: the name {name!r} has a line break or another control character in it")
                yield prefix + name


def _is_inside(folder: str, path: str) -> bool:
    """Whether it is a file of the chart: not a link to one outside."""
    real, root = os.path.realpath(path), os.path.realpath(folder)
    return os.path.isfile(real) and os.path.commonpath((real, root)) == root


def _read(path: str) -> bytes:
    try:
        if os.path.getsize(path) > _LARGEST_B:
            raise InputError(f"{path}: a file of a chart has at most {_LARGEST_B // 2**20} MiB")
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _chart(files: Mapping[str, bytes], folder: str, reading: _Reading) -> Chart:
    metadata = _metadata(files, folder)
    own = {name: data for name, data in files.items() if not name.startswith("charts/")}
    special = {CHART_FILE, "Chart.lock", _VALUES, _SCHEMA}

    def under(*prefixes: str) -> tuple[ChartFile, ...]:
        return tuple(ChartFile(name, data) for name, data in own.items() if name.startswith(prefixes))

    dependencies = (*_vendored(files, folder, reading), *_beside(metadata, files, folder, reading))
    return Chart(
        name=metadata["name"],
        folder=folder,
        metadata=metadata,
        values=read_values(own.get(_VALUES, b""), f"{folder}/{_VALUES}"),
        schema=own.get(_SCHEMA),
        templates=under("templates/"),
        crds=under("crds/"),
        files=tuple(
            ChartFile(name, data)
            for name, data in own.items()
            if not name.startswith("templates/") and name not in special
        ),
        dependencies=tuple(sorted(dependencies, key=lambda chart: chart.name)),
    )


def _metadata(files: Mapping[str, bytes], folder: str) -> Table:
    file = f"{folder}/{CHART_FILE}"
    metadata = read_values(files[CHART_FILE], file)
    for needed in ("name", "version"):
        if not isinstance(metadata.get(needed), str) or not metadata[needed]:
            raise InputError(f"{file}: a chart needs a `{needed}`, a text")
    name = metadata["name"]
    if os.path.basename(name) != name or name in (".", "..") or not name.isprintable():
        raise InputError(f"{file}: {name!r} can be no name of a chart")
    if "requirements.yaml" in files and metadata.get("apiVersion", "v1") == "v1":
        old = read_values(files["requirements.yaml"], f"{folder}/requirements.yaml")
        metadata.setdefault("dependencies", old.get("dependencies"))
    return metadata


def _vendored(files: Mapping[str, bytes], folder: str, reading: _Reading) -> Iterator[Chart]:
    """The charts in `charts/`, folders and archives."""
    inside: dict[str, dict[str, bytes]] = {}
    for name, data in files.items():
        if name.startswith("charts/"):
            first, _, rest = name.removeprefix("charts/").partition("/")
            if not first.startswith(("_", ".")):
                inside.setdefault(first, {})[rest] = data
    for first, parts in inside.items():
        if "" not in parts and CHART_FILE in parts:
            place = f"{folder}/charts/{first}"
            yield _chart(parts, place, reading.inside(place, place))
        elif "" in parts and first.endswith(".tgz"):
            yield _unpacked(parts[""], f"{folder}/charts/{first}", reading)


def _beside(metadata: Mapping[str, Any], files: Mapping[str, bytes], folder: str, reading: _Reading) -> Iterator[Chart]:
    """The charts that Chart.yaml names by a `file://` address, and that are not in `charts/`."""
    listed = metadata.get("dependencies")
    for one in listed if isinstance(listed, list) else ():
        place = str(one.get("repository") or "") if isinstance(one, dict) else ""
        vendored = (f"charts/{one.get('name')}/", f"charts/{one.get('name')}-") if isinstance(one, dict) else ()
        if place.startswith("file://") and not any(name.startswith(vendored) for name in files):
            other = os.path.normpath(os.path.join(folder, place.removeprefix("file://")))
            yield _read_chart(other, other, reading)


_GO: Final = re.compile(
    rb"\{\{-?\s*(?:/\*|[.$]|(?:if|with|range|include|template|define|block|end|else|toYaml|tpl)\b(?!\())"
)
_JINJA: Final = re.compile(rb"\{%|\{#|\{\{-?\s*(?:Values|Release|Chart|Capabilities|Files|Template|include\(|tpl\()")


def engine_of(chart: Chart) -> Literal["helm", "jinja"]:
    """What the chart's templates are written for: the annotation `kplan.dev/engine` of Chart.yaml, or how they look."""
    annotations = chart.metadata.get("annotations")
    said = annotations.get("kplan.dev/engine") if isinstance(annotations, dict) else None
    if said in ("helm", "jinja"):
        return "helm" if said == "helm" else "jinja"
    if any(file.name.endswith(".j2") for file in chart.templates):
        return "jinja"
    go, jinja = (sum(len(kind.findall(file.data)) for file in chart.templates) for kind in (_GO, _JINJA))
    return "helm" if go > jinja or any(file.name.endswith(".tpl") for file in chart.templates) else "jinja"
