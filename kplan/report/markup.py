"""Markdown: text and code that stay what they are, and tables in a page that is not too long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kplan.report.cell import one_line
from kplan.report.summary import plural

LIMIT: Final = 65_536
"""So many characters a comment on GitHub may have."""

_TAIL: Final = 1_000
"""Room that is kept for the lines on what is left out."""
_LONGEST: Final = 500
"""So many characters of a message are shown."""
_CODE = re.compile("(`[^`]+`)")
_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")


def cut(text: str, longest: int = _LONGEST) -> str:
    """The beginning of a text that is too long."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def text(text: str) -> str:
    r"""Text in which only code stays markup, and nobody is called by name.

    >>> text("expected `a|b`, given <b> by @team")
    'expected `a\\|b`, given \\<b\\> by @\u200bteam'
    """
    parts = _CODE.split(one_line(text))
    return "".join(
        part.replace("|", "\\|") if number % 2 else _MARKUP.sub(r"\\\1", part).replace("@", "@\u200b")
        for number, part in enumerate(parts)
    )


def code(text: str) -> str:
    r"""Text as code, in a cell of a table.

    >>> code("a|b"), code("a`b")
    ('`a\\|b`', '`` a`b ``')
    """
    text = one_line(text).replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


class Page:
    """A page of tables under one heading, in at most 65,536 characters: earlier tables get their room first."""

    def __init__(self, heading: str) -> None:
        self._blocks = [f"### {text(cut(heading))}\n"]
        self._room = LIMIT - _TAIL - len(self._blocks[0])

    def paragraph(self, line: str) -> None:
        """Add a line of Markdown, if there is room."""
        if len(line) + 2 <= self._room:
            self._blocks.append(f"{line}\n")
            self._room -= len(line) + 2

    def table(self, columns: Iterable[str], rows: Iterable[tuple[str, ...]], noun: str) -> None:
        """Add a table of as many rows as there is room for, cells in Markdown; nothing where there are no rows."""
        columns, lines = tuple(columns), [f"| {' | '.join(row)} |\n" for row in rows]
        if not lines:
            return
        head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
        shown, room = 0, self._room - len(head) - 1
        while shown < len(lines) and len(lines[shown]) <= room:
            room -= len(lines[shown])
            shown += 1
        if shown:
            self._blocks.append(head + "".join(lines[:shown]))
            self._room = room
        if shown < len(lines):
            self._blocks.append(f"Left out, for want of room: {plural(len(lines) - shown, noun)}.\n")

    def __str__(self) -> str:
        return "\n".join(self._blocks)
