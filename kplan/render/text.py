"""Rendered text that knows where each of its parts comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from kplan.render.origin import Segment

if TYPE_CHECKING:
    from typing import Self


class Form(IntEnum):
    """How a text takes its place in a line."""

    LITERAL = 0
    """Written in the template, or already where it belongs: goes in as it is."""
    STRING = 1
    """A text of its own: its further lines are indented."""
    PART = 2
    """What a macro or an included template made: YAML, or a piece of a line."""
    BLOCK = 3
    """A mapping or list in YAML, one entry a line."""
    SCALAR = 4
    """Any other value in YAML."""


class Text(str):
    """A text with its origins: the lengths of `segments` add up to its own."""

    __slots__ = ("form", "segments")
    form: Form
    segments: tuple[Segment, ...]

    def __str__(self) -> Self:
        return self


def text(value: str, segments: Sequence[Segment], form: Form = Form.LITERAL) -> Text:
    """A text of the segments."""
    made = Text(value)
    made.segments = tuple(segments)
    made.form = form
    return made


def plain(value: str, form: Form = Form.LITERAL) -> Text:
    """A text of unknown origin."""
    return text(value, (Segment(len(value)),), form)


def of_form(value: str, form: Form) -> Text:
    """The same text, to be placed another way."""
    return text(value, value.segments if isinstance(value, Text) else (Segment(len(value)),), form)


def glued(parts: Iterable[str]) -> Text:
    """The parts one after the other, nothing moved."""
    pieces = [part if isinstance(part, Text) else plain(part) for part in parts]
    return text("".join(pieces), [s for piece in pieces for s in piece.segments], Form.STRING)


def cut(value: str, start: int, end: int) -> Text:
    """The part between two indexes."""
    if not isinstance(value, Text):
        return plain(value[start:end])
    return text(value[start:end], list(_between(value.segments, start, end)), value.form)


def trimmed(value: str, form: Form) -> Text:
    """The text without line breaks at its end."""
    size = len(value.rstrip("\n"))
    return of_form(cut(value, 0, size) if size < len(value) else value, form)


def padded(value: Text, pad: str, first: bool) -> Text:
    """The text with `pad` before each of its lines that has something in it; before the first one if `first`."""
    cuts = [0] if first and value[:1] not in ("", "\n") else []
    feed = value.find("\n")
    while feed >= 0:
        if value[feed + 1 : feed + 2] not in ("", "\n"):
            cuts.append(feed + 1)
        feed = value.find("\n", feed + 1)
    if not pad or not cuts:
        return value
    bounds = [0, *cuts] if cuts[0] else cuts
    lines = [value[start:end] for start, end in zip(bounds, [*bounds[1:], len(value)], strict=True)]
    string = pad.join(lines) if cuts[0] else pad + pad.join(lines)
    return text(string, _padded(value.segments, cuts, len(pad)), value.form)


def outdented(value: Text) -> Text:
    """The text without the spaces that all of its lines begin with."""
    lines = value.splitlines(keepends=True)
    width = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    if not width:
        return value
    pieces, at = [], 0
    for line in lines:
        pieces.append(cut(value, at + min(width, len(line) - len(line.lstrip(" "))), at + len(line)))
        at += len(line)
    return text("".join(pieces), [segment for piece in pieces for segment in piece.segments], value.form)


def _padded(segments: Sequence[Segment], cuts: Sequence[int], width: int) -> list[Segment]:
    made: list[Segment] = []
    at, number = 0, 0
    for segment in segments:
        left = 0
        while number < len(cuts) and cuts[number] < at + segment.length:
            here = cuts[number] - at
            if here > left:
                made.append(_part(segment, left, here))
            made.append(_pad(segment, here, width))
            left, number = here, number + 1
        if left < segment.length:
            made.append(_part(segment, left, segment.length))
        at += segment.length
    return made


def _between(segments: Sequence[Segment], start: int, end: int) -> Iterator[Segment]:
    at = 0
    for segment in segments:
        left, right = max(start - at, 0), min(end - at, segment.length)
        if left < right:
            yield _part(segment, left, right)
        at += segment.length
        if at >= end:
            return


def _part(segment: Segment, left: int, right: int) -> Segment:
    if left == 0 and right == segment.length:
        return segment
    offset = segment.offset + left if segment.offset >= 0 else -1
    return Segment(right - left, segment.place, offset, segment.callers, segment.values)


def _pad(segment: Segment, inside: int, width: int) -> Segment:
    """The origin of what is put before a character: that of the character, an empty stretch of literal text."""
    place = segment.place
    if place is not None and segment.offset >= 0:
        place = place._replace(start=segment.offset + inside, end=segment.offset + inside)
    return Segment(width, place, -1, segment.callers, segment.values)
