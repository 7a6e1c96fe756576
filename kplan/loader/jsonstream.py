"""JSON as kubectl reads it: one value after the other, no separators needed.

Source: kubernetes apimachinery pkg/util/yaml YAMLOrJSONDecoder; Go encoding/json.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kplan.loader.builder import MAX_DEPTH, Malformed
from kplan.loader.layout import Entry, Layout, Node, Repeat
from kplan.loader.scalar import whole
from kplan.loader.text import Text
from kplan.model import FieldPath

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ATOM = re.compile(r"[^\s,\[\]{}:\"]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Value:
    """One value of a stream: its data, index and line (from 0) of its start, and whether an object has a key twice."""

    data: Any
    start: int
    line: int
    repeated_key: bool


def read(text: str) -> tuple[list[Value], int, Malformed | None]:
    """The values of a JSON stream up to the first thing that Go's JSON would refuse: where it begins, what it is."""
    repeated = False

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        result = dict(pairs)
        repeated |= len(result) != len(pairs)
        return result

    decode = _decoder(mapping)
    escapes = "\\u" in text
    found: list[Value] = []
    index = _skip(text, 0)
    line = text.count("\n", 0, index)
    while index < len(text):
        repeated = False
        try:
            data, end = decode(text, index)
            if text.count("{", index, end) + text.count("[", index, end) > MAX_DEPTH:
                _check_depth(data)
        except (ValueError, RecursionError) as error:
            return found, index, _malformed(error, text, index)
        found.append(Value(_without_surrogates(data) if escapes else data, index, line, repeated))
        end = _skip(text, end)
        line += text.count("\n", index, end)
        index = end
    return found, index, None


def _decoder(mapping: Callable[[list[tuple[str, Any]]], Any]) -> Callable[[str, int], tuple[Any, int]]:
    import json

    return json.JSONDecoder(
        object_pairs_hook=mapping, parse_float=_float, parse_int=_integer, parse_constant=_constant
    ).raw_decode


def _malformed(error: Exception, text: str, index: int) -> Malformed:
    place = getattr(error, "pos", index)
    problem = _too_deep() if isinstance(error, RecursionError) else str(getattr(error, "msg", error)).lower()
    return Malformed(problem, place, text.count("\n", 0, place), place - text.rfind("\n", 0, place) - 1)


def _skip(text: str, index: int) -> int:
    match = _SPACE.match(text, index)
    return match.end() if match else index


def _float(digits: str) -> int | float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits} is too large")
    return whole(number)


def _integer(digits: str) -> int | float:
    if len(digits) < 20 or -(1 << 63) <= int(digits[:40]) < 1 << 64:
        return int(digits)
    return _float(digits)


def _constant(name: str) -> Any:
    raise ValueError(f"`{name}` is no JSON")


def _too_deep() -> str:
    return f"the document is nested more than {MAX_DEPTH} levels deep"


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for part in level
            for child in (part.values() if isinstance(part, dict) else part if isinstance(part, list) else ())
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise ValueError(_too_deep())


def _without_surrogates(data: Any) -> Any:
    """The data with U+FFFD for halves of surrogate pairs, as Go decodes them."""
    if isinstance(data, str):
        return _SURROGATE.sub("\ufffd", data)
    if isinstance(data, list):
        return [_without_surrogates(item) for item in data]
    if isinstance(data, dict):
        return {_without_surrogates(key): _without_surrogates(value) for key, value in data.items()}
    return data


def json_layout(text: Text, start: int) -> Layout:
    """The layout of the JSON value that begins at an index of a text that was read without fault."""
    walk = _Walk(text.text)
    root = walk.value(start, ())
    return Layout(text, text.ruler, root, walk.repeats)


class _Walk:
    """One pass over valid JSON that keeps where things stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.repeats: list[Repeat] = []

    def value(self, index: int, path: FieldPath) -> Node:
        """The node of the value that begins at `index`."""
        first = self.text[index]
        if first == "{":
            return self._object(index, path)
        if first == "[":
            return self._array(index, path)
        match = (_STRING if first == '"' else _ATOM).match(self.text, index)
        return Node(index, match.end() if match else index)

    def _object(self, start: int, path: FieldPath) -> Node:
        import json

        entries: dict[str, Entry] = {}
        index = _skip(self.text, start + 1)
        while self.text[index] != "}":
            key_end = self.value(index, ()).end
            key = _SURROGATE.sub("\ufffd", json.loads(self.text[index:key_end]))
            colon = _skip(self.text, key_end)
            node = self.value(_skip(self.text, colon + 1), (*path, key))
            if key in entries:
                first = entries[key]
                self.repeats.append(Repeat(path, key, (first.start, first.end), (index, key_end), merged=False))
            entries[key] = Entry(index, key_end, node)
            index = self._next(node.end)
        return Node(start, index + 1, entries=entries)

    def _array(self, start: int, path: FieldPath) -> Node:
        items: list[Node] = []
        index = _skip(self.text, start + 1)
        while self.text[index] != "]":
            node = self.value(index, (*path, len(items)))
            items.append(node)
            index = self._next(node.end)
        return Node(start, index + 1, items=items)

    def _next(self, index: int) -> int:
        index = _skip(self.text, index)
        return _skip(self.text, index + 1) if self.text[index] == "," else index
