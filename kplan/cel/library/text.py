"""Parts of text in CEL.

Source: cel-go ext/strings.go.
"""

from __future__ import annotations

from kplan.cel.library.call import CallError


def char_at(text: str, index: int) -> str:
    """The character at a place, "" right behind the last one."""
    if not 0 <= index <= len(text):
        raise CallError(f"index out of range: {index}")
    return text[index : index + 1]


def substring(text: str, start: int, end: int | None = None) -> str:
    """The text from one place to another, or to its end."""
    last = len(text) if end is None else end
    if end is not None and start > end:
        raise CallError(f"invalid substring range. start: {start}, end: {end}")
    for index in (start, last):
        if not 0 <= index <= len(text):
            raise CallError(f"index out of range: {index}")
    return text[start:last]
