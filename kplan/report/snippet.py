"""The lines of a file that a finding is about, with the place marked, in the manner of rustc."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from kplan.model import Span
from kplan.report.cell import cells, width, window
from kplan.report.colour import Paint

LIMIT = 120
"""Cells of a source line that are shown."""

_AROUND = 2 * LIMIT
_MOST_LINES = 5


class Mark(NamedTuple):
    """How a place is marked: the underlining character, its colour, and what is written beside it."""

    char: str
    colour: str
    label: str


@lru_cache(maxsize=4)
def lines_of(text: str) -> list[str]:
    """The lines of a text, as editors count them."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def snippet(
    lines: list[str], span: Span, mark: Mark, gutter: int, paint: Paint, mask: Callable[[str], str]
) -> Iterator[str]:
    """The lines of the span under a bar, numbered in `gutter` cells, with the span underlined and labelled."""
    if not 1 <= span.start.line <= len(lines):
        return
    last_line, last_column = _end(lines, span)
    yield _bar(gutter, paint)
    if last_line == span.start.line:
        text, under = _underlined(mask(lines[last_line - 1]), span.start.column - 1, last_column - 1, mark, paint)
        yield _numbered(last_line, text, gutter, paint)
        yield f"{_bar(gutter, paint)} {under}"
    else:
        yield from _bracketed(lines, (span.start.line, last_line, last_column), mark, gutter, paint, mask)


def _end(lines: list[str], span: Span) -> tuple[int, int]:
    """Line and column of the end, without the empty lines and comments that a block has after its last value."""
    line, column = min(span.end.line, len(lines)), span.end.column
    while line > span.start.line and (column <= 1 or not _content(lines[line - 1][: column - 1])):
        line -= 1
        column = len(lines[line - 1]) + 1
    if line > span.start.line or span.end.line > line:
        column = min(column, len(lines[line - 1].rstrip()) + 1)
    return line, column


def _content(text: str) -> bool:
    text = text.strip()
    return bool(text) and not text.startswith("#")


def _underlined(line: str, start: int, end: int, mark: Mark, paint: Paint) -> tuple[str, str]:
    """The line and what stands under it, both cut to size. Of a very long line only the part around is looked at."""
    skipped = max(0, min(start, len(line)) - _AROUND)
    shown = cells(line[skipped : skipped + 2 * _AROUND])
    start, end = start - skipped, end - skipped
    first, last = window(shown, start, end, LIMIT)
    before, after = "..." if skipped + first else "", "..." if skipped + last < len(line) else ""
    room = width(before) + width("".join(shown[first:start])) + max(0, start - len(shown))
    length = max(1, width("".join(shown[start : min(end, last)])))
    text = before + "".join(shown[first:last]) + after
    return text.rstrip(), " " * room + paint(mark.colour, f"{mark.char * length} {mark.label}".rstrip())


def _bracketed(
    lines: list[str], place: tuple[int, int, int], mark: Mark, gutter: int, paint: Paint, mask: Callable[[str], str]
) -> Iterator[str]:
    """Several lines, held together by a bracket at their left."""
    start, end, column = place
    numbers = list(range(start, end + 1))
    kept = numbers if len(numbers) <= _MOST_LINES else [*numbers[: _MOST_LINES - 2], 0, end]
    for number in kept:
        bracket = paint(mark.colour, "/" if number == start else "|")
        if not number:
            yield paint("gutter", "...".ljust(gutter + 2)) + f" {bracket}"
            continue
        text = _cut(mask(lines[number - 1]))
        yield _numbered(number, f"{bracket} {text}".rstrip(), gutter, paint)
    under = min(LIMIT, width("".join(cells(lines[end - 1][: min(column - 1, LIMIT)]))))
    yield f"{_bar(gutter, paint)} " + paint(mark.colour, f"|{'_' * max(1, under)}{mark.char} {mark.label}".rstrip())


def _cut(line: str) -> str:
    shown = cells(line[: LIMIT + 1])
    end = window(shown, 0, 0, LIMIT)[1]
    return "".join(shown[:end]) + ("..." if len(line) > end else "")


def _numbered(number: int, text: str, gutter: int, paint: Paint) -> str:
    return f"{paint('gutter', f'{number:>{gutter}} |')} {text}".rstrip()


def _bar(gutter: int, paint: Paint) -> str:
    return paint("gutter", " " * (gutter + 1) + "|")
