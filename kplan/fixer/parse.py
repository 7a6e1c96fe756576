"""A document's text as a tree that keeps every character of it."""

from __future__ import annotations

import re
from typing import Any

from kplan.fixer.tree import MERGE_KEY, Alias, Entry, Item, Map, Node, Scalar, Seq, Unfixable

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_COMMENT_LINE = re.compile(r" *#")
_PROPERTIES = re.compile(r"(?:(?:[!&]\S*|#[^\n]*)(?:\s+|\Z))*")
_BLOCK = ("|", ">")


def parse_yaml(text: str) -> tuple[str, Node, str]:
    """The tree of the one YAML document in a text, with what stands before its first line and after its last.

    Raises Unfixable for a form that no manifest needs: `? key`, a document without a mapping.
    """
    from yaml.events import DocumentStartEvent

    from kplan.loader.parser import events, readable

    get_event = events(readable(text))
    while type(get_event()) is not DocumentStartEvent:
        pass
    walk = _Walk(get_event, text)
    event = get_event()
    if type(event).__name__ not in ("MappingStartEvent", "SequenceStartEvent"):
        raise Unfixable("it is no mapping")
    return walk.document(event)


class _Walk:
    """One pass over a document's events. `pos` is the index up to which the text is in the tree."""

    def __init__(self, get_event: Any, text: str) -> None:
        self.get_event = get_event
        self.text = text
        self.pos = 0
        self.anchors: dict[str, tuple[Node, Any]] = {}

    def document(self, event: Any) -> tuple[str, Node, str]:
        if event.flow_style:
            start = event.start_mark.index
            root = self.flow(event, 0)
            return self.text[:start], root, self.text[self.pos :]
        if event.anchor is not None or event.tag is not None:
            raise Unfixable("an anchor or tag stands at its top")
        first = self.line_start(event.start_mark.index)
        self.pos = first
        root = self.block(event)
        return self.text[:first], root, self.text[self.pos :]

    # Block style.

    def block(self, event: Any) -> Node:
        """The tree of a block collection; `pos` is behind the line on which it ends."""
        return self.block_map(event) if type(event).__name__ == "MappingStartEvent" else self.block_seq(event)

    def block_map(self, start: Any) -> Map:
        node = Map(frame=-1)
        self.remember(start, node)
        event = self.get_event()
        while type(event).__name__ != "MappingEndEvent":
            at = event.start_mark.index
            column = at - self.line_start(at)
            if node.frame == -1:
                node.frame = column
            lead = self.lead(at, column, node.entries)
            name, key_end = self.key(event)
            entry = Entry(self.text[at:key_end], name[0], Scalar(None), lead, frame=column, merge=name[1])
            node.entries.append(entry)
            self.pos = key_end
            self.value(entry)
            event = self.get_event()
        return node

    def block_seq(self, start: Any) -> Seq:
        node = Seq(frame=-1)
        self.remember(start, node)
        event = self.get_event()
        dash = start.start_mark.index
        while type(event).__name__ != "SequenceEndEvent":
            dash = self.dash(event)
            column = dash - self.line_start(dash)
            if node.frame == -1:
                node.frame = column
            lead = self.lead(dash, column, node.items)
            item = Item(Scalar(None), lead, frame=column)
            node.items.append(item)
            self.pos = dash + 1
            self.value(item, event)
            event = self.get_event()
        return node

    def dash(self, event: Any) -> int:
        """The index of the dash of the list element that an event begins."""
        at = _SPACE.match(self.text, self.pos).end()  # type: ignore[union-attr]
        if self.text[at : at + 1] != "-":
            raise Unfixable("a list is written in a form that cannot be edited")
        return at

    def lead(self, at: int, column: int, siblings: list[Any]) -> str:
        """The lines before a key or dash; deeper comments at their start belong to the sibling before."""
        first = self.line_start(at)
        if first < self.pos:
            if self.text[self.pos : at].strip():
                raise Unfixable("a key is written as `? key`")
            return ""
        if self.text[first:at].strip(" "):
            raise Unfixable("a key is written as `? key`")
        lead = self.text[self.pos : first]
        if siblings and "#" in lead:
            lines = [f"{line}\n" for line in lead.split("\n")[:-1]]
            count = 0
            for number, line in enumerate(lines):
                if _COMMENT_LINE.match(line) and len(line) - len(line.lstrip(" ")) > column:
                    count = number + 1
                elif line.strip():
                    break
            siblings[-1].after += "".join(lines[:count])
            lead = "".join(lines[count:])
        return lead

    def value(self, part: Entry | Item, event: Any = None) -> None:
        """Read the value of an entry or element, whose key or dash ends at `pos`."""
        event = event or self.get_event()
        before = self.pos
        kind = type(event).__name__
        if kind in ("MappingStartEvent", "SequenceStartEvent") and not event.flow_style:
            self.block_value(part, event, before)
            return
        start = event.start_mark.index
        part.head = self.text[before:start]
        part.value = self.inline(event, part.frame or 0)
        end = self.text.find("\n", self.pos)
        end = len(self.text) if end < 0 else end
        part.tail = self.text[self.pos : end]
        if part.tail.strip() and not part.tail.lstrip().startswith("#"):
            raise Unfixable("a value is written in a form that cannot be edited")
        self.pos = min(end + 1, len(self.text))

    def block_value(self, part: Entry | Item, event: Any, before: int) -> None:
        start = self.inner_start(event)
        end = self.text.find("\n", before, start)
        if end < 0:
            part.intro = None
            part.head = self.text[before:start]
        else:
            part.intro = self.text[before:end]
            self.pos = end + 1
        part.value = self.block(event)
        part.offset = (part.value.frame or 0) - (part.frame or 0)

    def inner_start(self, event: Any) -> int:
        start = int(event.start_mark.index)
        if event.anchor is None and event.tag is None:
            return start
        match = _PROPERTIES.match(self.text, start)
        return match.end() if match else start

    # Values on a line, flow style.

    def inline(self, event: Any, frame: int) -> Node:
        """The tree of a scalar, alias or flow collection; `pos` is behind its last character."""
        kind = type(event).__name__
        start, end = event.start_mark.index, event.end_mark.index
        if kind == "AliasEvent":
            self.pos = end
            return Alias(self.text[start:end], self.anchors[event.anchor][0], frame)
        if kind == "ScalarEvent":
            block = event.style in _BLOCK
            end = self.block_scalar_end(start, end) if block else max(end, start)
            self.pos = end
            node = Scalar(scalar_data(event), self.text[start:end], frame, block)
            self.remember(event, node)
            return node
        return self.flow(event, frame)

    def block_scalar_end(self, start: int, end: int) -> int:
        """Behind the last line of a block scalar; blank lines count where `+` keeps them."""
        text = self.text[start:end]
        header = text.partition("\n")[0]
        if "+" in header.partition("#")[0]:
            return start + len(text.rstrip(" ")) - text.rstrip(" ").endswith("\n")
        return start + len(text.rstrip())

    def flow(self, event: Any, frame: int) -> Node:
        start = event.start_mark.index
        inner = self.inner_start(event)
        is_map = type(event).__name__ == "MappingStartEvent"
        if self.text[inner : inner + 1] != ("{" if is_map else "["):
            raise Unfixable("a mapping stands in a list without braces")
        props = self.text[start:inner]
        node: Any = Map(frame=frame, flow=True, props=props) if is_map else Seq(frame=frame, flow=True, props=props)
        self.remember(event, node)
        self.pos = inner + 1
        parts: list[Any] = node.entries if is_map else node.items
        event = self.get_event()
        while not type(event).__name__.endswith("EndEvent"):
            at = event.start_mark.index
            lead = self.text[self.pos : at]
            if _SPACE.match(lead).end() != len(lead):  # type: ignore[union-attr]
                raise Unfixable("a key is written as `? key`")
            if "\n" in lead:
                frame = len(lead) - lead.rindex("\n") - 1
            parts.append(self.flow_entry(event, lead, frame) if is_map else self.flow_item(event, lead, frame))
            self.comma(parts[-1])
            event = self.get_event()
        closing = event.end_mark.index
        rest = self.text[self.pos : closing - 1]
        if parts and parts[-1].tail is None:
            parts[-1].tail = rest
        else:
            node.end = rest
        node.quoted = is_map and bool(parts) and all(part.key.startswith('"') for part in parts)
        self.pos = closing
        return node  # type: ignore[no-any-return]

    def flow_entry(self, event: Any, lead: str, frame: int) -> Entry:
        at = event.start_mark.index
        name, end = self.key(event)
        entry = Entry(self.text[at:end], name[0], Scalar(None), lead, frame=frame, merge=name[1], flow=True)
        event = self.get_event()
        start = max(event.start_mark.index, end)
        entry.head = self.text[end:start]
        entry.value = self.inline(event, frame)
        self.pos = max(self.pos, end)
        return entry

    def flow_item(self, event: Any, lead: str, frame: int) -> Item:
        return Item(self.inline(event, frame), lead, frame=frame, flow=True)

    def comma(self, part: Entry | Item) -> None:
        """Give a part of a flow collection its tail where a comma follows."""
        at = _SPACE.match(self.text, self.pos).end()  # type: ignore[union-attr]
        if self.text[at : at + 1] == ",":
            part.tail = self.text[self.pos : at]
            self.pos = at + 1

    # Keys, anchors.

    def key(self, event: Any) -> tuple[tuple[str, bool], int]:
        """What a key stands for and whether it merges, and the index behind it."""
        from kplan.loader.builder import scalar_key
        from kplan.loader.scalar import MERGE

        if type(event).__name__ == "AliasEvent":
            found = scalar_key(self.anchors[event.anchor][1])
            return (MERGE_KEY if found is MERGE else str(found), False), event.end_mark.index
        if event.anchor is not None:
            self.anchors[event.anchor] = (Scalar(scalar_data(event)), event)
        found = scalar_key(event)
        return ((MERGE_KEY, True) if found is MERGE else (str(found), False)), event.end_mark.index

    def remember(self, event: Any, node: Node) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, event)

    def line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1


def scalar_data(event: Any) -> Any:
    """The value of a scalar event, as the loader types it."""
    from kplan.loader.scalar import PLAIN, tagged, through_json

    if event.tag is not None:
        return through_json(tagged(event.tag, event.value))
    return PLAIN[event.value] if event.implicit[0] else event.value
