"""One rendering of a chart, from its templates to the texts and errors that come of them."""

from __future__ import annotations

import hashlib
import posixpath
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from jinja2.exceptions import TemplateSyntaxError

from kplan.render.engine import Engine, Failure
from kplan.render.fault import Fault
from kplan.render.function import functions
from kplan.render.function.table import Function
from kplan.render.generator import CONTEXT
from kplan.render.limit import Budget, Exhausted, Limits
from kplan.render.origin import Place, Segment, Sheet
from kplan.render.scope import Scope, scopes
from kplan.render.text import Form, Text, plain, text
from kplan.render.trace import Reads, traced
from kplan.render.undefined import nearest

if TYPE_CHECKING:
    from kplan.render.chart import Chart
    from kplan.render.release import Capabilities, Release

_ENDINGS: Final = (".yaml", ".yml", ".json", ".yaml.j2", ".yml.j2", ".json.j2")
_NOTES: Final = ("NOTES.txt", "NOTES.txt.j2")
_STACK: Final = 10_000
"""Frames of Python, enough for macros as deep as the limits allow, each with its expressions."""


class Session:
    """The engine with a chart in it; `chances` are the calls whose result is another one in every release."""

    def __init__(
        self, chart: Chart, data: Mapping[str, Any], release: Release, capabilities: Capabilities, limits: Limits
    ) -> None:
        self.budget = Budget(limits)
        self.reads = Reads(self.budget)
        self.release = release
        self.functions: Mapping[str, Function] = functions()
        common = {"Release": release.shown, "Capabilities": capabilities.shown}
        self.values = data
        self.scopes = scopes(chart, traced(data, self.reads), common)
        self.charts: dict[str, Chart] = {}
        self.sheets: dict[str, Sheet] = {}
        self._add(chart, chart.name)
        self.engine = Engine(self.sheets, self.functions, self.budget, self.reads)
        self.engine.begin(self)
        self.chances: dict[tuple[str, Place], int] = {}
        self._macros: dict[str, tuple[str, str]] = {}

    def _add(self, chart: Chart, name: str) -> None:
        self.charts[name] = chart
        for child in chart.dependencies:
            self._add(child, f"{name}/charts/{child.name}")
        for file in chart.templates:
            if file.name.endswith((*_ENDINGS, *_NOTES, ".j2")):
                source = file.data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
                full = f"{name}/{file.name}"
                self.sheets[full] = Sheet(full, f"{chart.folder}/{file.name}", source)

    # Rendering

    def compile(self) -> None:
        """Compile all templates, and learn the names of all macros; a chart's own go before those inside of it."""
        for name, sheet in self.sheets.items():
            try:
                self.engine.template(name)
            except TemplateSyntaxError as error:
                self.syntax_error(error, sheet)
            except Exhausted as error:
                error.place = Place(sheet, 0, 0)
                raise
            else:
                if posixpath.basename(name).startswith("_"):
                    self._learn(name)

    def _learn(self, name: str) -> None:
        for macro in re.findall(r"\{%[-+]?\s*macro\s+(\w+)", self.sheets[name].text):
            self._macros[macro] = (name, macro)

    def syntax_error(self, error: TemplateSyntaxError, sheet: Sheet) -> None:
        """Note that a template cannot be compiled."""
        index = min(error.lineno, max(len(sheet.text.rstrip()) - 1, 0))
        word = re.compile(r"\w+|\S?").match(sheet.text, index)
        place = Place(sheet, index, word.end() if word else index)
        self.engine.failures.append(Failure(error, place, ()))

    def templates(self) -> Iterator[tuple[str, Chart]]:
        """The names of the templates that make files, with their charts, in order."""
        for name in sorted(self.sheets):
            chart = self.charts[name.partition("/templates/")[0]]
            base = posixpath.basename(name)
            if not base.startswith("_") and base.endswith(_ENDINGS) and not chart.is_library:
                yield name, chart

    def notes(self) -> str:
        """What NOTES.txt of the outermost chart says; "" where there is none."""
        root = next(iter(self.charts))
        name = next((f"{root}/templates/{each}" for each in _NOTES if f"{root}/templates/{each}" in self.sheets), None)
        return str.__str__(self.file(name)) if name else ""

    def file(self, name: str) -> Text:
        """What a template makes; all of it that could be made, where there are errors."""
        if any(isinstance(f.error, TemplateSyntaxError) and f.place.sheet.name == name for f in self.engine.failures):
            return plain("")
        scope = self.scopes[name.partition("/templates/")[0]]
        scope["Template"]["Name"] = name
        self.engine.scope = scope
        self.reads.recent.clear()
        sheet = self.sheets[name]
        try:
            made = self.engine.run(name)
        except Exception as error:
            self.engine.fail(error, self.engine.place_of(error) or Place(sheet, 0, 0))
            made = plain("")
        self.budget.wrote(len(made))
        return made

    def exhausted(self, error: Exhausted) -> None:
        """Note that a limit is reached."""
        place = self.engine.place_of(error)
        if place is None:
            root = next(iter(self.charts.values()))
            place = Place(Sheet("values", f"{root.folder}/values.yaml", ""), 0, 0)
        self.engine.failures.append(Failure(error, place, ()))

    # What functions see

    def include(self, name: str, context: Any) -> str:
        """The text of a named macro, or of a template."""
        known = self._macros.get(re.sub(r"\W", "_", name))
        with self._scope(context):
            if known is None:
                return self._include_template(name)
            template, macro_name = known
            macro = self.engine.module(template, template, None, {}).__dict__.get(macro_name)
            if macro is None:
                raise Fault(f"`{name}` is no macro of {self.sheets[template].file}")
            arguments = ((self.engine.scope if context is None else context),) if macro.arguments else ()
            return self.engine.macro(macro, arguments, {})

    def _include_template(self, name: str) -> str:
        here = self._here()
        found = self.engine.resolve(name, here.sheet.name if here else "")
        if found is None:
            near = nearest(re.sub(r"\W", "_", name), self._macros)
            advice = f"did you mean `{near}`?" if near else "macros are looked for in the files `_*.j2` of all charts"
            raise Fault(f"there is no macro and no template `{name}`", advice)
        return self.engine.run(found)

    @contextmanager
    def _scope(self, context: Any) -> Iterator[None]:
        """The objects that a context given to `include` or `tpl` brings along."""
        before = self.engine.scope
        if isinstance(context, Scope):
            self.engine.scope = context
        elif isinstance(context, dict) and any(dict.__contains__(context, each) for each in CONTEXT):
            named = {each: context[each] for each in CONTEXT if dict.__contains__(context, each)}
            self.engine.scope = Scope(before, **named)
        try:
            yield
        finally:
            self.engine.scope = before

    def evaluate(self, source: str, context: Any) -> str:
        """The text of a template given as a value."""
        name = f"tpl:{source}"
        if name not in self.engine.sheets:
            self.budget.grow(20 * len(source))
            self.engine.sheets[name] = Sheet(name, "", source)
        try:
            self.engine.template(name)
        except TemplateSyntaxError as error:
            raise Fault(f"the text given to `tpl` is no template: {error.message}") from None
        with self._scope(context):
            made = self.engine.run(name)
        values = tuple(dict.fromkeys(path for segment in made.segments for path in segment.values))
        return text(str.__str__(made), (Segment(len(made), values=values),), Form.STRING)

    def chance(self, function: str) -> bytes:
        """32 bytes that depend on the release, the place of the call and how often it was called; notes the call."""
        place = self._here()
        if place is None:
            return hashlib.sha256(function.encode()).digest()
        tag = place.sheet.text[place.start : place.end]
        same = place.sheet.text.count(tag, 0, place.start)
        self.chances.setdefault((function, place), 0)
        self.chances[function, place] += 1
        site = (place.sheet.name, tag, same, function, self.chances[function, place])
        return hashlib.sha256(repr((self.release.name, self.release.namespace, site)).encode()).digest()

    def _here(self) -> Place | None:
        """The innermost tag of a file that is being rendered."""
        return next((place for place in self.engine.callers(sys._getframe(1)) if place.sheet.file), None)


@contextmanager
def deep_stack() -> Iterator[None]:
    """Python's own limit of nested calls is above those of a chart."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _STACK))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
