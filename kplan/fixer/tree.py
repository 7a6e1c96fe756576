"""A document as it is written, to be changed in place: what is not touched keeps every character, comments with it.

Nodes know the column they stand at in their own text; where a node is put elsewhere, its lines move as a block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from kplan.fixer.spacing import COMMENT, as_lines, fit_flow, take_out

MERGE_KEY: Final = "<<"


class Unfixable(Exception):
    """A document cannot be changed safely; the message says why, in words that follow "not fixed:"."""


@dataclass(slots=True, eq=False)
class Scalar:
    """A value that is written in one piece. `text` is None for a new one, whose form its place decides."""

    data: Any
    text: str | None = None
    frame: int | None = None
    block: bool = False


@dataclass(slots=True, eq=False)
class Alias:
    """`*name`: another node, once more."""

    text: str
    target: Node
    frame: int | None = None


@dataclass(slots=True, eq=False)
class Entry:
    """A key of a mapping with its value and what stands around them.

    `lead` is what stands before the key: whole lines in block style, all since the last comma in flow style. `head`
    stands between the key and a value on its line; `intro` is the rest of the key's line where the value is a block;
    `tail` is the rest of the line (in flow style: all up to the comma) behind a value. `after` are comment lines that
    belong to the value. `offset` is how much deeper than the key a block value stands.
    """

    key: str
    name: str
    value: Node
    lead: str = ""
    head: str = ": "
    intro: str | None = None
    tail: str | None = None
    after: str = ""
    frame: int | None = None
    offset: int | None = None
    merge: bool = False
    flow: bool = False

    def comments(self) -> Iterator[str]:
        """Every comment of the entry, in order."""
        yield from _comments_of(self)


@dataclass(slots=True, eq=False)
class Item:
    """An element of a list; the parts are those of `Entry`, `head` stands behind the dash."""

    value: Node
    lead: str = ""
    head: str = " "
    intro: str | None = None
    tail: str | None = None
    after: str = ""
    frame: int | None = None
    offset: int | None = None
    flow: bool = False


@dataclass(slots=True, eq=False)
class Map:
    """A mapping. `frame` is None for a new one; `end` is what stands before the closing brace after a last comma.

    `spare` are comment lines of a mapping that has no entries any more, `emptied` the spaces that were around the last
    one in flow style.
    """

    entries: list[Entry] = field(default_factory=list)
    frame: int | None = None
    flow: bool = False
    props: str = ""
    end: str | None = None
    quoted: bool = False
    spare: str = ""
    emptied: tuple[str, str] | None = None

    # What is there.

    def entry(self, name: str) -> Entry | None:
        """The entry that counts for a key: the last of that name, also one that a merge key brings in."""
        for entry in reversed(self.entries):
            if entry.merge:
                found = next((e for m in _merged(entry.value) if (e := m.entry(name)) is not None), None)
                if found is not None:
                    return found
            elif entry.name == name:
                return entry
        return None

    def get(self, name: str) -> Node | None:
        """The value of a key, an alias resolved; None where the key is absent."""
        found = self.entry(name)
        return resolved(found.value) if found is not None else None

    def map(self, *path: str) -> Map | None:
        """The mapping at a path; None where there is none."""
        here: Node | None = self
        for name in path:
            here = here.get(name) if isinstance(here, Map) else None
        return here if isinstance(here, Map) else None

    def maps(self, *path: str) -> list[Map]:
        """The mappings in the list at a path; none where there is no list."""
        here = self.map(*path[:-1])
        found = here.get(path[-1]) if here is not None else None
        if not isinstance(found, Seq):
            return []
        return [value for item in found.items if isinstance(value := resolved(item.value), Map)]

    def value(self, *path: str) -> Any:
        """The plain value at a path; None where it is absent or null."""
        here = self.map(*path[:-1])
        found = here.get(path[-1]) if here is not None else None
        return plain(found) if found is not None else None

    def has(self, name: str) -> bool:
        """Whether the key is there and its value is not null."""
        return self.value(name) is not None

    # Changes.

    def set(self, name: str, value: Any, *, after: tuple[str, ...] = (), before: tuple[str, ...] = ()) -> None:
        """Give a key a value (plain, or a node); a new key stands behind the first that is there of `after`."""
        found = self.entry(name)
        node = node_of(value)
        if found is not None:
            found.value, found.offset = _rewritten(resolved(found.value), node), None
        else:
            self.put(Entry(name, name, node), after=after, before=before)

    def put(
        self, entry: Entry, name: str | None = None, *, after: tuple[str, ...] = (), before: tuple[str, ...] = ()
    ) -> None:
        """Put an entry that was taken elsewhere, or is new, under a name."""
        if name is not None and name != entry.name:
            entry.key, entry.name = respelled(entry.key, name), name
        at = next((i + 1 for n in after for i, e in enumerate(self.entries) if e.name == n), None)
        if at is None:
            at = next((i for n in before for i, e in enumerate(self.entries) if e.name == n), len(self.entries))
        self.insert(at, entry)

    def insert(self, at: int, entry: Entry) -> None:
        """Put an entry at an index, with the commas and spaces that its neighbours have."""
        if self.flow:
            fit_flow(self, self.entries, at, entry)
        self.entries.insert(at, entry)

    def rename(self, name: str, new: str) -> None:
        """Give a key another name."""
        found = self.entry(name)
        if found is not None:
            found.key, found.name = respelled(found.key, new), new

    def take(self, name: str) -> Entry | None:
        """The entry of a key, with its comments, out of the mapping; None where it is absent.

        Raises Unfixable for one that a merge key brings in.
        """
        found = self.entry(name)
        if found is None:
            return None
        if found not in self.entries:
            raise Unfixable(f"`{name}` comes from an anchor by way of `<<`")
        take_out(self, self.entries, self.entries.index(found))
        return found

    def index(self, name: str) -> int:
        """The index of a key among the entries, or their number."""
        return next((i for i, entry in enumerate(self.entries) if entry.name == name), len(self.entries))

    def drop(self, name: str) -> None:
        """Remove a key with its value; its comments stay where they were."""
        at = self.index(name)
        found = self.take(name)
        if found is not None:
            self.keep_comments(found, at)

    def keep_comments(self, dropped: Entry, at: int) -> None:
        """Leave the comments of an entry that goes at its place."""
        if self.flow:
            self._keep_in_flow(list(dropped.comments()), at)
            return
        comments = list(dropped.comments())
        lines = as_lines(comments, self.frame or 0, [dropped, *self.entries])
        if at < len(self.entries):
            following = self.entries[at]
            following.lead = lines + following.lead
            if following.frame is None:
                following.frame = self.frame
        elif self.entries:
            self.entries[-1].after += lines
        else:
            self.spare += lines

    def _keep_in_flow(self, comments: list[str], at: int) -> None:
        if comments and self.entries:
            indent = "\n" + " " * (self.entries[0].frame or 0)
            text = "".join(f"{indent}{comment.rstrip()}" for comment in comments)
            if at < len(self.entries):
                following = self.entries[at]
                following.lead = text + (following.lead if "\n" in following.lead else indent)
            else:
                last = self.entries[-1]
                tail = last.tail or ""
                last.tail = text + (tail if "\n" in tail else indent)

    def ensure(self, name: str, *, after: tuple[str, ...] = (), before: tuple[str, ...] = ()) -> Map:
        """The mapping under a key, made where it is absent or null."""
        found = self.map(name)
        if found is None:
            if plain(self.get(name)) not in (None, {}):
                raise Unfixable(f"`{name}` is no mapping")
            found = Map()
            self.set(name, found, after=after, before=before)
        return found


@dataclass(slots=True, eq=False)
class Seq:
    """A list; the parts are those of `Map`."""

    items: list[Item] = field(default_factory=list)
    frame: int | None = None
    flow: bool = False
    props: str = ""
    end: str | None = None
    quoted: bool = False
    spare: str = ""
    emptied: tuple[str, str] | None = None

    def append(self, value: Any) -> None:
        """Add a value (plain, or a node) at the end."""
        item = Item(node_of(value))
        if self.flow:
            fit_flow(self, self.items, len(self.items), item)
        self.items.append(item)

    def remove(self, index: int) -> None:
        """Remove an element; in block style its comments stay where they were."""
        comments = list(_comments_of(self.items[index]))
        lines = "" if self.flow else as_lines(comments, self.frame or 0, self.items)
        take_out(self, self.items, index)
        if index < len(self.items):
            self.items[index].lead = lines + self.items[index].lead
        elif self.items:
            self.items[-1].after += lines
        else:
            self.spare += lines


Node: TypeAlias = Scalar | Alias | Map | Seq


def _comments_of(part: Entry | Item) -> Iterator[str]:
    """The comments of an entry or element; the rest of its line is `intro` where its value is, or was, a block."""
    yield from COMMENT.findall(part.lead)
    yield from COMMENT.findall(part.head if part.intro is None else part.intro)
    yield from comments_in(part.value)
    if part.intro is None:
        yield from COMMENT.findall(part.tail or "")
    yield from COMMENT.findall(part.after)


def resolved(node: Node) -> Node:
    """The node itself, or what an alias stands for."""
    return node.target if isinstance(node, Alias) else node


def _merged(node: Node) -> Iterator[Map]:
    """The mappings that a merge key brings in; of several the first wins."""
    node = resolved(node)
    parts = [resolved(item.value) for item in node.items] if isinstance(node, Seq) else [node]
    return (part for part in parts if isinstance(part, Map))


def plain(node: Node | None) -> Any:
    """The value of a node as plain Python, as the loader would read it."""
    if node is None:
        return None
    here = resolved(node)
    if isinstance(here, Scalar):
        return here.data
    if isinstance(here, Seq):
        return [plain(item.value) for item in here.items]
    found: dict[str, Any] = {}
    for entry in here.entries if isinstance(here, Map) else ():
        if entry.merge:
            for part in reversed(list(_merged(entry.value))):
                found.update(plain(part))
        else:
            found[entry.name] = plain(entry.value)
    return found


def node_of(value: Any) -> Node:
    """A new node of a plain value; a node is itself."""
    if isinstance(value, Scalar | Alias | Map | Seq):
        return value
    if isinstance(value, dict):
        return Map([Entry(name, name, node_of(inner)) for name, inner in value.items()])
    if isinstance(value, list):
        return Seq([Item(node_of(inner)) for inner in value])
    return Scalar(value)


def _rewritten(old: Node, new: Node) -> Node:
    """A new text for an old one keeps its quotes."""
    if isinstance(old, Scalar) and isinstance(new, Scalar) and new.text is None and isinstance(new.data, str):
        quote = (old.text or "")[:1]
        if quote in ("'", '"') and isinstance(old.data, str):
            new.text = respelled(old.text or "", new.data)
            new.frame = old.frame
    return new


def respelled(old: str, new: str) -> str:
    """A new text between the quotes of an old one."""
    if old[:1] == '"':
        import json

        return json.dumps(new, ensure_ascii=False)
    return "'" + new.replace("'", "''") + "'" if old[:1] == "'" else new


def comments_in(node: Node) -> Iterator[str]:
    """Every comment inside of a node, in order."""
    if isinstance(node, Map):
        for entry in node.entries:
            yield from entry.comments()
        yield from COMMENT.findall((node.end or "") + node.spare)
    elif isinstance(node, Seq):
        for item in node.items:
            yield from _comments_of(item)
        yield from COMMENT.findall((node.end or "") + node.spare)


def copied(node: Node) -> Node:
    """The node once more, to stand at another place."""
    from copy import deepcopy

    return deepcopy(node)
