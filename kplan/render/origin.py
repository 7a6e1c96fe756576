"""Where rendered text comes from: which stretch of which template, through which includes, from which value."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from kplan.loader.text import Ruler
from kplan.model import Span

ValuePath = tuple["str | int", ...]


class Sheet:
    """The text of one template, and where its tags stand.

    `file` is the name that positions show; `tags` are the start and end of every `{{ }}` and `{% %}`, in order.
    """

    __slots__ = ("_ruler", "_starts", "file", "name", "tags", "text")

    def __init__(self, name: str, file: str, text: str) -> None:
        self.name = name
        self.file = file
        self.text = text
        self.tags: list[tuple[int, int]] = []
        self._ruler: Ruler | None = None
        self._starts: list[int] | None = None

    def tag(self, index: int) -> tuple[int, int]:
        """The start and end of the tag around an index into the text."""
        if self._starts is None or len(self._starts) != len(self.tags):
            self._starts = [start for start, _ in self.tags]
        number = bisect_right(self._starts, index) - 1
        return self.tags[number] if number >= 0 else (index, index)

    def span(self, start: int, end: int) -> Span:
        """The stretch between two indexes, in lines and columns."""
        if self._ruler is None:
            self._ruler = Ruler(self.text)
        size = len(self.text)
        return Span(self.file, self._ruler.position(min(start, size)), self._ruler.position(min(end, size)))


class Place(NamedTuple):
    """A stretch of a template, by index."""

    sheet: Sheet
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The stretch in lines and columns."""
        return self.sheet.span(self.start, self.end)


class Segment(NamedTuple):
    """`length` characters of rendered text that have one origin.

    `place` is what made them: a stretch of literal text whose character for character image begins at `offset`, or,
    where `offset` is -1, a tag. `callers` are the tags that the text came through, innermost first; `values` the paths
    of the values that it was made from.
    """

    length: int
    place: Place | None = None
    offset: int = -1
    callers: tuple[Place, ...] = ()
    values: tuple[ValuePath, ...] = ()


class Trace(NamedTuple):
    """What is known of a stretch of rendered text: `callers` are the spans of the tags that included it."""

    span: Span
    callers: tuple[Span, ...]
    values: tuple[ValuePath, ...]


class OriginMap:
    """Finds the origin of a stretch of rendered text."""

    __slots__ = ("_ends", "_ruler", "_segments", "_text")

    def __init__(self, text: str, segments: Sequence[Segment]) -> None:
        self._text = text
        self._segments = segments
        self._ends: list[int] | None = None
        self._ruler: list[int] | None = None

    def trace(self, span: Span) -> Trace | None:
        """Where the text of a span, in positions of the rendered text, was made; None for what no template made."""
        start = self._index(span.start.line, span.start.column)
        end = max(start, self._index(span.end.line, span.end.column) - 1)
        first, last = self._at(start), self._at(end)
        if first is None or first[0].place is None:
            return None
        segment, inside = first
        place = segment.place
        assert place is not None
        begin = segment.offset + inside if segment.offset >= 0 else place.start
        stop = _stop(segment, inside, last, end - start)
        stop = (
            min(max(stop, begin), place.end) if last and last[0].place != place and stop < begin else max(stop, begin)
        )
        callers = tuple(caller.span for caller in segment.callers)
        values = segment.values or (last[0].values if last else ())
        if len(values) > 1:
            values = _nearest_first(values, _keys(self._text, start))
        return Trace(place.sheet.span(begin, stop), callers, values)

    def origin(self, span: Span) -> Span | None:
        """The stretch of the template for a span of the rendered text; its own `origin` is the tag that included it."""
        trace = self.trace(span)
        if trace is None:
            return None
        caller: Span | None = None
        for one in reversed(trace.callers):
            caller = Span(one.file, one.start, one.end, caller)
        return Span(trace.span.file, trace.span.start, trace.span.end, caller)

    def _index(self, line: int, column: int) -> int:
        if self._ruler is None:
            from kplan.loader.text import line_starts

            self._ruler = line_starts(self._text)
        starts = self._ruler
        return len(self._text) if line > len(starts) else min(starts[line - 1] + column - 1, len(self._text))

    def _at(self, index: int) -> tuple[Segment, int] | None:
        """The segment of a character, and how far into it the character is."""
        if self._ends is None:
            self._ends, total = [], 0
            for segment in self._segments:
                total += segment.length
                self._ends.append(total)
        number = min(bisect_right(self._ends, index), len(self._ends) - 1)
        if number < 0:
            return None
        segment = self._segments[number]
        return segment, min(index - (self._ends[number] - segment.length), segment.length)


_KEY: Final = re.compile(r"""((?: |- )*)(["']?)([^\s"'#][^"'#]*?)\2:(?:\s|$)""")
_HIGHEST: Final = 200
"""Lines above that are looked at."""


def _keys(text: str, index: int) -> list[str]:
    """The keys of the mappings that a place of a YAML text is in, innermost first.

    >>> _keys("a:\\n  b:\\n  - c: 1\\n  - 2\\n", 18)
    ['b', 'a']
    """
    end = text.find("\n", index)
    lines = text[: end if end >= 0 else None].split("\n")[-_HIGHEST:]
    keys, left = [], len(lines[-1]) + 1
    for line in reversed(lines):
        found = _KEY.match(line)
        column = len(found[1]) if found else len(line) - len(line.lstrip()) + 1
        if line.strip() and column < left:
            left = column
            if found:
                keys.append(found[3])
    return keys


def _nearest_first(values: Sequence[ValuePath], keys: Sequence[str]) -> tuple[ValuePath, ...]:
    """Of all values that a text was made from, first those that are called as the place where it stands."""

    def matching(path: ValuePath) -> int:
        names = [part for part in reversed(path) if isinstance(part, str)]
        return next(
            (n for n, (a, b) in enumerate(zip(names, keys, strict=False)) if a != b), min(len(names), len(keys))
        )

    return tuple(sorted(values, key=matching, reverse=True))


def _stop(first: Segment, inside: int, last: tuple[Segment, int] | None, width: int) -> int:
    """Where a stretch that begins in `first` ends, as an index into the template of `first`."""
    place = first.place
    assert place is not None
    own = place.end if first.offset < 0 else min(first.offset + first.length, first.offset + inside + width + 1)
    if last is None or last[0].place is None or last[0].place.sheet is not place.sheet:
        return own
    segment, within = last
    assert segment.place is not None
    stop = segment.place.end if segment.offset < 0 else segment.offset + within + 1
    return stop if stop >= own or segment is first else own
