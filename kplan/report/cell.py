"""Text in terminal cells: how wide it is, with tabs, wide and unprintable characters, and cutting it to size."""

from __future__ import annotations

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
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def window(shown: list[str], start: int, end: int, limit: int) -> tuple[int, int]:
    """The part [from, to) of a line to keep: `limit` characters around [start, end)."""
    if len(shown) <= limit:
        return 0, len(shown)
    end = min(end, start + limit)
    first = max(0, min(start - (limit - (end - start)) // 2, len(shown) - limit))
    return first, first + limit
