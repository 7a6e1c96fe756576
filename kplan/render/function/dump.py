"""Data as YAML and JSON, as Helm's `toYaml` and `toJson` write them.

Source: sigs.k8s.io/yaml Marshal; go.yaml.in/yaml/v2 encode.go, emitterc.go, sorter.go; go encoding/json.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from functools import cmp_to_key
from typing import Any, Final

from kplan.render.fault import Fault
from kplan.render.function.number import format_float, json_float

_WORDS: Final = frozenset(
    word
    for each in ("y", "yes", "true", "on", "n", "no", "false", "off", "null")
    for word in (each, each.capitalize(), each.upper())
) | {"", "~", ".nan", ".NaN", ".NAN", *(s + w for s in ("", "+", "-") for w in (".inf", ".Inf", ".INF"))}
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_POINT_FLOAT: Final = re.compile(r"\.[0-9][0-9_]*([eE][-+]?[0-9]+)?")
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9]*|0[0-7]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[bB][01]+)")
_BASE_60: Final = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[tT](\d\d?):(\d\d?):(\d\d?)(\.\d+)?(Z|[-+]\d\d:\d\d)|"
                          r" (\d\d?):(\d\d?):(\d\d?)(\.\d+)?)?")  # fmt: skip
_BAD_START: Final = "#,[]{}&*!|>'\"%@`"
_UNPRINTABLE: Final = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_BREAK: Final = re.compile("[\n\r\x85\u2028\u2029]")
_LONGEST_KEY_B: Final = 128
_ESCAPES: Final = {0: "0", 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 27: "e", 34: '"', 92: "\\",
                   0x85: "N", 0xA0: "_", 0x2028: "L", 0x2029: "P"}  # fmt: skip
_DEEPEST: Final = 200


def to_yaml(value: Any, indented_lists: bool = False) -> str:
    """The value as YAML without a line break at the end; mappings sorted as Helm sorts them.

    >>> print(to_yaml({"b": [1, {"c": "yes"}], "a10": None, "a9": "x: y"}))
    a9: 'x: y'
    a10: null
    b:
    - 1
    - c: "yes"
    """
    return "\n".join(_Dump(indented_lists).node(value, 0, 0))


class _Dump:
    """`node` gives the lines of a value; the first stands behind what is already in its line."""

    def __init__(self, indented_lists: bool) -> None:
        self.indented_lists = indented_lists

    def node(self, value: Any, indent: int, depth: int) -> Iterator[str]:
        if depth > _DEEPEST:
            raise Fault(f"the value is more than {_DEEPEST} mappings and lists deep")
        if isinstance(value, dict) and value:
            yield from self._map(value, indent, depth)
        elif isinstance(value, list | tuple) and value:
            yield from self._list(value, indent, depth)
        else:
            yield from scalar(value, indent)

    def _map(self, value: dict[str, Any], indent: int, depth: int) -> Iterator[str]:
        pad = ""
        items = {str(key): inner for key, inner in value.items()}
        for key in sorted(items, key=_natural):
            inner = items[key]
            lines = list(_string(key, indent))
            if _BREAK.search(key) or len(key.encode("utf-8", "replace")) > _LONGEST_KEY_B:
                yield f"{pad}? {lines[0]}"
                yield from lines[1:]
                yield from self._behind(" " * indent + ":", inner, indent, depth)
            else:
                yield from self._behind(f"{pad}{lines[0]}:", inner, indent, depth)
            pad = " " * indent

    def _behind(self, head: str, value: Any, indent: int, depth: int) -> Iterator[str]:
        if isinstance(value, dict | list | tuple) and value:
            is_list = not isinstance(value, dict)
            inner = indent if is_list and not self.indented_lists else indent + 2
            yield head
            lines = self.node(value, inner, depth + 1)
            yield " " * inner + next(lines)
            yield from lines
        else:
            lines = self.node(value, indent, depth + 1)
            yield f"{head} {next(lines)}"
            yield from lines

    def _list(self, value: Iterable[Any], indent: int, depth: int) -> Iterator[str]:
        pad = ""
        for inner in value:
            nested = isinstance(inner, dict | list | tuple) and inner
            lines = self.node(inner, indent + 2 if nested else indent, depth + 1)
            yield f"{pad}- {next(lines)}"
            yield from lines
            pad = " " * indent


def scalar(value: Any, indent: int = 0) -> Iterator[str]:
    """The lines of a value that is no filled mapping or list; further ones are indented two columns more."""
    if isinstance(value, str):
        yield from _string(str.__str__(value), indent)
    elif value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, int):
        yield str(value) if -(2**63) <= value < 2**64 else format_float(float(value))
    elif isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            raise Fault(f"{value} is no number that YAML made from JSON can have")
        whole = value.is_integer() and -(2**63) <= value < 2**64
        yield str(int(value)) if whole else format_float(value)
    elif isinstance(value, dict | list | tuple):
        yield "{}" if isinstance(value, dict) else "[]"
    else:
        yield from _string(_shown(value), indent)


def _shown(value: Any) -> str:
    from kplan.render.thing import Thing

    if isinstance(value, Thing):
        return str(value)
    raise Fault("only data can be written: a function or an object of the engine is none")


def _string(value: str, indent: int) -> Iterator[str]:
    special = _UNPRINTABLE.search(value) is not None or " \n" in value
    if "\n" in value:
        if special or value.endswith(" "):
            yield _double_quoted(value)
        else:
            yield from _literal(value, indent)
    elif not is_string_when_plain(value) or special:
        yield _double_quoted(value)
    elif _is_plain(value):
        yield value
    else:
        yield "'" + value.replace("'", "''") + "'"


def _literal(value: str, indent: int) -> Iterator[str]:
    hint = "2" if value[0] in " \n" else ""
    chomp = "-" if not value.endswith("\n") else "+" if value == "\n" or value.endswith("\n\n") else ""
    yield f"|{hint}{chomp}"
    pad = " " * (indent + 2)
    for line in value.removesuffix("\n").split("\n"):
        yield pad + line if line else ""


def is_string_when_plain(value: str) -> bool:
    """Whether YAML 1.1, as Go reads it, takes the bare characters for a string."""
    if value in _WORDS or _BASE_60.fullmatch(value):
        return False
    first = value[0]
    if first == ".":
        return _POINT_FLOAT.fullmatch(value) is None
    if first not in "+-0123456789":
        return True
    bare = value.replace("_", "")
    if _FLOAT.fullmatch(bare) and math.isfinite(float(bare)):
        return False
    return not (_INT.fullmatch(bare) or _is_date(value))


def _is_date(value: str) -> bool:
    match = _DATE.fullmatch(value)
    if match is None:
        return False
    from datetime import date

    try:
        date(max(int(match[1]), 1), int(match[2]), int(match[3]))
    except ValueError:
        return False
    hour, minute, second = (match[4] or match[9] or 0, match[5] or match[10] or 0, match[6] or match[11] or 0)
    return int(hour) < 24 and int(minute) < 60 and int(second) < 60


def _is_plain(value: str) -> bool:
    if value.startswith((" ", "---", "...")) or value.endswith(" ") or value[0] in _BAD_START:
        return False
    if value[0] in "?:-" and value[1:2] in ("", " ", "\t"):
        return False
    if _BREAK.search(value):
        return False
    return not (": " in value or ":\t" in value or value.endswith(":") or " #" in value or "\t#" in value)


def _double_quoted(value: str) -> str:
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character not in '"\\\n' and not _UNPRINTABLE.match(character):
        return character
    if code in _ESCAPES:
        return "\\" + _ESCAPES[code]
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _compare(left: str, right: str) -> int:
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a == b:
            continue
        if a.isalpha() and b.isalpha():
            return -1 if a < b else 1
        if a.isalpha() or b.isalpha():
            return -1 if b.isalpha() else 1
        first, second = _digits(left, index), _digits(right, index)
        started = "0" in (a, b) and _in_number(left, index)
        numbers = [int(("1" if started else "") + each or "0") for each in (first, second)]
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
        if len(first) != len(second):
            return -1 if len(first) < len(second) else 1
        return -1 if a < b else 1
    return (len(left) > len(right)) - (len(left) < len(right))


_natural = cmp_to_key(_compare)


def _digits(text: str, start: int) -> str:
    end = start
    while end < len(text) and text[end].isdecimal():
        end += 1
    return text[start:end]


def _in_number(text: str, index: int) -> bool:
    """Whether the digits before an index are the start of a number that is not 0."""
    before = re.search(r"[0-9]*\Z", text[:index])
    return before is not None and before[0].strip("0") != ""


def to_json(value: Any, indent: int = 0, escape_html: bool = True) -> str:
    """The value as Go's encoding/json writes it: keys sorted, no spaces; `<`, `>` and `&` escaped.

    >>> to_json({"b": 1.0, "a": ["<", None]})
    '{"a":["\\\\u003c",null],"b":1}'
    """
    return _json(value, " " * indent, "", escape_html, 0)


def _json(value: Any, step: str, pad: str, html: bool, depth: int) -> str:
    if depth > _DEEPEST:
        raise Fault(f"the value is more than {_DEEPEST} mappings and lists deep")
    inner = pad + step
    if isinstance(value, dict):
        space = " " if step else ""
        ordered = sorted((str(key).encode("utf-8", "surrogatepass"), str(key), each) for key, each in _items(value))
        parts = [
            f"{_json_text(key, html)}:{space}{_json(each, step, inner, html, depth + 1)}" for _, key, each in ordered
        ]
        return _bracketed("{", parts, "}", step, pad)
    if isinstance(value, list | tuple):
        return _bracketed("[", [_json(each, step, inner, html, depth + 1) for each in value], "]", step, pad)
    if isinstance(value, str):
        return _json_text(value, html)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            raise Fault(f"{value} is no number that JSON can have")
        return json_float(value)
    return _json_text(_shown(value), html)


def _items(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return iter({str(key): inner for key, inner in value.items()}.items())


def _bracketed(start: str, parts: list[str], end: str, step: str, pad: str) -> str:
    if not parts or not step:
        return start + ",".join(parts) + end
    return f"{start}\n{pad}{step}" + f",\n{pad}{step}".join(parts) + f"\n{pad}{end}"


def _json_text(value: str, html: bool) -> str:
    quoted = (
        json.dumps(str.__str__(value), ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
    if html:
        quoted = quoted.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return quoted
