"""Where every key and value of one document stands: made only when somebody asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from kplan.loader.scalar import MERGE
from kplan.loader.text import Ruler, Text
from kplan.model import FieldPath, Span

_PROPERTIES = re.compile(r"(?:(?:[!&]\S*|#[^\n]*)(?:\s+|\Z))*")
_BLOCK_SCALAR: Final = ("|", ">")


@dataclass(slots=True)
class Node:
    """The stretch `start` to `end` (indexes into the document's text) of a value, with what it is made of."""

    start: int
    end: int
    entries: dict[str, Entry] | None = None
    items: list[Node] | None = None


@dataclass(slots=True)
class Entry:
    """A key's stretch and its value."""

    start: int
    end: int
    value: Node


@dataclass(slots=True)
class Repeat:
    """A key that a mapping has twice: the mapping's path, and both keys' stretches."""

    path: FieldPath
    key: str
    first: tuple[int, int]
    again: tuple[int, int]
    merged: bool


@dataclass(slots=True)
class Layout:
    """The positions of one document."""

    text: Text
    ruler: Ruler
    root: Node
    repeats: list[Repeat] = field(default_factory=list)

    def span(self, path: FieldPath, at: Literal["key", "value"] = "value") -> Span:
        """The span of the key or value at `path`.

        Where the path leads nowhere: the key of the nearest parent that exists (a list's item has none: its value).
        What an alias stands for is shown at the alias; what is inside of it, and what a merge key brings in, at the
        anchor.
        """
        node = self.root
        key: Entry | None = None
        for part in path:
            entry = _child(node, part)
            if entry is None:
                return self._span(key.start, key.end) if key else self._span(node.start, node.end)
            key, node = entry if isinstance(entry, tuple) else (entry, entry.value)
        if at == "key" and key:
            return self._span(key.start, key.end)
        return self._span(node.start, node.end)

    def _span(self, start: int, end: int) -> Span:
        return self.text.span(self.ruler.position(start), self.ruler.position(end))

    def stretch(self, stretch: tuple[int, int]) -> Span:
        """The span of a repeated key."""
        return self._span(*stretch)


def _child(node: Node, part: str | int) -> Entry | tuple[None, Node] | None:
    if node.entries is not None and isinstance(part, str):
        return node.entries.get(part)
    if node.items is not None and isinstance(part, int) and -len(node.items) <= part < len(node.items):
        return None, node.items[part]
    return None


def yaml_layout(text: Text, line: int) -> Layout:
    """The layout of the YAML document that begins at a line, from 0, of a text that was read without fault."""
    from yaml.events import DocumentStartEvent

    from kplan.loader.parser import events, readable

    part = text.part(line)
    get_event = events(readable(part))
    while type(get_event()) is not DocumentStartEvent:
        pass
    walk = _Walk(get_event, part)
    root = walk.value(get_event(), ())
    return Layout(text, Ruler(part, line), root, walk.repeats)


class _Walk:
    """One pass over a document's events; follows `builder.build`, and keeps the marks."""

    def __init__(self, get_event: Any, text: str) -> None:
        self.get_event = get_event
        self.text = text
        self.anchors: dict[str, tuple[Node, Any]] = {}
        self.repeats: list[Repeat] = []

    def value(self, event: Any, path: FieldPath) -> Node:
        """The node that begins with this event."""
        kind = type(event).__name__
        if kind == "AliasEvent":
            target = self.anchors[event.anchor][0]
            return Node(event.start_mark.index, event.end_mark.index, target.entries, target.items)
        start = self._inner_start(event)
        if kind == "ScalarEvent":
            node = Node(start, self._scalar_end(event, start))
        elif kind == "MappingStartEvent":
            node = Node(start, start, entries={})
        else:
            node = Node(start, start, items=[])
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, event)
        if kind != "ScalarEvent":
            self._fill(node, path, bool(event.flow_style))
        return node

    def _inner_start(self, event: Any) -> int:
        start = int(event.start_mark.index)
        if event.anchor is None and event.tag is None:
            return start
        match = _PROPERTIES.match(self.text, start)
        return match.end() if match else start

    def _scalar_end(self, event: Any, start: int) -> int:
        end = int(event.end_mark.index)
        if event.style in _BLOCK_SCALAR:
            return start + len(self.text[start:end].rstrip())
        return max(start, end)

    def _fill(self, node: Node, path: FieldPath, flow: bool) -> None:
        end = self._mapping(node, node.entries, path) if node.entries is not None else self._list(node, path)
        closing = end.end_mark.index
        node.end = closing if flow else max(node.end, node.start)

    def _list(self, node: Node, path: FieldPath) -> Any:
        items = node.items if node.items is not None else []
        event = self.get_event()
        while type(event).__name__ != "SequenceEndEvent":
            item = self.value(event, (*path, len(items)))
            items.append(item)
            node.end = item.end
            event = self.get_event()
        return event

    def _mapping(self, node: Node, entries: dict[str, Entry], path: FieldPath) -> Any:
        event = self.get_event()
        while type(event).__name__ != "MappingEndEvent":
            key = self._key(event)
            start = self._inner_start(event) if hasattr(event, "style") else event.start_mark.index
            stretch = (start, event.end_mark.index)
            value = self.value(self.get_event(), path if key is MERGE else (*path, key))
            self._put(entries, key, stretch, value, path)
            node.end = max(value.end, stretch[1])
            event = self.get_event()
        return event

    def _key(self, event: Any) -> Any:
        from kplan.loader.builder import scalar_key

        if type(event).__name__ == "AliasEvent":
            key = scalar_key(self.anchors[event.anchor][1])
            return "<<" if key is MERGE else key
        if event.anchor is not None:
            self.anchors[event.anchor] = (Node(self._inner_start(event), event.end_mark.index), event)
        return scalar_key(event)

    def _put(self, entries: dict[str, Entry], key: Any, stretch: tuple[int, int], value: Node, path: FieldPath) -> None:
        if key is not MERGE:
            self._put_one(entries, key, Entry(*stretch, value), stretch, path, merged=False)
            return
        for source in reversed(value.items if value.items is not None else [value]):
            for name, entry in list((source.entries or {}).items()):
                self._put_one(entries, name, entry, stretch, path, merged=True)

    def _put_one(
        self, entries: dict[str, Entry], key: str, entry: Entry, at: tuple[int, int], path: FieldPath, merged: bool
    ) -> None:
        there = entries.get(key)
        if there is not None:
            self.repeats.append(Repeat(path, key, (there.start, there.end), at, merged))
        entries[key] = entry
