"""Text in terminal cells: how wide it is, with tabs, wide and unprintable characters, and cutting it to size."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

TAB = 4


def cells(text: str) -> list[str]:
    """What each character shows: a tab is spaces, an unprintable character a mark, any other itself.

    >>> cells("a\\tb\\x1b")
    ['a', '   ', 'b', '\\ufffd']
    """
    shown: list[str] = []
    column = 0
    for char in text:
        piece = " " * (TAB - column % TAB) if char == "\t" else char if char.isprintable() else "\ufffd"
        column += width(piece)
        shown.append(piece)
    return shown


def width(text: str) -> int:
    """How many cells the text takes: two for an East Asian wide character, none for a combining one.

    >>> width("web"), width("网页"), width("e\\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(0 if category(c) in ("Mn", "Me") else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def window(shown: list[str], start: int, end: int, limit: int) -> tuple[int, int]:
    """The part [from, to) of a line to keep: `limit` cells around [start, end).

    >>> window(["网"] * 9, 6, 7, 6)
    (5, 8)
    """
    edges = list(accumulate(map(width, shown), initial=0))
    if edges[-1] <= limit:
        return 0, len(shown)
    start, end = min(start, len(shown)), min(end, len(shown))
    around = max(0, limit - (edges[end] - edges[start])) // 2
    first = bisect_left(edges, max(0, min(edges[start] - around, edges[-1] - limit)))
    return first, bisect_right(edges, edges[first] + limit) - 1


def one_line(text: str) -> str:
    """The text without line breaks and control characters, so that no manifest can write over a terminal.

    >>> one_line("bad\\x1b[2J\\nvalue")
    'bad\\ufffd[2J value'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)
