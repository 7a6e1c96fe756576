"""Jinja, as charts use it: with origins, in a sandbox, within limits, and going on after errors."""

from __future__ import annotations

import operator
import posixpath
import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, wraps
from types import FrameType
from typing import Any, Final, NoReturn

from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import Lexer, TokenStream
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from kplan.render.access import Method, attribute_of, item_of, kind, method_of
from kplan.render.fault import Fault, Known
from kplan.render.function import LEFT_OUT
from kplan.render.function.table import Function, Rendering
from kplan.render.generator import CONTEXT, Generator
from kplan.render.layout import joined
from kplan.render.lexer import tokens
from kplan.render.limit import Budget
from kplan.render.operator import operate
from kplan.render.origin import Place, Segment, Sheet, ValuePath
from kplan.render.text import Form, Text, glued, outdented, padded, plain, text, trimmed
from kplan.render.trace import Reads
from kplan.render.undefined import Lost, Missing, nearest
from kplan.render.write import written

_TESTS: Final = frozenset((
    "boolean", "defined", "divisibleby", "eq", "equalto", "even", "false", "filter", "float", "ge", "greaterthan",
    "gt", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number", "odd",
    "sameas", "sequence", "string", "true", "undefined", "upper", "==", "!=", "<", "<=", ">", ">=",
))  # fmt: skip
_FILTERS: Final = frozenset((
    "abs", "batch", "count", "dictsort", "float", "groupby", "items", "last", "length", "list", "map", "max", "min",
    "rejectattr", "reject", "select", "selectattr", "sort", "string", "sum", "trim", "unique", "wordcount",
))  # fmt: skip

_STEPS_OF_ERROR: Final = 50
_COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda left, right: operator.contains(right, left),
    "notin": lambda left, right: not operator.contains(right, left),
}


class Failure:
    """One error: what went wrong, where, and through which tags it was reached, innermost first."""

    __slots__ = ("callers", "error", "place")

    def __init__(self, error: BaseException, place: Place, callers: tuple[Place, ...]) -> None:
        self.error = error
        self.place = place
        self.callers = callers


