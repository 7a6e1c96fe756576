"""Expressions of Go templates in Jinja's words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from kplan.render.convert.known import SURE, UNKNOWN, Known, of_dict
from kplan.render.convert.node import Call, Dot, Field, Literal, Operand, Variable
from kplan.render.convert.vocabulary import COMPARED, CONTEXT, METHODS, OPEN, PIPED, RELEASE, TAKEN

_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*")


class NotConverted(Exception):
    """Something that has no like in a chart for Jinja."""


def constant(text: str) -> str | None:
    """The text that an expression is, where it is just a text in quotes."""
    try:
        found = json.loads(text) if text.startswith('"') else None
    except ValueError:
        return None
    return found if isinstance(found, str) else None


class Expression(NamedTuple):
    """Jinja's text of it; a loose one has an operator, and needs parentheses beside another."""

    text: str
    is_loose: bool = False
    known: Known = SURE

    @property
    def tight(self) -> str:
        """The text, in parentheses where it needs them beside an operator."""
        return f"({self.text})" if self.is_loose else self.text

    @property
    def atom(self) -> str:
        """The text, in parentheses where it needs them before `.name`, `[key]` or `(`."""
        return f"({self.text})" if self.is_loose or " | " in self.text else self.text

    @property
    def printed(self) -> Expression:
        """As Go prints it: what is not there as nothing."""
        return self if self.known.is_sure else Expression(f"{self.tight} | optional")

    @property
    def or_null(self) -> Expression:
        """As Go hands it on: what is not there as null."""
        return self if self.known.is_sure else Expression(f"{self.tight} | optional(none)")


@dataclass(slots=True)
class Notes:
    """What a chart's templates turn out to do: which keys each named template is given, where that is a dict.

    `laid_out` are the named templates whose lines are indented by hand. `exact` are the ends of the names of templates
    whose text is used as a text, None for any of them; `evaluates` says that texts are templates,
    and `templates` which other files of the chart are.
    """

    given: dict[str, list[Mapping[str, bool] | None]] = field(default_factory=dict)
    laid_out: set[str] = field(default_factory=set)
    exact: frozenset[str] | None = frozenset()
    evaluates: bool = False
    templates: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Calls:
    """The named templates of a chart, by what they are called in Jinja; `dotted` are those that look at their dot.

    `prefix` is the chart's folder in the outermost one, `files` the names of its other files; `seen` is known from the
    templates so far, `notes` is written to.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    dotted: frozenset[str] = frozenset()
    prefix: str = ""
    files: frozenset[str] = frozenset()
    seen: Notes = field(default_factory=Notes)
    notes: Notes = field(default_factory=Notes)

    def known(self, name: str) -> Known:
        """What is known of the dot of a named template."""
        given = self.seen.given.get(name, [])
        keys = {key for each in given for key in each or ()}
        sure = {key: all(each is not None and each.get(key, False) for each in given) for key in keys}
        return of_dict(sure) if given and None not in given else UNKNOWN


class Name(NamedTuple):
    """What a name stands for in Jinja."""

    text: str
    known: Known = UNKNOWN


_CONTEXT: Final = Name("ctx")


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean: `dot` and `root` are what `.` and `$` are.

    `is_context` says that the dot is the objects of the chart, so that `.Values` is `Values`; `names` are what Go's
    variables are; `functions` those that charts have; `values` what is known of the chart's values.
    """

    functions: frozenset[str]
    calls: Calls = field(default_factory=Calls)
    values: Known = UNKNOWN
    dot: Name = _CONTEXT
    root: Name = _CONTEXT
    is_context: bool = True
    names: Mapping[str, Name] = field(default_factory=dict)

    def within(self, dot: Name, names: Mapping[str, Name] | None = None) -> Scope:
        """The scope where the dot is something else."""
        return replace(self, dot=dot, is_context=False, names={**self.names, **(names or {})})

    def fresh(self, name: str) -> str:
        """A name of Jinja's that means nothing here yet."""
        wanted = name if _IDENTIFIER.fullmatch(name) else f"v_{name}"
        used = {each.text.partition(".")[0] for each in (*self.names.values(), self.dot, self.root)} | TAKEN
        number = 2
        found = wanted
        while found in used or found in self.functions:
            found, number = f"{wanted}{number}", number + 1
        return found


