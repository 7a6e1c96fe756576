"""Expressions as trees: CEL's grammar, and its macros.

Source: cel-spec langdef.md; cel-go parser, parser/macro.go, ext/comprehensions.go, cel/library.go (optionals).
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<space>[\t\ \r\n\f]+|//[^\n]*)
    | (?P<text>[bB]?[rR]?(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}
        |"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'))
    | (?P<raw>[bB]?[rR](?:"[^"\r\n]*"|'[^'\r\n]*'))
    | (?P<float>(?:\d+\.\d+|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)
    | (?P<int>0x[0-9a-fA-F]+[uU]?|\d+[uU]?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<quoted>`[A-Za-z0-9_.\-/ ]+`)
    | (?P<op>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_RESERVED = frozenset(
    (
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    )
)
_FIRST_SIGNS = ("[", "{", "(", ".", "-", "!")
_FIRST = (
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
)
"""What an expression can start with, in the words of the server's parser."""

_RELATIONS = ("<", "<=", ">=", ">", "==", "!=", "in")
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"'`?])|x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.?))",
    re.DOTALL,
)
_PLAIN = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_DEEPEST = 250
_MOST_CALLS = 5_000
ACCUMULATOR = "@result"


class CelError(Exception):
    """Something that is wrong with an expression, where in it (an index of the text), and what else is wrong behind."""

    def __init__(self, message: str, position: int, others: tuple[CelError, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.others = others


@dataclass(slots=True, eq=False)
class Node:
    """One part of an expression.

    `kind` is const, ident, select, call, list, map, struct or fold. `name` is the name of a variable, field, function
    or message; `value` a constant; `parts` the operand of a select, the arguments of a call, the items of a list, keys
    and values of a map in turn; `target` what a method is called on. `optional` are the indexes of optional items.
    """

    kind: str
    position: int
    name: str = ""
    value: Any = None
    parts: list[Node] = field(default_factory=list)
    target: Node | None = None
    test_only: bool = False
    optional: frozenset[int] = frozenset()
    fold: Fold | None = None


@dataclass(slots=True, eq=False)
class Fold:
    """What a macro over a list or map stands for: a loop with an accumulator."""

    over: Node
    variable: str
    second: str
    accumulator: str
    start: Node
    condition: Node
    step: Node
    result: Node


def qualified_name(node: Node) -> str:
    """The dotted name that a part spells; "" where it is something else."""
    if node.kind == "ident":
        return node.name
    if node.kind == "select" and not node.test_only and (before := qualified_name(node.parts[0])):
        return f"{before}.{node.name}"
    return ""


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


@contextmanager
def deep() -> Iterator[None]:
    """Room for a tree of 250 levels, the most that the API server reads: each takes several calls here."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _MOST_CALLS))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def parse(text: str, minor: int) -> Node:
    """The tree of an expression for the libraries of Kubernetes 1.`minor`. Raises CelError for what is none,
    and RecursionError for one that is too deep.

    >>> parse("self.a > 1", 35).name
    '_>_'
    """
    return _Parser(text, minor).whole()


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise CelError(f"Syntax error: token recognition error at: '{text[at]}'", at)
        if match.lastgroup != "space":
            found.append(_Token("text" if match.lastgroup == "raw" else str(match.lastgroup), match[0], at))
        at = match.end()
    return [*found, _Token("end", "<EOF>", len(text))]


def _is_first(token: _Token) -> bool:
    """Whether an expression can start with the token."""
    if token.kind in ("int", "float", "text"):
        return True
    return token.text != "in" if token.kind == "name" else token.text in _FIRST_SIGNS


class _Parser:
    """One reading of an expression, by recursive descent."""

    def __init__(self, text: str, minor: int) -> None:
        self.tokens = _tokens(text)
        self.minor = minor
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        """The expression and nothing behind it."""
        node = self._expression()
        if self._here.kind != "end":
            raise self._unexpected("<EOF>")
        return node

    @property
    def _here(self) -> _Token:
        return self.tokens[self.at]

    def _is(self, *texts: str) -> bool:
        return self._here.text in texts and self._here.kind in ("op", "name")

    def _next(self) -> _Token:
        token = self._here
        self.at += token.kind != "end"
        return token

    def _take(self, text: str) -> _Token:
        if not self._is(text):
            if text == ")" and self._here.kind == "end":
                raise CelError("Syntax error: missing ')' at '<EOF>'", self._here.position)
            raise self._unexpected(f"'{text}'")
        return self._next()

    def _unexpected(self, wanted: str = _FIRST) -> CelError:
        """The error at this token; where the one behind it would do, the parser of the server calls it one too many."""
        token, behind = self._here, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        fits = behind.kind == "end" if wanted == "<EOF>" else wanted == _FIRST and _is_first(behind)
        what = "extraneous" if fits and token.kind != "end" else "mismatched"
        return CelError(f"Syntax error: {what} input '{token.text}' expecting {wanted}", token.position)

    def _expression(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise RecursionError
        node = self._binary(0)
        if self._is("?"):
            position = self._next().position
            first = self._binary(0)
            self._take(":")
            node = Node("call", position, "_?_:_", parts=[node, first, self._expression()])
        self.depth -= 1
        return node

    _LEVELS = (("||",), ("&&",), _RELATIONS, ("+", "-"), ("*", "/", "%"))

    def _binary(self, level: int) -> Node:
        if level == len(self._LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._is(*self._LEVELS[level]):
            token = self._next()
            name = "@in" if token.text == "in" else f"_{token.text}_"
            left = Node("call", token.position, name, parts=[left, self._binary(level + 1)])
        return left

    def _unary(self) -> Node:
        if not self._is("!", "-"):
            return self._member()
        token = self._here
        if token.text == "-" and self.tokens[self.at + 1].kind in ("int", "float"):
            return self._member()
        count = 0
        while self._is(token.text):
            self._next()
            count += 1
        inner = self._member()
        if count % 2 == 0:
            return inner
        return Node("call", token.position, f"{token.text}_", parts=[inner])

    def _member(self) -> Node:
        node = self._primary()
        while True:
            if self._is("."):
                node = self._dot(node)
            elif self._is("["):
                position = self._next().position
                is_optional = self._is_optional()
                index = self._expression()
                self._take("]")
                node = Node("call", position, "_[?_]" if is_optional else "_[_]", parts=[node, index])
            elif self._is("{") and (name := qualified_name(node)):
                node = self._entries(Node("struct", self._next().position, name), "}")
            else:
                return node

    def _is_optional(self) -> bool:
        if not self._is("?"):
            return False
        if self.minor < _OPTIONAL:
            raise CelError("unsupported syntax '?'", self._here.position)
        self._next()
        return True

    def _dot(self, operand: Node) -> Node:
        position = self._next().position
        is_optional = self._is_optional()
        token = self._next()
        if token.kind not in ("name", "quoted") or token.text in ("in", "true", "false", "null"):
            shown = "" if token.kind == "end" else token.text
            raise CelError(f"Syntax error: no viable alternative at input '.{shown}'", token.position)
        if token.kind == "quoted":
            raise CelError("unsupported syntax: '`'", token.position)
        name = token.text
        if is_optional:
            return Node("call", position, "_?._", parts=[operand, Node("const", token.position, value=name)])
        if token.kind == "name" and self._is("("):
            opened = self._next().position
            return _macro(Node("call", opened, name, parts=self._arguments(")"), target=operand), self.minor)
        return Node("select", position, name, parts=[operand])

    def _arguments(self, end: str) -> list[Node]:
        found: list[Node] = []
        while not self._is(end):
            found.append(self._expression())
            if self._is(","):
                self._next()
                if self._is(end):
                    raise self._unexpected()
            elif not self._is(end):
                raise self._unexpected(f"{{'{end}', ','}}")
        self._next()
        return found

    def _primary(self) -> Node:
        token = self._here
        if token.kind in ("int", "float", "text") or (token.text == "-" and token.kind == "op"):
            return self._literal()
        if token.kind == "name":
            return self._name()
        if self._is("."):
            self._next()
            if self._here.kind != "name":
                raise self._unexpected()
            return self._name()
        if self._is("("):
            self._next()
            node = self._expression()
            self._take(")")
            return node
        if self._is("["):
            return self._list()
        if self._is("{"):
            self._next()
            return self._entries(Node("map", token.position), "}")
        raise self._unexpected()

    def _name(self) -> Node:
        token = self._next()
        if token.text in ("true", "false", "null"):
            return Node("const", token.position, value={"true": True, "false": False, "null": None}[token.text])
        if token.text == "in":
            self.at -= 1
            raise self._unexpected()
        if self._is("{"):
            return self._entries(Node("struct", self._next().position, token.text), "}")
        if token.text in _RESERVED:
            raise CelError(f"reserved identifier: {token.text}", token.position)
        if self._is("("):
            opened = self._next().position
            return _macro(Node("call", opened, token.text, parts=self._arguments(")")), self.minor)
        return Node("ident", token.position, token.text)

    def _list(self) -> Node:
        node = Node("list", self._next().position)
        optional = set()
        self._skip_comma("]")
        while not self._is("]"):
            if self._is_optional():
                optional.add(len(node.parts))
            node.parts.append(self._expression())
            if self._is(","):
                self._next()
            elif not self._is("]"):
                raise self._unexpected("{']', ','}")
        self._next()
        node.optional = frozenset(optional)
        return node

    def _skip_comma(self, end: str) -> None:
        """Nothing may have a comma behind it, too."""
        if self._is(",") and self.tokens[self.at + 1].text == end:
            self._next()

    def _entries(self, node: Node, end: str) -> Node:
        optional = set()
        self._skip_comma(end)
        while not self._is(end):
            if self._is_optional():
                optional.add(len(node.parts) // 2)
            node.parts.append(self._expression() if node.kind == "map" else self._field())
            self._take(":")
            node.parts.append(self._expression())
            if self._is(","):
                self._next()
            elif not self._is(end):
                raise self._unexpected(f"{{'{end}', ','}}")
        self._next()
        node.optional = frozenset(optional)
        return node

    def _field(self) -> Node:
        token = self._next()
        if token.kind != "name":
            self.at -= token.kind != "end"
            raise self._unexpected()
        return Node("const", token.position, value=token.text)

    def _literal(self) -> Node:
        first = token = self._next()
        sign = ""
        if token.text == "-":
            sign, token = "-", self._next()
            if token.kind not in ("int", "float"):
                self.at -= token.kind != "end"
                raise self._unexpected()
        if token.kind == "text":
            return Node("const", token.position, value=_text(token))
        if token.kind == "float":
            if math.isinf(number := float(sign + token.text)):
                raise CelError("invalid double literal", first.position)
            return Node("const", first.position, value=number)
        return Node("const", first.position, **_integer(sign, token))


def _integer(sign: str, token: _Token) -> dict[str, Any]:
    is_unsigned = token.text[-1] in "uU"
    digits = token.text.rstrip("uU")
    is_long = len(digits) > 30
    number = 2**64 if is_long else int(sign + digits, 16 if digits.startswith("0x") else 10)
    if is_unsigned:
        if sign or number >= 2**64:
            raise CelError("invalid uint literal", token.position)
        return {"value": number, "name": "uint"}
    if not -(2**63) <= number < 2**63:
        raise CelError("invalid int literal", token.position)
    return {"value": number}


def _text(token: _Token) -> str | bytes:
    prefix = re.match(r"[bBrR]*", token.text)
    assert prefix is not None
    body = token.text[prefix.end() :]
    size = 3 if body[:3] in ('"""', "'''") and len(body) >= 6 else 1
    body = body[size:-size]
    is_bytes = "b" in prefix[0].lower()
    if "r" not in prefix[0].lower():
        body = _ESCAPE.sub(lambda match: _escaped(match, token, is_bytes), body)
    return body.encode("utf-8", "surrogatepass") if is_bytes else body


def _escaped(match: re.Match[str], token: _Token, is_bytes: bool) -> str:
    plain, *codes, octal, _ = match.groups()
    if plain is not None:
        return _PLAIN.get(plain, plain)
    digits = next((code for code in codes if code is not None), None)
    code = int(digits, 16) if digits else int(octal, 8) if octal else -1
    if not 0 <= code <= 0x10FFFF or (is_bytes and (match[4] or match[5])) or 0xD800 <= code < 0xE000:
        raise CelError("unable to unescape string", token.position)
    return chr(code)


def _const(value: Any, position: int) -> Node:
    return Node("const", position, value=value)


def _call(name: str, position: int, *parts: Node) -> Node:
    return Node("call", position, name, parts=list(parts))


def _accumulator(position: int) -> Node:
    return Node("ident", position, ACCUMULATOR)


def _fold(call: Node, names: list[str], start: Node, condition: Node, step: Node, result: Node) -> Node:
    assert call.target is not None
    second = names[1] if len(names) > 1 else ""
    fold = Fold(call.target, names[0], second, ACCUMULATOR, start, condition, step, result)
    return Node("fold", call.position, call.name, fold=fold)


_NO_NAME = {
    "map": "argument is not an identifier",
    "filter": "argument is not an identifier",
    "sortBy": "argument is not an identifier",
    "optMap": "optMap() variable name must be a simple identifier",
    "optFlatMap": "optFlatMap() variable name must be a simple identifier",
}


def _names(call: Node, count: int) -> list[str]:
    """The variables of a macro: its first arguments."""
    found: list[str] = []
    for part in call.parts[:count]:
        if part.kind != "ident":
            raise CelError(_NO_NAME.get(call.name, "argument must be a simple name"), part.position)
        if part.name in found:
            raise CelError(f"duplicate variable name: {part.name}", part.position)
        found.append(part.name)
    return found


def _quantifier(call: Node) -> Node:
    at, names, test = call.position, _names(call, len(call.parts) - 1), call.parts[-1]
    accumulator = _accumulator(at)
    if call.name == "all":
        condition = _call("@not_strictly_false", at, accumulator)
        step = _call("_&&_", at, _accumulator(at), test)
        return _fold(call, names, _const(True, at), condition, step, _accumulator(at))
    if call.name == "exists":
        condition = _call("@not_strictly_false", at, _call("!_", at, accumulator))
        step = _call("_||_", at, _accumulator(at), test)
        return _fold(call, names, _const(False, at), condition, step, _accumulator(at))
    more = _call("_+_", at, accumulator, _const(1, at))
    step = _call("_?_:_", at, test, more, _accumulator(at))
    result = _call("_==_", at, _accumulator(at), _const(1, at))
    return _fold(call, names, _const(0, at), _const(True, at), step, result)


def _collector(call: Node, names: list[str], test: Node | None, item: Node) -> Node:
    """`map` and `filter`: a loop that makes a list."""
    at = call.position
    step = _call("_+_", at, _accumulator(at), Node("list", at, parts=[item]))
    if test is not None:
        step = _call("_?_:_", at, test, step, _accumulator(at))
    return _fold(call, names, Node("list", at), _const(True, at), step, _accumulator(at))


def _map(call: Node) -> Node:
    names = _names(call, 1)
    return _collector(call, names, call.parts[1] if len(call.parts) == 3 else None, call.parts[-1])


def _filter(call: Node) -> Node:
    names = _names(call, 1)
    return _collector(call, names, call.parts[1], Node("ident", call.position, names[0]))


def _transform_list(call: Node) -> Node:
    names = _names(call, 2)
    return _collector(call, names, call.parts[2] if len(call.parts) == 4 else None, call.parts[-1])


def _transform_map(call: Node) -> Node:
    at, names = call.position, _names(call, 2)
    entry = [call.parts[-1]] if call.name == "transformMapEntry" else [Node("ident", at, names[0]), call.parts[-1]]
    step = _call("cel.@mapInsert", at, _accumulator(at), *entry)
    if len(call.parts) == 4:
        step = _call("_?_:_", at, call.parts[2], step, _accumulator(at))
    return _fold(call, names, Node("map", at), _const(True, at), step, _accumulator(at))


def _bound(call: Node, name: str, value: Node, inner: Node) -> Node:
    """A loop over nothing, whose accumulator is a variable with a value."""
    at = call.position
    fold = Fold(Node("list", at), "#unused", "", name, value, _const(False, at), Node("ident", at, name), inner)
    return Node("fold", at, call.name, fold=fold)


def _opt_map(call: Node) -> Node:
    at, (name,) = call.position, _names(call, 1)
    assert call.target is not None
    target = call.target
    has_value = Node("call", at, "hasValue", target=target)
    value = Node("call", at, "value", target=target)
    inner = _bound(call, name, value, call.parts[1])
    some = inner if call.name == "optFlatMap" else _call("optional.of", at, inner)
    return _call("_?_:_", at, has_value, some, _call("optional.none", at))


def _sort_by(call: Node) -> Node:
    at, names = call.position, _names(call, 1)
    assert call.target is not None
    keys = _collector(call, names, None, call.parts[1])
    return Node("call", at, "@sortByAssociatedKeys", parts=[keys], target=call.target)


_OPTIONAL, _TWO_VARIABLES, _LISTS = 28, 32, 34
_ALWAYS = 0
_MACROS: dict[tuple[str, int], tuple[int, Callable[[Node], Node]]] = {
    **{(name, 2): (_ALWAYS, _quantifier) for name in ("all", "exists", "exists_one")},
    ("map", 2): (_ALWAYS, _map),
    ("map", 3): (_ALWAYS, _map),
    ("filter", 2): (_ALWAYS, _filter),
    ("optMap", 2): (_OPTIONAL, _opt_map),
    ("optFlatMap", 2): (_OPTIONAL, _opt_map),
    **{(name, 3): (_TWO_VARIABLES, _quantifier) for name in ("all", "exists", "exists_one", "existsOne")},
    **{("transformList", count): (_TWO_VARIABLES, _transform_list) for count in (3, 4)},
    **{
        (name, count): (_TWO_VARIABLES, _transform_map)
        for name in ("transformMap", "transformMapEntry")
        for count in (3, 4)
    },
    ("sortBy", 2): (_LISTS, _sort_by),
}
"""Methods that are macros, by the number of their arguments: since which minor, and what they stand for."""


def _macro(call: Node, minor: int) -> Node:
    """The call, or what it stands for where it is a macro."""
    if call.target is None:
        if call.name != "has" or len(call.parts) != 1:
            return call
        inner = call.parts[0]
        if inner.kind != "select":
            raise CelError("invalid argument to has() macro", inner.position)
        return Node("select", call.position, inner.name, parts=inner.parts, test_only=True)
    since, expand = _MACROS.get((call.name, len(call.parts)), (minor + 1, None))
    return expand(call) if expand is not None and minor >= since else call
