"""Puts the parts of a text together, each indented to the place where it stands.

A text of several lines that stands alone in its line, or after `- `, has its further lines indented to its column.
After `key: `, a mapping or list begins on the next line, two columns right of the key. Anywhere else, nothing moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kplan.render.origin import Segment
from kplan.render.text import Form, Text, cut, padded, plain, text

_ALONE: Final = re.compile(r" *(?:- +)*")
_KEY: Final = re.compile(r"""( *(?:- +)*)(?:[^\s#'"{\[&*!|>%@`-][^#]*?|-[^\s#][^#]*?|"[^"]*"|'[^']*'): +""")
_ENTRY: Final = re.compile(r"""- |-$|(?:[^\s#&*!|>%@`{\["'-][^#]*?|"[^"]*"|'[^']*'):(?: |$)""")
_LONGEST_PREFIX: Final = 400


def joined(parts: Iterable[str]) -> Text:
    """The parts as one text, each in its place."""
    pieces: list[Text] = []
    line = ""
    for part in parts:
        piece = part if isinstance(part, Text) else plain(part)
        if piece.form and ("\n" in piece or piece.form in (Form.BLOCK, Form.PART)):
            piece = _placed(piece, line, pieces)
        pieces.append(piece)
        feed = piece.rfind("\n")
        line = line + piece if feed < 0 else piece[feed + 1 :]
        if len(line) > _LONGEST_PREFIX:
            line = "#" * _LONGEST_PREFIX  # no place where anything is moved
    return text("".join(pieces), _merged(pieces), Form.PART)


def _merged(pieces: list[Text]) -> list[Segment]:
    return [segment for piece in pieces for segment in piece.segments]


def _placed(piece: Text, line: str, before: list[Text]) -> Text:
    if _ALONE.fullmatch(line):
        return padded(piece, " " * len(line), first=False)
    key = _KEY.fullmatch(line)
    if key is None:
        return piece
    column = len(key[1])
    if piece.form is Form.SCALAR:
        return padded(piece, " " * column, first=False)
    if piece.form is Form.BLOCK or (piece.form is Form.PART and _is_block(piece)):
        _strip_end(before)
        pad = " " * (column + 2)
        rest = padded(piece, pad, first=True)
        feed = Segment(1, *rest.segments[0][1:]) if rest.segments else Segment(1)
        return text("\n" + rest, (feed._replace(offset=-1), *rest.segments), piece.form)
    return padded(piece, " " * (column + 2), first=False)


def _is_block(piece: Text) -> bool:
    """Whether a text begins with an entry of a mapping or list."""
    for line in piece.split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            return _ENTRY.match(line.strip()) is not None
    return False


def _strip_end(pieces: list[Text]) -> None:
    """Take the spaces after `key:` away: what follows begins on the next line."""
    last = pieces[-1] if pieces else None
    if last is not None and last.endswith(" "):
        pieces[-1] = cut(last, 0, len(last.rstrip(" ")))
