"""Where something stands in a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between characters; line and column count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file, `end` exclusive; `origin` is the place in the template it was rendered from."""

    file: str
    start: Position
    end: Position
    origin: Span | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.start.line}:{self.start.column}"
