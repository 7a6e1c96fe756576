"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from kplan.model.path import FieldPath
from kplan.model.position import Span

if TYPE_CHECKING:
    from kplan.model.resource import ObjectRef, Resource


class Severity(IntEnum):
    """How bad it is; higher is worse."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Problem:
    """What a check yields; the engine adds rule, severity, object and position, and makes a finding of it.

    `at` says whether the key or the value at `path` is meant. `related` are other places worth showing:
    (resource, path, what is there). `severity` is for the rare problem that is milder than its rule. `place` is where
    to look for it in the text, where the API server's own path leads to no field.
    """

    path: FieldPath
    message: str
    help: str | None = None
    at: Literal["key", "value"] = "value"
    related: tuple[tuple[Resource, FieldPath, str], ...] = ()
    severity: Severity | None = None
    place: FieldPath | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with all that a report needs to show it.

    `span` is None only for a finding about a whole input that has no text. `named` is the path with list items called
    by their name, empty where no object was at hand to ask.
    """

    rule: str
    group: str
    severity: Severity
    message: str
    help: str | None = None
    ref: ObjectRef | None = None
    path: FieldPath = ()
    span: Span | None = None
    related: tuple[Related, ...] = ()
    named: FieldPath = ()
