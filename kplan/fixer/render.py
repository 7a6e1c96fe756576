"""A tree back to text. What was not changed comes out as it went in; what is new follows its neighbours' style."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kplan.fixer.spacing import COMMENT
from kplan.fixer.tree import Alias, Entry, Item, Map, Node, Scalar, Seq

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./%:@+=~ -]*\Z")
_WIDE: Final = 2
_LONG: Final = 60


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is written: spaces a level, how deep lists stand below their key, ends of lines, JSON.

    `compact`: it has more mappings in braces than others.
    """

    step: int = 2
    dash: int = 0
    end: str = ""
    json: bool = False
    compact: bool = False


def style_of(root: Node, text: str, *, json: bool = False) -> Style:
    """The style that most of a document has."""
    maps: Counter[int] = Counter()
    lists: Counter[int] = Counter()
    braces = 0
    for part in _parts(root):
        if isinstance(part.value, Map) and part.value.entries:
            braces += 1 if part.value.flow else -1
        if part.offset is not None and isinstance(part, Entry):
            (maps if isinstance(part.value, Map) else lists)[part.offset] += 1
        elif part.flow and isinstance(part.value, Map) and part.value.entries:
            lead = part.value.entries[0].lead
            if "\n" in lead:
                maps[len(lead) - lead.rindex("\n") - 1 - (part.frame or 0)] += 1
    step = max(maps, key=lambda n: (maps[n], -n), default=_WIDE)
    dash = max(lists, key=lambda n: (lists[n], -n), default=0)
    return Style(max(step, 1), max(dash, 0), "\r" if "\r\n" in text else "", json, braces > 0)


def _parts(node: Node) -> Iterator[Entry | Item]:
    if isinstance(node, Map | Seq):
        for part in _parts_of(node):
            yield part
            yield from _parts(part.value)


def render(root: Node, style: Style) -> str:
    """The text of a whole document's tree; one in block style ends in a line feed."""
    if _is_block(root):
        return "".join(f"{line}\n" for line in _block(root, style, root.frame or 0))
    return _inline(root, style, root.frame or 0)


def shifted(text: str, by: int) -> str:
    """The text with all lines but the first so many columns further right (or left, where they have the spaces).

    >>> shifted("a\\n  b\\n\\n c", -2)
    'a\\nb\\n\\nc'
    """
    if not by or "\n" not in text:
        return text
    first, *lines = text.split("\n")
    return "\n".join([first, *(_moved(line, by) for line in lines)])


def _moved(line: str, by: int) -> str:
    if not line.strip():
        return line
    if by > 0:
        return " " * by + line
    return line[min(-by, len(line) - len(line.lstrip(" "))) :]


def _is_block(node: Node) -> bool:
    """Whether a node has to stand on lines of its own, below its key."""
    if not isinstance(node, Map | Seq):
        return False
    parts = _parts_of(node)
    return bool(parts) and (_in_block(node) or any(map(_demands, parts)))


def _in_block(node: Map | Seq) -> bool:
    return not node.flow and node.frame is not None


def _stands(node: Node, style: Style) -> bool:
    """Whether a node in a block stands on lines of its own: a new one does where the document is written so."""
    if _is_block(node):
        return True
    if not isinstance(node, Map | Seq) or node.frame is not None:
        return False
    return bool(_parts_of(node)) and (not style.compact or len(_inline(node, style, 0)) > _LONG)


def _demands(part: Entry | Item) -> bool:
    """Whether something in a flow collection can only stand in a block: it came from one."""
    if isinstance(part.value, Scalar) and part.value.block:
        return True
    if not part.flow and any("#" in (text or "") for text in (part.lead, part.tail, part.after)):
        return True
    return _is_block(part.value)


# Blocks.


def _block(node: Node, style: Style, column: int) -> list[str]:
    """The lines of a block collection that stands at a column."""
    assert isinstance(node, Map | Seq)
    own = column if node.frame is None or node.flow else node.frame
    lines: list[str] = []
    for part in _parts_of(node):
        lines += _part(part, style, own, exploded=node.flow)
    lines += _lines(node.spare)
    return _shift_all(lines, column - own)


