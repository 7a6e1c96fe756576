"""A JSON text as a tree that keeps every character of it."""

from __future__ import annotations

import re
from typing import Any

from kplan.fixer.tree import Entry, Item, Map, Node, Scalar, Seq

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ATOM = re.compile(r"[^\s,\[\]{}:\"]+")


def parse_json(text: str, start: int) -> tuple[Node, int]:
    """The tree of the JSON value that begins at an index of a valid text, and the index behind it."""
    walk = _JsonWalk(text, start)
    node = walk.value(0)
    return node, walk.pos


class _JsonWalk:
    """One pass over valid JSON."""

    def __init__(self, text: str, pos: int) -> None:
        self.text = text
        self.pos = pos

    def value(self, frame: int) -> Node:
        first = self.text[self.pos]
        if first in "{[":
            return self.collection(first == "{", frame)
        match = (_STRING if first == '"' else _ATOM).match(self.text, self.pos)
        assert match is not None
        self.pos = match.end()
        from kplan.loader import jsonstream

        return Scalar(jsonstream.read(match[0])[0][0].data, match[0], frame)

    def collection(self, is_map: bool, frame: int) -> Node:
        node: Any = Map(frame=frame, flow=True, quoted=True) if is_map else Seq(frame=frame, flow=True, quoted=True)
        parts: list[Any] = node.entries if is_map else node.items
        self.pos += 1
        lead = self.space()
        while self.text[self.pos] not in "}]":
            if "\n" in lead:
                frame = len(lead) - lead.rindex("\n") - 1
            parts.append(self.entry(lead, frame) if is_map else Item(self.value(frame), lead, frame=frame, flow=True))
            parts[-1].tail = self.space()
            if self.text[self.pos] == ",":
                self.pos += 1
                lead = self.space()
        if not parts:
            node.end = lead
        self.pos += 1
        return node  # type: ignore[no-any-return]

    def entry(self, lead: str, frame: int) -> Entry:
        import json

        match = _STRING.match(self.text, self.pos)
        assert match is not None
        end = match.end()
        self.pos = end
        self.space()
        self.pos += 1
        self.space()
        head = self.text[end : self.pos]
        name = json.loads(match[0]).encode("utf-8", "replace").decode()
        return Entry(match[0], name, self.value(frame), lead, head, frame=frame, flow=True)

    def space(self) -> str:
        start = self.pos
        while self.pos < len(self.text) and self.text[self.pos] in " \t\r\n":
            self.pos += 1
        return self.text[start : self.pos]
