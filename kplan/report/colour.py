"""Colours of a terminal: a few meanings, each one escape sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Paint: TypeAlias = Callable[[str, str], str]
"""(meaning, text) to the text as it is written."""

_SIGNS = {"+": "32", "~": "33", "±": "1;31", "-": "31", "=": "2", "dim": "2"}
_CODES = {"error": "1;31", "warning": "1;33", "note": "1;36", "gutter": "1;94", "strong": "1", **_SIGNS}


def plain(_meaning: str, text: str) -> str:
    """The text as it is."""
    return text


def coloured(meaning: str, text: str) -> str:
    """The text in the colour of its meaning: error, warning, note, gutter, strong, dim, or the sign of a change.

    >>> coloured("error", "no")
    '\\x1b[1;31mno\\x1b[0m'
    """
    return f"\x1b[{_CODES[meaning]}m{text}\x1b[0m" if text else text
