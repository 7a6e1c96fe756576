"""One change that is refused, and how the usual ones are found.

The checks compare objects as Go holds them (`kplan.k8s.codec.decode`): what is empty is absent, quantities are numbers.
So Python's `==` is the API machinery's `Semantic.DeepEqual`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from kplan.model.path import FieldPath
from kplan.validation.fault import Fault, forbidden, invalid

Obj: TypeAlias = dict[str, Any]
Rule: TypeAlias = Literal["immutable-field", "forbidden-update"]

IMMUTABLE = "field is immutable"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fault of a change, and the fields that it is about.

    `rule` is `immutable-field` where the field may never change, `forbidden-update` where it may change in another
    way. `detail` is the reason without the value. The fields are those that differ at and below `below`, without those
    at and below one of `free`; `*` in a path stands for any item.
    """

    rule: Rule
    fault: Fault
    detail: str
    below: tuple[FieldPath, ...]
    free: tuple[FieldPath, ...] = ()

    def covers(self, path: FieldPath) -> bool:
        """Whether a difference at `path` is one that is refused; `path` may be of a parent that differs as a whole."""
        return any(_overlap(path, each) for each in self.below) and not any(_is_below(path, each) for each in self.free)


Check: TypeAlias = Callable[[Obj, Obj, int], Iterator[Refusal]]
"""Yields what is refused of a change: the object before, after, and the Kubernetes minor."""


def _overlap(path: FieldPath, pattern: FieldPath) -> bool:
    return all(known in ("*", part) for known, part in zip(pattern, path, strict=False))


def _is_below(path: FieldPath, pattern: FieldPath) -> bool:
    return len(path) >= len(pattern) and _overlap(path, pattern)


def at(data: Any, *path: str) -> Any:
    """The value at a path of maps; None where there is none."""
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def differs(before: Obj, after: Obj, *path: str) -> bool:
    """Whether the values at a path are not the same."""
    return bool(at(before, *path) != at(after, *path))


def immutable(before: Obj, after: Obj, *path: str, message: str = IMMUTABLE) -> Iterator[Refusal]:
    """The field may not change."""
    if differs(before, after, *path):
        yield fixed_value(path, at(after, *path), message)


def fixed_value(path: FieldPath, value: Any, detail: str, *below: FieldPath) -> Refusal:
    """The field must keep its value; `below` are the fields that are meant, where they are not at `path`."""
    return Refusal("immutable-field", invalid(path, value, detail), detail, below or (path,))


def fixed_field(path: FieldPath, detail: str, *below: FieldPath, free: tuple[FieldPath, ...] = ()) -> Refusal:
    """The same where the server does not print the value; fields at and below one of `free` may change."""
    return Refusal("immutable-field", forbidden(path, detail), detail, below or (path,), free)


def wrong_value(path: FieldPath, value: Any, detail: str, *below: FieldPath) -> Refusal:
    """The field may change, and not to this value."""
    return Refusal("forbidden-update", invalid(path, value, detail), detail, below or (path,))


def wrong_field(path: FieldPath, detail: str, *below: FieldPath) -> Refusal:
    """The same where the server does not print the value."""
    return Refusal("forbidden-update", forbidden(path, detail), detail, below or (path,))


def fixed(*paths: tuple[str, ...]) -> Check:
    """The check of a kind some of whose fields may not change, and no more."""

    def check(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
        del minor
        for path in paths:
            yield from immutable(before, after, *path)

    return check


def without(spec: Obj, *names: str) -> Obj:
    """The spec without some of its fields."""
    return {key: value for key, value in spec.items() if key not in names}
