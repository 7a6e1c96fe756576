"""A Helm chart as a chart for Jinja."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kplan.errors import InputError
from kplan.render.chart import CHART_FILE, is_chart
from kplan.render.convert.emit import Marked, convert
from kplan.render.convert.parser import parse
from kplan.render.value.read import read_values
from kplan.render.value.table import plain

MACROS: Final = "_macros.j2"
_TEMPLATES: Final = (".yaml", ".yml", ".tpl", ".txt", ".json")


@dataclass(frozen=True, slots=True)
class ConvertedChart:
    """The files of the new chart by their path inside of it, and what could not be converted."""

    files: Mapping[str, bytes]
    marked: tuple[Marked, ...]


def convert_chart(folder: str) -> ConvertedChart:
    """The chart of a folder, its templates and those of the charts inside of it converted, all else as it is.

    Raises InputError for a folder without a chart, and for a template that Go refuses.
    """
    if not is_chart(folder):
        raise InputError(f"{folder}: there is no {CHART_FILE}, so this is no chart")
    sources = dict(_files(folder))
    files: dict[str, bytes] = {}
    marked: list[Marked] = []
    for chart in sorted({os.path.dirname(name) for name in sources if os.path.basename(name) == CHART_FILE}):
        prefix = f"{chart}/" if chart else ""
        values = plain(read_values(sources.get(f"{prefix}values.yaml", b""), f"{folder}/{prefix}values.yaml"))
        templates = {n: d for n, d in sources.items() if n.startswith(f"{prefix}templates/") and n.endswith(_TEMPLATES)}
        converted, found = _templates(templates, prefix, folder, values)
        files |= {name: text.encode() for name, text in converted.items()}
        marked += found
        for name in templates:
            sources.pop(name)
    return ConvertedChart({**sources, **files}, tuple(marked))


def _files(folder: str) -> Iterator[tuple[str, bytes]]:
    """All files of a chart; packed charts in `charts/` unpacked."""
    from kplan.render.archive import unpacked

    for above, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(above, name)
            inside = os.path.relpath(path, folder).replace(os.sep, "/")
            with open(path, "rb") as file:
                data = file.read()
            if name.endswith(".tgz") and os.path.basename(above) == "charts":
                for part, content in unpacked(data, path).items():
                    yield f"{inside.removesuffix('.tgz')}/{part}", content
            else:
                yield inside, data


def _templates(
    sources: Mapping[str, bytes], prefix: str, folder: str, values: Mapping[str, Any]
) -> tuple[dict[str, str], list[Marked]]:
    from kplan.render.function import functions

    known = frozenset(functions())
    made: dict[str, str] = {}
    macros: list[str] = []
    marked: list[Marked] = []
    for name, data in sources.items():
        converted = convert(
            parse(data.decode("utf-8", "replace"), f"{folder}/{name}"), f"{folder}/{name}", known, values
        )
        marked += converted.marked
        if os.path.basename(name).startswith("_"):
            beside = converted.text.strip()
            texts = [*converted.macros, *([f"{beside}\n"] if beside else [])]
            made[f"{os.path.splitext(name)[0]}.j2"] = "\n".join(texts)
        else:
            macros += converted.macros
            made[name] = converted.text
    if macros:
        made[f"{prefix}templates/{MACROS}"] = "\n".join(macros)
    return made, marked