def expression(value: Operand, scope: Scope) -> Expression:
    """An operand in Jinja. Raises NotConverted.

    >>> from kplan.render.convert.parser import parse
    >>> scope = Scope(frozenset(("default", "quote", "trunc", "printf")))
    >>> action = parse('{{ default .Chart.Name .Values.name | trunc 63 | quote }}', "t")[0]
    >>> expression(action.value, scope).text
    'Values.name | default(Chart.Name) | trunc(63) | quote'
    """
    if isinstance(value, Literal):
        return Expression(value.text, value.text.startswith("-"), UNKNOWN if value.text == "none" else SURE)
    if isinstance(value, Dot):
        return Expression(scope.dot.text, known=scope.dot.known._replace(is_sure=True))
    if isinstance(value, Variable):
        name = _variable(value.name, scope)
        return Expression(name.text, known=name.known)
    if isinstance(value, Field):
        return _field(value, scope)
    return _call(value.name, value.arguments, scope)


def _variable(name: str, scope: Scope) -> Name:
    if name == "":
        return scope.root._replace(known=scope.root.known._replace(is_sure=True))
    if name not in scope.names:
        raise NotConverted(f"the variable ${name} is not set")
    return scope.names[name]


def of_context(value: Operand, scope: Scope) -> bool:
    """Whether a value is the objects of the chart."""
    return (isinstance(value, Variable) and value.name == "") or (isinstance(value, Dot) and scope.is_context)


def _field(value: Field, scope: Scope) -> Expression:
    if of_context(value.of, scope) and value.names[0] in CONTEXT:
        known = _of_chart(value.names, scope)
        text = ".".join(value.names)
    else:
        inner = expression(value.of, scope)
        known = inner.known
        for name in value.names:
            known = known.field(name)
        text = ".".join((inner.atom, *value.names))
    return Expression(f"{text}()", known=SURE) if value.names[-1] in METHODS else Expression(text, known=known)


def _of_chart(names: Sequence[str], scope: Scope) -> Known:
    """What is known of an object of the chart, or of a field of one."""
    if names[0] == "Values":
        known = scope.values
        for name in names[1:]:
            known = known.field(name)
        return known
    if len(names) == 1:
        return Known(is_sure=True, is_shared=True)
    is_there = names[1] in RELEASE if names[0] == "Release" else len(names) == 2 or names[0] != "Chart"
    return SURE if is_there and names[0] != "Subcharts" else UNKNOWN


def _call(name: str, arguments: Sequence[Operand], scope: Scope) -> Expression:
    given = [expression(each, scope) for each in arguments]
    special = _SPECIAL.get(name)
    if special is not None:
        return special(name, given)
    if name == "call" and given:
        return _method(given, scope)
    if name not in scope.functions:
        raise NotConverted(f"there is no function `{name}`")
    if name in ("include", "tpl"):
        given = _noted(name, arguments, given, scope)
    elif name in ("set", "unset") and given and given[0].known.is_shared:
        raise NotConverted(f"`{name}` would change the values of the chart, which stay as they are")
    elif name in OPEN:
        given = [each.or_null for each in given]
    known = _result(name, given)
    if name in PIPED and given:
        more = ", ".join(each.text for each in given[:-1])
        return Expression(f"{given[-1].tight} | {name}({more})" if more else f"{given[-1].tight} | {name}", known=known)
    return Expression(f"{name}({', '.join(each.text for each in given)})", known=known)


def _method(given: Sequence[Expression], scope: Scope) -> Expression:
    text = f"{given[0].atom}({', '.join(each.text for each in given[1:])})"
    reads = given[0].text in ("Files.Get", "Files.GetBytes") and len(given) > 1
    is_there = not reads or constant(given[1].text) in scope.calls.files
    return Expression(text if is_there else f"{text} | optional")


def _noted(name: str, arguments: Sequence[Operand], given: list[Expression], scope: Scope) -> list[Expression]:
    """The arguments of `include` or `tpl`, by their names in Jinja; what is included, and with what, is noted."""
    calls, notes = scope.calls, scope.calls.notes
    if name == "tpl":
        _note_evaluated(given, calls)
        return given
    own = constant(given[0].text) if given else None
    if own is not None:
        notes.given.setdefault(own, []).append(_keys(arguments[1:], scope))
        return [Expression(json.dumps(calls.names.get(own, own), ensure_ascii=False)), *given[1:]]
    if given and "Template.BasePath" in given[0].text:
        ends = re.findall(r'"[^"]*?(/[^"%]+)"', given[0].text)
        notes.exact = None if not ends or notes.exact is None else notes.exact | set(ends)
    return given


