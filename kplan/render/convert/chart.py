"""A Helm chart as a chart for Jinja."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from kplan.errors import InputError
from kplan.render.chart import CHART_FILE, is_chart
from kplan.render.convert.emit import Marked, convert, defines, macro_name, uses_dot
from kplan.render.convert.expression import Calls, Notes, Scope
from kplan.render.convert.known import Known
from kplan.render.convert.parser import parse
from kplan.render.convert.piece import SCALAR, Whitespace
from kplan.render.value.read import read_values
from kplan.render.value.table import plain

MACROS: Final = "_macros.j2"
_RENDERED: Final = (".yaml", ".yml", ".json")
_NOTES: Final = "NOTES.txt"


@dataclass(frozen=True, slots=True)
class ConvertedChart:
    """The files of the new chart by their path inside of it, and what could not be converted.

    `evaluates` says that its values may be templates.
    """

    files: Mapping[str, bytes]
    marked: tuple[Marked, ...]
    evaluates: bool

    def values(self, data: bytes, file: str) -> bytes:
        """A values file of the Helm chart, for the new one."""
        return _values(data, file, Scope(_functions()), []) if self.evaluates else data


class _Template(NamedTuple):
    name: str
    file: str
    source: str

    @property
    def is_part(self) -> bool:
        """Whether it makes no file by itself."""
        return os.path.basename(self.name).startswith("_")


def convert_chart(folder: str) -> ConvertedChart:
    """The chart of a folder, its templates and those of the charts inside of it converted, all else as it is.

    Raises InputError for a folder without a chart, and for a template that Go refuses.
    """
    if not is_chart(folder):
        raise InputError(f"{folder}: there is no {CHART_FILE}, so this is no chart")
    try:
        return _converted(folder)
    except RecursionError:
        raise InputError(f"{folder}: a template is nested too deep") from None


def _converted(folder: str) -> ConvertedChart:
    every = dict(_files(folder))
    is_ignored = _ignored(every, folder)
    sources = {name: data for name, data in every.items() if not is_ignored(name)}
    charts = sorted(prefix for name in sources if (prefix := _prefix(name)) is not None)
    templates = {
        prefix: [_template(folder, name, sources[name]) for name in _templates(sources, prefix)] for prefix in charts
    }
    names, dotted = _macros([template for each in templates.values() for template in each])
    seen = notes = Notes()
    files: dict[str, bytes] = {}
    marked: list[Marked] = []
    for _ in range(2):  # what named templates are given is known when all is converted
        seen, notes = notes, Notes()
        marked.clear()
        for prefix in charts:
            calls = Calls(names, dotted, prefix, frozenset(_others(sources, prefix)), seen, notes)
            scope = Scope(_functions(), calls, _known(sources, prefix, folder))
            files |= _chart(templates[prefix], prefix, scope, marked)
            if notes.evaluates or seen.evaluates:
                files |= _evaluated(sources, prefix, folder, scope, marked)
    converted = {template.name for each in templates.values() for template in each}
    kept = {name: data for name, data in every.items() if name not in converted}
    return ConvertedChart({**kept, **files}, tuple(dict.fromkeys(marked)), notes.evaluates)


def _functions() -> frozenset[str]:
    from kplan.render.function import functions

    return frozenset(functions())


def _files(folder: str) -> Iterator[tuple[str, bytes]]:
    """All files of a chart; packed charts in `charts/` unpacked."""
    from kplan.render.archive import unpacked

    root = os.path.realpath(folder)
    for above, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(above, name)
            real = os.path.realpath(path)
            if not os.path.isfile(real) or os.path.commonpath((real, root)) != root:
                continue  # a link that leads out of the chart
            inside = os.path.relpath(path, folder).replace(os.sep, "/")
            data = _read(path)
            if name.endswith(".tgz") and os.path.basename(above) == "charts":
                for part, content in unpacked(data, path).items():
                    yield f"{inside.removesuffix('.tgz')}/{part}", content
            else:
                yield inside, data


def _ignored(sources: Mapping[str, bytes], folder: str) -> Callable[[str], bool]:
    """Whether the chart's .helmignore leaves a file out, by itself or with the folder that it is in."""
    from kplan.render.ignore import ignored_by

    is_ignored = ignored_by(sources.get(".helmignore", b""), f"{folder}/.helmignore")

    def ignored(name: str) -> bool:
        above = [name[: found.start()] for found in re.finditer("/", name)]
        return is_ignored(name, False) or any(is_ignored(each, True) for each in above)

    return ignored


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def _prefix(name: str) -> str | None:
    """The folder of a chart, with `/`, by its Chart.yaml; None for any other file."""
    prefix = name.removesuffix(CHART_FILE)
    return prefix if prefix != name and re.fullmatch(r"(charts/[^/]+/)*", prefix) else None


