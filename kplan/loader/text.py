"""The text of one file, cut where Kubernetes' tools cut it, and where things stand in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kplan.model import Position, Span

if TYPE_CHECKING:
    from kplan.loader.layout import Layout

Origin = Callable[[Span], "Span | None"]
BOM: Final = "\ufeff"
_KEPT_LAYOUTS: Final = 8


class Text:
    """One file as read: `file` is its name as shown, `raw` its bytes.

    Lines end at a line feed, whatever else YAML takes for a line break, as editors count them. Columns count characters
    from 1; a byte order mark has no column. `origin`, where given, says for a span which place of a chart's template it
    was rendered from.
    """

    __slots__ = ("_layouts", "_line_starts", "_ruler", "_text", "file", "origin", "raw")

    def __init__(self, file: str, raw: bytes, origin: Origin | None = None) -> None:
        self.file = file
        self.raw = raw
        self.origin = origin
        self._text: str | None = None
        self._line_starts: list[int] | None = None
        self._ruler: Ruler | None = None
        self._layouts: dict[int, Layout] = {}

    @property
    def text(self) -> str:
        """The whole text without byte order mark; bytes that are no UTF-8 appear as U+FFFD."""
        if self._text is None:
            self._text = decoded(self.raw)
        return self._text

    @property
    def ruler(self) -> Ruler:
        """The positions of the whole text."""
        if self._ruler is None:
            self._ruler = Ruler(self.text)
        return self._ruler

    def part(self, line: int) -> str:
        """The text of the document that begins at a line (from 0), up to the next line `---` or the end."""
        if self._line_starts is None:
            self._line_starts = line_starts(self.raw)
        start = self._line_starts[line]
        end = self.raw.find(b"\n---", start)
        return decoded(self.raw[start : end + 1 if end >= 0 else None])

    def span(self, start: Position, end: Position) -> Span:
        """The span between two positions, with its origin."""
        span = Span(self.file, start, end)
        origin = self.origin(span) if self.origin else None
        return Span(self.file, start, end, origin) if origin else span

    def layout(self, start: int, make: Callable[[], Layout]) -> Layout:
        """The layout of the document at `start`, made once while it is among the last few asked for."""
        layout = self._layouts.get(start)
        if layout is None:
            if len(self._layouts) >= _KEPT_LAYOUTS:
                self._layouts.clear()
            layout = self._layouts[start] = make()
        return layout


def decoded(raw: bytes) -> str:
    """The bytes as text, without a byte order mark at the start; what is no UTF-8 becomes U+FFFD."""
    return raw.decode("utf-8", "replace").removeprefix(BOM)


def line_starts(text: bytes | str) -> list[int]:
    """The index at which each line begins.

    >>> line_starts("a\\r\\nb\\n")
    [0, 3, 5]
    """
    feed = text.find(b"\n") if isinstance(text, bytes) else text.find("\n")
    starts = [0]
    while feed >= 0:
        starts.append(feed + 1)
        feed = text.find(b"\n", feed + 1) if isinstance(text, bytes) else text.find("\n", feed + 1)
    return starts


class Ruler:
    """Turns an index into a text to a position in the file that the text is a part of."""

    __slots__ = ("_first_line", "_starts")

    def __init__(self, text: str, first_line: int = 0) -> None:
        self._starts = line_starts(text)
        self._first_line = first_line

    def position(self, index: int) -> Position:
        """Line and column, from 1, of the character at `index`."""
        line = bisect_right(self._starts, index) - 1
        return Position(self._first_line + line + 1, index - self._starts[line] + 1)