def _note_evaluated(given: Sequence[Expression], calls: Calls) -> None:
    """Note what `tpl` makes a template of."""
    text = given[0].text if given else ""
    if "{{" in text:
        raise NotConverted("`tpl` is given a Go template that is put together here")
    calls.notes.evaluates = True
    named = re.findall(r'Files\.(?:Get|GetBytes)\("([^"]+)"\)', text)
    calls.notes.templates.update(calls.prefix + name for name in named if name in calls.files)


def _keys(given: Sequence[Operand], scope: Scope) -> Mapping[str, bool] | None:
    """Which keys a dict has that is written where it is handed over, and which of them always."""
    made = given[0] if given else None
    if not isinstance(made, Call) or made.name != "dict" or len(made.arguments) % 2:
        return None
    pairs = zip(made.arguments[::2], made.arguments[1::2], strict=True)
    return {
        name: expression(value, scope).known.is_sure
        for key, value in pairs
        if isinstance(key, Literal) and (name := constant(key.text)) is not None
    }


def _result(name: str, given: Sequence[Expression]) -> Known:
    """What is known of what a function gives."""
    if name == "default" and len(given) > 1:
        return Known(is_sure=given[0].known.is_sure)
    if name == "coalesce":
        return Known(is_sure=any(constant(each.text) for each in given))
    if name == "ternary" and len(given) > 1:
        return Known(is_sure=given[0].known.is_sure and given[1].known.is_sure)
    if name == "dig" and len(given) > 1:
        return Known(is_sure=given[-2].known.is_sure)
    return UNKNOWN if name in ("first", "last", "mustFirst", "mustLast", "get", "index") else SURE


def _and(name: str, values: list[Expression]) -> Expression:
    return _joined("and", values, Known(is_sure=all(each.known.is_sure for each in values)))


def _or(name: str, values: list[Expression]) -> Expression:
    return _joined("or", values, Known(is_sure=values[-1].known.is_sure if values else True))


def _joined(sign: str, values: list[Expression], known: Known) -> Expression:
    if not values:
        raise NotConverted(f"`{sign}` has no values")
    if len(values) == 1:
        return values[0]
    return Expression(f" {sign} ".join(each.tight for each in values), True, known)


def _compared(name: str, values: list[Expression]) -> Expression:
    if len(values) < 2:
        raise NotConverted(f"`{name}` compares two values")
    first, *others = [each.or_null for each in values] if name in ("eq", "ne") else values
    tests = [f"{first.tight} {COMPARED[name]} {other.tight}" for other in others]
    return Expression(" or ".join(tests), True)


def _not(name: str, values: list[Expression]) -> Expression:
    if len(values) != 1:
        raise NotConverted("`not` takes one value")
    return Expression(f"not {values[0].tight}", True)


def _index(name: str, values: list[Expression]) -> Expression:
    if not values:
        raise NotConverted("`index` has no value")
    text, known = values[0].atom, values[0].known
    for key in values[1:]:
        name_of_key = constant(key.text)
        is_name = name_of_key is not None and name_of_key.isascii() and _IDENTIFIER.fullmatch(name_of_key) is not None
        text += f".{name_of_key}" if is_name else f"[{key.text}]"
        known = known.field(name_of_key) if name_of_key is not None else UNKNOWN
    return Expression(text, known=known)


def _dict(name: str, values: list[Expression]) -> Expression:
    if len(values) % 2:
        raise NotConverted("`dict` takes keys and values")
    pairs = list(zip(values[::2], values[1::2], strict=True))
    known = of_dict({own: value.known.is_sure for key, value in pairs if (own := constant(key.text)) is not None})
    return Expression("{" + ", ".join(f"{key.text}: {value.text}" for key, value in pairs) + "}", known=known)


def _list(name: str, values: list[Expression]) -> Expression:
    return Expression("[" + ", ".join(value.text for value in values) + "]")


def _length(name: str, values: list[Expression]) -> Expression:
    if len(values) != 1:
        raise NotConverted("`len` takes one value")
    return Expression(f"{values[0].tight} | length")


_SPECIAL: Final[dict[str, Callable[[str, list[Expression]], Expression]]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "index": _index,
    "dict": _dict,
    "list": _list,
    "tuple": _list,
    "len": _length,
    **dict.fromkeys(COMPARED, _compared),
}