def _shift_all(lines: list[str], by: int) -> list[str]:
    return [_moved(line, by) for line in lines] if by else lines


def _part(part: Entry | Item, style: Style, column: int, exploded: bool) -> list[str]:
    """The lines of an entry or element at a column, with its comments. `exploded`: it stood in braces or brackets."""
    exploded = exploded or part.flow
    frame = column if part.frame is None or exploded else part.frame
    by = column - frame
    lead = _lead(part, style, exploded, column, by)
    key = _key(part, style) if isinstance(part, Entry) else "-"
    if _stands(part.value, style):
        body = _block_value(part, key, style, column, lead)
    else:
        body = _inline_value(part, key, style, column, exploded)
    if isinstance(part.value, Map | Seq) and not _parts_of(part.value):
        body += _lines(part.value.spare)
    return [*lead, *body, *_shift_all(_lines(part.after), by)]


def _lead(part: Entry | Item, style: Style, exploded: bool, column: int, by: int) -> list[str]:
    if exploded or part.flow or part.frame is None:
        return [f"{' ' * column}{comment.rstrip()}{style.end}" for comment in COMMENT.findall(part.lead)]
    return _shift_all(_lines(part.lead), by)


def _lines(text: str) -> list[str]:
    return text.split("\n")[:-1]


def _parts_of(node: Map | Seq) -> Sequence[Entry | Item]:
    return node.entries if isinstance(node, Map) else node.items


def _key(part: Entry, style: Style) -> str:
    return part.key if part.frame is not None else _text(part.key, style, flow=False)


