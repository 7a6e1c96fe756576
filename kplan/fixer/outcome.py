"""What came of a fix: values for reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kplan.model import ObjectRef

Safety: TypeAlias = Literal["safe", "unsafe"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that was made. `line` is that of the text before, from 1; `remarks` are what a person should know."""

    rule: str
    file: str
    line: int
    ref: ObjectRef | None
    message: str
    safety: Safety = "safe"
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was to be fixed and was left as it is, and why."""

    rule: str
    file: str
    line: int
    ref: ObjectRef | None
    message: str
    reason: str


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file before and after; equal where nothing changed."""

    file: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Fixing:
    """All that came of a run: every file, what was fixed, and what was left as it is; in order of file and line."""

    files: tuple[FixedFile, ...]
    fixes: tuple[Fix, ...]
    left: tuple[Left, ...]

    @property
    def changed(self) -> tuple[FixedFile, ...]:
        """The files that are not as they were."""
        return tuple(file for file in self.files if file.before != file.after)