def _templates(sources: Mapping[str, bytes], prefix: str) -> list[str]:
    return [name for name in sources if name.startswith(f"{prefix}templates/")]


def _others(sources: Mapping[str, bytes], prefix: str) -> list[str]:
    """The names of the other files of a chart, inside of it."""
    own = [name.removeprefix(prefix) for name in sources if name.startswith(prefix)]
    return [name for name in own if not name.startswith(("templates/", "charts/"))]


def _template(folder: str, name: str, data: bytes) -> _Template:
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return _Template(name, f"{folder}/{name}", text)


def _known(sources: Mapping[str, bytes], prefix: str, folder: str) -> Known:
    name = f"{prefix}values.yaml"
    return Known((plain(read_values(sources.get(name, b""), f"{folder}/{name}")),), True, is_shared=True)


def _macros(templates: Sequence[_Template]) -> tuple[dict[str, str], frozenset[str]]:
    """The names of named templates in Jinja, and those of them that look at what they are given."""
    found = [define for template in templates for define in defines(parse(template.source, template.file))]
    names: dict[str, str] = {}
    for name in sorted({define.name for define in found}):
        made = macro_name(name)
        while made in names.values():
            made += "_"
        names[name] = made
    dotted: frozenset[str] = frozenset()
    while True:
        more = frozenset(define.name for define in found if uses_dot(define.body, dotted))
        if more == dotted:
            return names, dotted
        dotted = more


def _chart(templates: Sequence[_Template], prefix: str, scope: Scope, marked: list[Marked]) -> dict[str, bytes]:
    made: dict[str, str] = {}
    macros: list[str] = []
    for template in templates:
        whitespace = _whitespace(template, scope.calls.seen)
        converted = convert(template.source, template.file, scope, whitespace)
        marked += converted.marked
        if template.is_part:
            beside = converted.text.strip()
            texts = [*converted.macros, *([f"{beside}\n"] if beside else [])]
            made[f"{os.path.splitext(template.name)[0]}.j2"] = "\n".join(texts)
        else:
            macros += converted.macros
            is_exact = whitespace is Whitespace.ALL
            made[_file_name(template.name)] = converted.text if is_exact else converted.text.lstrip("\n")
    if macros:
        made[f"{prefix}templates/{MACROS}"] = "\n".join(macros)
    return {name: text.encode() for name, text in made.items()}


def _whitespace(template: _Template, seen: Notes) -> Whitespace:
    if seen.exact is None or template.name.endswith(tuple(seen.exact)):
        return Whitespace.ALL
    return Whitespace.LINES if os.path.basename(template.name) == _NOTES else Whitespace.YAML


def _file_name(name: str) -> str:
    """The name of a template in the new chart: all that is in `templates/` makes YAML, whatever it is called."""
    return name if name.endswith(_RENDERED) or os.path.basename(name) == _NOTES else f"{name}.yaml"


def _evaluated(
    sources: Mapping[str, bytes], prefix: str, folder: str, scope: Scope, marked: list[Marked]
) -> dict[str, bytes]:
    """The values of a chart whose templates evaluate texts, and the other files that they evaluate."""
    name = f"{prefix}values.yaml"
    made = {name: _values(sources[name], f"{folder}/{name}", scope, marked)} if name in sources else {}
    for name in sorted(each for each in scope.calls.notes.templates if each.startswith(prefix)):
        template = _template(folder, name, sources[name])
        converted = convert(template.source, template.file, scope, Whitespace.ALL)
        marked += converted.marked
        made[name] = converted.text.encode()
    return made


def _values(data: bytes, file: str, scope: Scope, marked: list[Marked]) -> bytes:
    """A values file, whose texts may be templates."""
    text = data.decode("utf-8", "replace")
    if "{{" not in text:
        return data
    lines = text.split("\n")
    remarks = {number: lines[number] for number in _remarks(lines)}
    hidden = "\n".join("\0" if number in remarks else line for number, line in enumerate(lines))
    try:
        converted = convert(hidden, file, scope, Whitespace.ALL)
    except InputError as error:
        marked.append(Marked(file, 1, f"the templates in it for `tpl`: {error}"))
        return data
    marked += converted.marked
    shown = iter(remarks.values())
    return re.sub("\0", lambda _: next(shown), converted.text).encode()


def _remarks(lines: Sequence[str]) -> Iterator[int]:
    """The indexes of the lines of a YAML text that are comments, and no part of a block scalar."""
    column = -1
    for index, line in enumerate(lines):
        width = len(line) - len(line.lstrip())
        if not line.strip() or width > column >= 0:
            continue
        column = width if SCALAR.search(line) else -1
        if line[width] == "#":
            yield index
