"""Conversions of constants: the API server makes them when it compiles an expression, and refuses one that fails.

Source: cel-go interpreter/decorators.go decOptimize; common/types conversions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kplan.cel.syntax import Node

_TRUE, _FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")
_WHOLE = re.compile(r"[-+]?[0-9]+\Z")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_HEX = re.compile(r"[-+]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][-+]?[0-9]+\Z")
_NO_NUMBER = re.compile(r"[-+]?inf(?:inity)?\Z|nan\Z", re.IGNORECASE)


class _Constant(NamedTuple):
    type: str
    value: Any


class _Failure(Exception):
    """Why a conversion fails."""


def failed_conversion(root: Node) -> str:
    """Why a conversion of a constant in an expression fails, "" where none does.

    >>> from kplan.cel.syntax import parse
    >>> failed_conversion(parse("int('a') > 1", 36))
    "type conversion error from 'string' to 'int'"
    """
    try:
        for node in _nodes(root):
            _folded(node)
    except _Failure as failure:
        return str(failure)
    return ""


def _nodes(node: Node) -> Iterator[Node]:
    parts = [node.target, *node.parts] if node.target is not None else list(node.parts)
    if (fold := node.fold) is not None:
        parts += [fold.over, fold.start, fold.condition, fold.step, fold.result]
    for part in parts:
        yield from _nodes(part)
    yield node


def _folded(node: Node) -> _Constant | None:
    """The value of a constant or of a conversion of one."""
    if node.kind == "const":
        names = {str: "string", bytes: "bytes", bool: "bool", float: "double", int: node.name or "int"}
        return _Constant(names.get(type(node.value), "null_type"), node.value)
    convert = _CONVERSIONS.get(node.name)
    if node.kind != "call" or node.target is not None or len(node.parts) != 1 or convert is None:
        return None
    given = _folded(node.parts[0])
    if given is None:
        return None
    if given.type == node.name:
        return given
    return _Constant(node.name, convert(given))


def _mismatch(given: _Constant, wanted: str) -> _Failure:
    return _Failure(f"type conversion error from '{given.type}' to '{wanted}'")


def _bool(given: _Constant) -> bool:
    if given.type == "string" and given.value in (*_TRUE, *_FALSE):
        return given.value in _TRUE
    raise _mismatch(given, "bool")


def _integer(name: str, lowest: int, limit: int) -> Callable[[_Constant], int]:
    def convert(given: _Constant) -> int:
        if given.type == "string":
            if not _WHOLE.match(given.value) or (name == "uint" and given.value[0] in "+-"):
                raise _mismatch(given, name)
            number = int(given.value) if len(given.value) < 40 else limit
            if not lowest <= number < limit:
                raise _mismatch(given, name)
            return number
        if given.type not in ("int", "uint", "double"):
            raise _mismatch(given, name)
        is_number = not isinstance(given.value, float) or math.isfinite(given.value)
        number = math.trunc(given.value) if is_number else limit
        if not lowest <= number < limit or (given.type == "double" and number == lowest != 0):
            raise _Failure(f"{'unsigned ' if name == 'uint' else ''}integer overflow")
        return number

    return convert


def _double(given: _Constant) -> float:
    if given.type in ("int", "uint"):
        return float(given.value)
    text = given.value if given.type == "string" else ""
    if _NO_NUMBER.match(text):
        return float(text)
    if _NUMBER.match(text) and math.isfinite(float(text)):
        return float(text)
    if _HEX.match(text):
        try:
            return float.fromhex(text)
        except OverflowError:
            pass
    raise _mismatch(given, "double")


_CONVERSIONS: dict[str, Callable[[_Constant], Any]] = {
    "bool": _bool,
    "int": _integer("int", -(2**63), 2**63),
    "uint": _integer("uint", 0, 2**64),
    "double": _double,
}