def _block_value(part: Entry | Item, key: str, style: Style, column: int, lead: list[str]) -> list[str]:
    is_list = isinstance(part.value, Seq)
    offset = part.offset
    if isinstance(part, Entry):
        if offset is None:
            offset = style.dash if is_list else style.step
        lines = _block(part.value, style, column + offset)
        return [" " * column + key + _intro(part, style), *lines]
    if part.intro is not None:
        lines = _block(part.value, style, column + (_WIDE if offset is None else offset))
        return [" " * column + key + part.intro, *lines]
    head = part.head if offset is not None and not part.flow else " "
    lines = _block(part.value, style, column + 1 + len(head))
    above = next(i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
    lead += [" " * column + line.lstrip() for line in lines[:above]]
    first = " " * column + key + head + lines[above].lstrip(" ")
    comments = COMMENT.findall(part.tail or "")
    if comments and COMMENT.search(first):
        lead += [f"{' ' * column}{comment}" for comment in comments]
    elif comments:
        first = first.rstrip("\r") + "".join(f"  {comment.rstrip()}" for comment in comments) + style.end
    return [first, *lines[above + 1 :]]


def _intro(part: Entry, style: Style) -> str:
    """What stands behind the key of a block: a comment that stood behind a value on the line stays there."""
    if part.intro is not None and part.offset is not None:
        return part.intro
    comments = COMMENT.findall(part.intro if part.intro is not None else part.tail or "")
    return ":" + "".join(f"  {comment.rstrip()}" for comment in comments) + style.end


def _inline_value(part: Entry | Item, key: str, style: Style, column: int, exploded: bool) -> list[str]:
    frame = column if part.frame is None or exploded else part.frame
    if exploded or part.intro is not None:  # it stood in braces, or was a block
        comments = COMMENT.findall((part.tail if part.intro is None else part.intro) or "")
        head = ": " if isinstance(part, Entry) else " "
        tail = "".join(f"  {comment.rstrip()}" for comment in comments) + style.end
    else:
        head = part.head
        tail = part.tail if part.tail is not None else style.end
    text = _inline(part.value, style, column)
    if text and head.endswith(":") and part.value.frame is None:
        head += " "
    return (" " * column + key + shifted(head, column - frame) + text + tail).split("\n")


# On a line.


def _inline(node: Node, style: Style, column: int, quoted: bool = False) -> str:
    """The text of a node whose key's line begins at a column."""
    if isinstance(node, Scalar):
        if node.text is None:
            return _text(node.data, style, flow=quoted or style.json, quoted=quoted)
        return shifted(node.text, column - (column if node.frame is None else node.frame))
    if isinstance(node, Alias):
        return node.text
    parts = _parts_of(node)
    own = column if node.frame is None else node.frame
    quoted = quoted or node.quoted or style.json
    opening, closing = ("{", "}") if isinstance(node, Map) else ("[", "]")
    if node.frame is None or not node.flow:
        return opening + ", ".join(_fresh(part, style, own, quoted) for part in parts) + closing
    pieces = []
    frame = own
    for part in parts:
        if "\n" in part.lead:
            frame = len(part.lead) - part.lead.rindex("\n") - 1
        pieces.append(part.lead + _flow_part(part, style, frame, quoted) + (part.tail or ""))
    inner = ",".join(pieces)
    if node.end is not None:
        inner += ("," if parts else "") + node.end
    return shifted(node.props + opening + inner + closing, column - own)


def _fresh(part: Entry | Item, style: Style, column: int, quoted: bool) -> str:
    value = _inline(part.value, style, column, quoted) if not isinstance(part.value, Scalar) else ""
    if isinstance(part.value, Scalar):
        value = _scalar(part.value, style, column, quoted)
    if isinstance(part, Item):
        return value
    return f"{_flow_key(part, style, quoted)}: {value}"


def _flow_part(part: Entry | Item, style: Style, frame: int, quoted: bool) -> str:
    if isinstance(part.value, Scalar):
        value = _scalar(part.value, style, frame, quoted)
    elif "\n" in part.lead and style.json and part.value.__class__ in (Map, Seq):
        value = _spread(part.value, style, frame, quoted)
    else:
        value = _inline(part.value, style, frame, quoted)
    if isinstance(part, Item):
        return value
    head = part.head
    if value and head.endswith(":") and part.value.frame is None:
        head += " "
    return _flow_key(part, style, quoted) + head + value


def _spread(node: Node, style: Style, frame: int, quoted: bool) -> str:
    """A new collection of a JSON text over several lines, as its neighbours stand."""
    if not isinstance(node, Map | Seq) or node.frame is not None:
        return _inline(node, style, frame, quoted)
    parts = _parts_of(node)
    opening, closing = ("{", "}") if isinstance(node, Map) else ("[", "]")
    if not parts:
        return opening + closing
    inner = frame + style.step
    texts = []
    for part in parts:
        if isinstance(part.value, Map | Seq):
            value = _spread(part.value, style, inner, quoted)
        else:
            value = _inline(part.value, style, inner, quoted)
        key = f"{_flow_key(part, style, quoted)}: " if isinstance(part, Entry) else ""
        texts.append(f"{style.end}\n{' ' * inner}{key}{value}")
    return opening + ",".join(texts) + f"{style.end}\n{' ' * frame}{closing}"


def _flow_key(part: Entry, style: Style, quoted: bool) -> str:
    if quoted and not part.key.startswith('"'):
        return json.dumps(part.name, ensure_ascii=False)
    return part.key if part.frame is not None else _text(part.key, style, flow=True)


def _scalar(node: Scalar, style: Style, column: int, quoted: bool) -> str:
    if node.text is None:
        return _text(node.data, style, flow=True, quoted=quoted)
    return shifted(node.text, column - (column if node.frame is None else node.frame))


def _text(value: Any, style: Style, *, flow: bool, quoted: bool = False) -> str:
    """A new scalar as YAML, or as JSON where its neighbours are written so."""
    if not isinstance(value, str) or style.json or quoted or not _may_be_plain(value):
        return json.dumps(value, ensure_ascii=False)
    return value


def _may_be_plain(value: str) -> bool:
    from kplan.loader.scalar import PLAIN

    if not _PLAIN.match(value) or value.endswith((" ", ":")) or ": " in value:
        return False
    return bool(PLAIN[value] == value)