class Engine(ImmutableSandboxedEnvironment):
    """The compiled templates of one rendering, and what they call while they run.

    Generated code calls `literals`, `emit`, `emit_block`, `truth`, `turns`, `kept`, `failed_...`, `mark`, `scope`,
    `unknown`, `attribute`, `method`, `item`, `glue`, `included` and `module`.
    """

    code_generator_class = Generator
    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(
        self, sources: Mapping[str, Sheet], functions: Mapping[str, Function], budget: Budget, reads: Reads
    ) -> None:
        extensions = ("jinja2.ext.do", "jinja2.ext.loopcontrols")
        super().__init__(
            trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, extensions=extensions, cache_size=0
        )
        self.sheets = dict(sources)
        self.functions = functions
        self.budget = budget
        self.reads = reads
        self.literals: list[Text] = []
        self.sites: list[Place] = []
        self.branches: list[int] = []
        self.accesses: list[tuple[int, str, tuple[Any, ...]]] = []
        self.taken: set[tuple[int, bool]] = set()
        self.visited: set[int] = set()
        self.failures: list[Failure] = []
        self.scope: dict[str, Any] = {}
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._compiled: dict[str, Template] = {}
        self._modules: dict[tuple[str, int], tuple[Any, TemplateModule]] = {}
        self.concat = joined  # type: ignore[method-assign]
        self.undefined = self._undefined  # type: ignore[assignment]
        self.rendering: Rendering

    def begin(self, rendering: Rendering) -> None:
        """Offer the functions, which see the rendering, as functions and as filters."""
        self.rendering = rendering
        self.filters = {name: self._weighing(each) for name, each in self.filters.items() if name in _FILTERS}
        self.tests = {name: each for name, each in self.tests.items() if name in _TESTS}
        self.globals = {"namespace": Namespace}
        for name, function in self.functions.items():
            self.globals[name] = function
            self.filters[name] = _filter(function, rendering)

    def _weighing(self, call: Any) -> Any:
        """A filter of Jinja's, which may go through all of its value."""

        @wraps(call)
        def apply(*arguments: Any, **named: Any) -> Any:
            self.budget.weigh(arguments)
            return call(*arguments, **named)

        return apply

    # Compiling

    def template(self, name: str) -> Template:
        """A compiled template. Raises TemplateSyntaxError, whose `lineno` is an index into the text."""
        if name not in self._compiled:
            source = self.sheets[name].text
            self.budget.compile(source.count("{{") + source.count("{%"))
            try:
                code = self.compile(source, name, name)
            except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
                raise TemplateSyntaxError("the template is nested too deep, or too large", 0, name, name) from None
            self._compiled[name] = Template.from_code(self, code, self.make_globals(None))
        return self._compiled[name]

    @property
    def lexer(self) -> Lexer:
        """The lexer, the same for all."""
        return _lexer()

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        return tokens(self.lexer, self.sheets[name or ""])

    def handle_exception(self, source: str | None = None) -> NoReturn:
        """Errors keep their positions."""
        error = sys.exc_info()[1]
        assert error is not None
        raise error

    def site(self, name: str, start: int, end: int) -> int:
        """The number of a stretch of a template, for generated code."""
        key = (name, start, end)
        if key not in self._numbers:
            self._numbers[key] = len(self.sites)
            self.sites.append(Place(self.sheets[name], start, end))
        return self._numbers[key]

    def literal(self, name: str, start: int, data: str) -> int:
        """The number of a literal text, for generated code."""
        place = Place(self.sheets[name], start, start + len(data))
        self.literals.append(text(data, (Segment(len(data), place, start),)))
        return len(self.literals) - 1

    # Called by generated code

    def mark(self) -> int:
        """How much was read so far."""
        return len(self.reads.recent)

    def emit(self, site: int, mark: int, value: Any) -> Text:
        """What an expression writes."""
        self.budget.step()
        place, recent = self.sites[site], self.reads.recent
        if isinstance(value, dict | list | tuple):
            self.budget.weigh(value)
        if isinstance(value, Text):
            value = trimmed(value, value.form) if value.form is Form.PART else value
            values = tuple(dict.fromkeys(recent[mark:]))
            segments = [_through(segment, place, values) for segment in value.segments]
            made = text(value, segments, value.form)
        else:
            string, form = written(value)
            values = tuple(dict.fromkeys(recent[mark:]))
            made = text(string, (Segment(len(string), place, values=values),), form)
        del recent[mark:]
        self.budget.grow(len(made))
        if not made.isascii() and _HALF.search(made):
            raise Fault("the text has one half of a character of two (U+D800 to U+DFFF), which is no text")
        return made

    def emit_block(self, site: int, mark: int, value: Any) -> Text:
        """What a tag of its own writes: all lines indented to the tag, where it stands alone in its line."""
        made = self.emit(site, mark, value)
        column = _own_column(self.sites[site])
        if column is None or not made:
            return made
        whole = trimmed(made, Form.LITERAL)
        whole = padded(whole, " " * column, first=True)
        return text(whole + "\n", (*whole.segments, whole.segments[-1]._replace(length=1, offset=-1)))

    def truth(self, site: int, mark: int, value: Any) -> bool:
        """A condition."""
        self.budget.step()
        outcome = bool(value)
        self.taken.add((site, outcome))
        return outcome

    def turns(self, site: int, mark: int, value: Any) -> Iterator[Any]:
        """What a loop goes over."""
        if isinstance(value, Missing):
            raise value.fault()
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise Fault(f"the loop goes over {kind(value)}, not over a list or mapping")
        return self._counted(site, value)

    def _counted(self, site: int, value: Iterable[Any]) -> Iterator[Any]:
        any_turn = False
        for each in value:
            self.budget.step()
            any_turn = True
            self.taken.add((site, True))
            yield each
        if not any_turn:
            self.taken.add((site, False))

    def kept(self, site: int, mark: int, value: Any) -> Any:
        """What a variable is set to."""
        self.budget.step()
        return value

    def failed_emit(self, site: int, error: Exception) -> Text:
        """Nothing is written."""
        self.fail(error, self.sites[site])
        return plain("")

    failed_emit_block = failed_emit

    def failed_truth(self, site: int, error: Exception) -> None:
        """Neither way is gone."""
        self.fail(error, self.sites[site])

    def failed_turns(self, site: int, error: Exception) -> tuple[()]:
        """The loop has no turn."""
        self.fail(error, self.sites[site])
        return ()

    def failed_kept(self, site: int, error: Exception) -> Lost:
        """The variable has a value that makes no further error."""
        self.fail(error, self.sites[site])
        return Lost("")

    def unknown(self, name: str, site: int) -> Any:
        """A name that the template gives no value."""
        if name in self.scope:
            return self.scope[name]
        place = self.sites[site]
        if name in LEFT_OUT:
            return Missing(name, place, message=f"there is no function `{name}`: {LEFT_OUT[name]}")
        return Missing(name, place, lambda: self._meant(name))

    def _meant(self, name: str) -> str | None:
        if dict.__contains__(self.scope.get("Values", {}), name):
            return f"did you mean `Values.{name}`?"
        near = nearest(name, (*CONTEXT, *self.functions))
        return f"did you mean `{near}`?" if near else None

    def attribute(self, value: Any, name: str, site: int) -> Any:
        """`value.name`."""
        self.visited.add(site)
        return attribute_of(value, name, self.sites[site])

    def method(self, value: Any, name: str, site: int) -> Any:
        """`value.name(`."""
        self.visited.add(site)
        return method_of(value, name, self.sites[site], self.rendering)

    def item(self, value: Any, key: Any, site: int) -> Any:
        """`value[key]`."""
        self.visited.add(site)
        return item_of(value, key, self.sites[site])

    def glue(self, parts: tuple[Any, ...]) -> Text:
        """`a ~ b`."""
        pieces = [part if isinstance(part, str) else written(part)[0] for part in parts]
        self.budget.grow(sum(map(len, pieces)))
        return glued(pieces)

    def compare(self, left: Any, *others: tuple[str, Any]) -> bool:
        """`a < b`, and `a < b < c`."""
        for sign, right in others:
            for side in (left, right):
                if isinstance(side, dict | list | tuple):
                    self.budget.weigh(side)
            if not _COMPARISONS[sign](left, right):
                return False
            left = right
        return True

    def call_binop(self, context: Context, sign: str, left: Any, right: Any) -> Any:
        """`a + b` and the like."""
        return operate(sign, left, right, self.budget)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A call, of what may be called."""
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        if isinstance(__obj, Function):
            if kwargs:
                raise Fault(f"`{__obj.name}` takes no arguments by name")
            return __obj(__self.rendering, *args)
        if isinstance(__obj, Macro):
            return __self.macro(__obj, args, kwargs)
        if isinstance(__obj, Method):
            if any(isinstance(each, Missing) for each in args):
                raise next(each for each in args if isinstance(each, Missing)).fault()
            return __obj.call(*args, **kwargs)
        if __obj is Namespace or isinstance(__obj, LoopContext | BlockReference):
            __self.budget.enter()
            try:
                return __obj(*args, **kwargs)
            finally:
                __self.budget.leave()
        if isinstance(__obj, Missing):
            raise __obj.fault()
        raise Fault(f"{kind(__obj)} cannot be called")

    def macro(self, macro: Macro, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Text:
        """What a macro makes, without line breaks at its end; the block of a `{% call %}`, without its indentation."""
        self.budget.enter()
        try:
            made = trimmed(macro(*args, **kwargs), Form.PART)
            return made if macro.name else outdented(made)
        finally:
            self.budget.leave()

    def included(
        self, name: Any, parent: str, context: Context | None, variables: dict[str, Any], may_be_missing: bool
    ) -> str:
        """The text of another template."""
        found = next((full for each in _names(name) if (full := self.resolve(each, parent))), None)
        if found is None:
            if may_be_missing:
                return ""
            raise self.no_template(next(iter(_names(name)), ""))
        shared = {**context.get_all(), **variables} if context is not None else {}
        return self.run(found, shared)

    def run(self, name: str, variables: Mapping[str, Any] = {}) -> Text:  # noqa: B006: it is not changed
        """The text of a template."""
        template = self.template(name)
        self.budget.enter()
        try:
            return joined(template.root_render_func(template.new_context(dict(variables))))
        finally:
            self.budget.leave()

    def module(self, name: Any, parent: str, context: Context | None, variables: dict[str, Any]) -> TemplateModule:
        """The macros of another template."""
        found = self.resolve(name, parent)
        if found is None:
            raise self.no_template(str(name))
        if context is not None:
            return self.template(found).make_module({**context.get_all(), **variables})
        key = (found, id(self.scope))
        if key not in self._modules:
            self.budget.enter()
            try:
                self._modules[key] = (self.scope, self.template(found).make_module())
            finally:
                self.budget.leave()
        return self._modules[key][1]

    # Names of templates

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        """The template that `{% extends %}` names."""
        found = self.resolve(name, parent or "")
        if found is None:
            raise self.no_template(str(name))
        return self.template(found)

    def resolve(self, name: Any, parent: str) -> str | None:
        """The full name of a template that another one names: beside it, in its chart, or from the root of all charts.

        Raises Fault for a name that leads out of the charts.
        """
        if isinstance(name, Missing):
            raise name.fault()
        if not isinstance(name, str):
            raise Fault(f"the name of a template is a text, not {kind(name)}")
        if name.startswith("/") or "\\" in name or posixpath.normpath(name).startswith(".."):
            raise Fault(f"`{name}` is outside of the chart, where nothing is read")
        folder = posixpath.dirname(parent)
        chart = parent.partition("/templates/")[0]
        for candidate in (f"{folder}/{name}", f"{chart}/templates/{name}", f"{chart}/charts/{name}", name):
            path = posixpath.normpath(candidate)
            if path in self.sheets:
                return path
        first, _, rest = name.partition("/")
        library = f"{chart}/charts/{first}/templates/{rest}"
        return library if library in self.sheets else None

    def no_template(self, name: str) -> Fault:
        """The error of a template that there is not."""
        names = {path.partition("/templates/")[2]: path for path in self.sheets}
        near = nearest(name, names)
        return Fault(f"there is no template `{name}` in the chart", f"did you mean `{near}`?" if near else None)

    # Errors

    def fail(self, error: Exception, place: Place) -> None:
        """Note an error, once for each place; what only follows from another one is none."""
        if isinstance(error, Known):
            return
        self.budget.step(_STEPS_OF_ERROR)
        own = getattr(error, "place", None) or place
        known = any(each.place == own and str(each.error) == str(error) for each in self.failures)
        if not known:
            frames = self.callers(sys._getframe(1))
            self.failures.append(Failure(error, own, tuple(each for each in frames if each != place and each != own)))
            self.budget.failed(len(self.failures))

    def callers(self, frame: FrameType | None) -> Iterator[Place]:
        """The tags that are being rendered, innermost first."""
        while frame is not None:
            template = frame.f_globals.get("__jinja_template__")
            if template is not None and template.name in self.sheets and frame.f_globals.get("environment") is self:
                sheet = self.sheets[template.name]
                yield Place(sheet, *sheet.tag(_offset(template, frame.f_lineno)))
            frame = frame.f_back

    def place_of(self, error: BaseException) -> Place | None:
        """The innermost tag that an error passed through."""
        trace, found = error.__traceback__, getattr(error, "place", None)
        while trace is not None:
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            if template is not None and self.sheets.get(template.name) is not None and self.sheets[template.name].file:
                sheet = self.sheets[template.name]
                found = Place(sheet, *sheet.tag(_offset(template, trace.tb_lineno)))
            trace = trace.tb_next
        return found

    def _undefined(self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: Any = None) -> Missing:
        place = next(self.callers(sys._getframe(1)), None)
        return Missing(name or "value", place, message=hint or "")


def _filter(function: Function, rendering: Rendering) -> Any:
    def apply(value: Any, *arguments: Any) -> Any:
        return function.piped(rendering, value, *arguments)

    return apply


@cache
def _lexer() -> Lexer:
    from jinja2 import Environment

    return Lexer(Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True))


def _through(segment: Segment, place: Place, values: tuple[ValuePath, ...]) -> Segment:
    """A segment of a text that a tag writes; `values` are those that the tag read."""
    if segment.place is None:
        return Segment(segment.length, place, -1, (), segment.values or values)
    return Segment(segment.length, segment.place, segment.offset, (*segment.callers, place), segment.values)


def _own_column(place: Place) -> int | None:
    """The column, from 0, of a tag that stands alone in its line; None for any other."""
    source = place.sheet.text
    start = source.rfind("\n", 0, place.start) + 1
    end = source.find("\n", place.end)
    alone = not source[start : place.start].strip(" ") and not source[place.end : end if end >= 0 else None].strip()
    return place.start - start if alone else None


def _offset(template: Template, line: int) -> int:
    """The index in the template's text of what a line of the generated code does."""
    info = template.debug_info
    number = bisect_right(info, line, key=lambda pair: pair[1]) - 1
    return info[number][0] if number >= 0 else 0


_HALF: Final = re.compile("[\ud800-\udfff]")


def _names(name: Any) -> list[Any]:
    return list(name) if isinstance(name, list | tuple) else [name]
