"""Expressions of Go templates in Jinja's words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from kplan.render.convert.node import Dot, Field, Literal, Operand, Variable

CONTEXT: Final = frozenset(["Values", "Release", "Chart", "Capabilities", "Files", "Template", "Subcharts"])
_COMPARED: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_PIPED: Final = frozenset(
    [
        "default",
        "quote",
        "squote",
        "trunc",
        "trimSuffix",
        "trimPrefix",
        "trimAll",
        "trim",
        "replace",
        "indent",
        "nindent",
        "toYaml",
        "toJson",
        "toPrettyJson",
        "toToml",
        "toRawJson",
        "mustToJson",
        "mustToYaml",
        "fromYaml",
        "fromYamlArray",
        "fromJson",
        "fromJsonArray",
        "lower",
        "upper",
        "title",
        "untitle",
        "b64enc",
        "b64dec",
        "b32enc",
        "sha256sum",
        "sha1sum",
        "toString",
        "toStrings",
        "int",
        "int64",
        "float64",
        "join",
        "sortAlpha",
        "uniq",
        "first",
        "last",
        "rest",
        "initial",
        "reverse",
        "ternary",
        "required",
        "compact",
        "splitList",
        "split",
        "kebabcase",
        "camelcase",
        "snakecase",
        "nospace",
        "repeat",
        "substr",
        "abbrev",
        "cat",
        "htpasswd",
        "empty",
        "keys",
        "values",
        "len",
        "kindOf",
        "typeOf",
        "atoi",
    ]
)
"""Functions that read better after what they are given than before it."""
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*")
_TAKEN: Final = CONTEXT | frozenset(
    [
        "ctx",
        "dot",
        "true",
        "false",
        "none",
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "loop",
        "varargs",
        "kwargs",
        "caller",
        "self",
    ]
)


class NotConverted(Exception):
    """Something that has no like in a chart for Jinja."""


class Expression(NamedTuple):
    """Jinja's text of it; a loose one has an operator, and needs parentheses beside another."""

    text: str
    is_loose: bool = False

    @property
    def tight(self) -> str:
        """The text, in parentheses where it needs them beside an operator."""
        return f"({self.text})" if self.is_loose else self.text

    @property
    def atom(self) -> str:
        """The text, in parentheses where it needs them before `.name`, `[key]` or `(`."""
        return f"({self.text})" if self.is_loose or " | " in self.text else self.text


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean: `dot` and `root` are Jinja's expressions for `.` and `$`.

    `is_context` says that the dot is the objects of the chart, so that `.Values` is `Values`; `names` are Jinja's names
    of Go's variables; `functions` those that charts have.
    """

    functions: frozenset[str]
    dot: str = "ctx"
    root: str = "ctx"
    is_context: bool = True
    names: dict[str, str] = field(default_factory=dict)

    def within(self, dot: str, names: dict[str, str] | None = None) -> Scope:
        """The scope where the dot is something else."""
        return replace(self, dot=dot, is_context=False, names={**self.names, **(names or {})})

    def fresh(self, name: str) -> str:
        """A name of Jinja's that means nothing here yet."""
        wanted = name if _IDENTIFIER.fullmatch(name) else f"v_{name}"
        used = {text.partition(".")[0] for text in self.names.values()} | {self.dot.partition(".")[0]} | _TAKEN
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
        return Expression(value.text, value.text.startswith("-"))
    if isinstance(value, Dot):
        return Expression(scope.dot)
    if isinstance(value, Variable):
        return Expression(_variable(value.name, scope))
    if isinstance(value, Field):
        return _field(value, scope)
    return _call(value.name, value.arguments, scope)


def _variable(name: str, scope: Scope) -> str:
    if name == "":
        return scope.root
    if name not in scope.names:
        raise NotConverted(f"the variable ${name} is not set")
    return scope.names[name]


def _field(value: Field, scope: Scope) -> Expression:
    at_root = isinstance(value.of, Variable) and value.of.name == ""
    of_context = at_root or (isinstance(value.of, Dot) and scope.is_context)
    if of_context and value.names[0] in CONTEXT:
        return Expression(".".join(value.names))
    return Expression(".".join((expression(value.of, scope).atom, *value.names)))


def _call(name: str, arguments: Sequence[Operand], scope: Scope) -> Expression:
    special = _SPECIAL.get(name)
    if special is not None:
        return special(name, [expression(each, scope) for each in arguments])
    if name == "call":
        given = ", ".join(expression(each, scope).text for each in arguments[1:])
        return Expression(f"{expression(arguments[0], scope).atom}({given})")
    if name not in scope.functions:
        raise NotConverted(f"there is no function `{name}`")
    texts = [expression(each, scope) for each in arguments]
    if name in _PIPED and texts:
        given = ", ".join(each.text for each in texts[:-1])
        return Expression(f"{texts[-1].tight} | {name}({given})" if given else f"{texts[-1].tight} | {name}")
    return Expression(f"{name}({', '.join(each.text for each in texts)})")


def _operator(sign: str) -> Callable[[str, list[Expression]], Expression]:
    def joined(name: str, values: list[Expression]) -> Expression:
        if len(values) == 1:
            return values[0]
        return Expression(f" {sign} ".join(each.tight for each in values), True)

    return joined


def _compared(name: str, values: list[Expression]) -> Expression:
    if len(values) < 2:
        raise NotConverted(f"`{name}` compares two values")
    first, *others = values
    tests = [f"{first.tight} {_COMPARED[name]} {other.tight}" for other in others]
    return Expression(" or ".join(tests), True)


def _not(name: str, values: list[Expression]) -> Expression:
    return Expression(f"not {values[0].tight}", True)


def _index(name: str, values: list[Expression]) -> Expression:
    text = values[0].atom
    for key in values[1:]:
        plain = json.loads(key.text) if key.text.startswith('"') else None
        text += f".{plain}" if plain and _IDENTIFIER.fullmatch(plain) and plain.isascii() else f"[{key.text}]"
    return Expression(text)


def _dict(name: str, values: list[Expression]) -> Expression:
    if len(values) % 2:
        raise NotConverted("`dict` takes keys and values")
    pairs = zip(values[::2], values[1::2], strict=True)
    return Expression("{" + ", ".join(f"{key.text}: {value.text}" for key, value in pairs) + "}")


def _list(name: str, values: list[Expression]) -> Expression:
    return Expression("[" + ", ".join(value.text for value in values) + "]")


def _refused(name: str, values: list[Expression]) -> Expression:
    raise NotConverted(f"`{name}` has no like in a chart for Jinja")


_SPECIAL: Final[dict[str, Callable[[str, list[Expression]], Expression]]] = {
    "and": _operator("and"),
    "or": _operator("or"),
    "not": _not,
    "index": _index,
    "dict": _dict,
    "list": _list,
    "tuple": _list,
    **dict.fromkeys(_COMPARED, _compared),
    **dict.fromkeys(("html", "js", "slice"), _refused),
}
