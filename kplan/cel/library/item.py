"""Lists in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from kplan.cel.library.call import CallError, Unsupported


def is_sorted(items: list[Any]) -> bool:
    """Whether no item is less than the one before."""
    return all(not _less(b, a) for a, b in pairwise(items))


def _less(left: Any, right: Any) -> bool:
    try:
        return bool(left < right)
    except TypeError:
        raise Unsupported("no such overload") from None


def total(items: list[Any]) -> Any:
    """The sum of numbers; 0 for none."""
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        raise Unsupported("no such overload")
    return sum(items)


def least(items: list[Any]) -> Any:
    """The least item."""
    return _extreme("min", items)


def most(items: list[Any]) -> Any:
    """The greatest item."""
    return _extreme("max", items)


def _extreme(name: str, items: list[Any]) -> Any:
    if not items:
        raise CallError(f"{name} called on empty list")
    found = items[0]
    for item in items[1:]:
        if _less(item, found) == (name == "min") and item != found:
            found = item
    return found


def index_of(items: list[Any] | str, item: Any, start: int = 0) -> int:
    """Where an item is in a list, or text in text; -1 where it is not."""
    if isinstance(items, str):
        return items.find(item, _index(start))
    return next((i for i, other in enumerate(items) if _same(other, item)), -1)


def last_index_of(items: list[Any] | str, item: Any, end: int | None = None) -> int:
    """Where an item is last in a list, or text in text; -1 where it is not."""
    if isinstance(items, str):
        return items.rfind(item, 0, None if end is None else _index(end) + len(item))
    return next((i for i in range(len(items) - 1, -1, -1) if _same(items[i], item)), -1)


def _index(place: int) -> int:
    if place < 0:
        raise CallError(f"index out of range: {place}")
    return place


def to_map(pairs: list[list[Any]]) -> dict[Any, Any]:
    """The map of pairs of key and value."""
    return dict(map(tuple, pairs))


def merged(maps: list[dict[Any, Any]]) -> dict[Any, Any]:
    """The entries of all maps; no key may be there twice."""
    found: dict[Any, Any] = {}
    for entries in maps:
        for key, value in entries.items():
            if key in found:
                raise CallError(f"insert failed: key {key} already exists")
            found[key] = value
    return found


def _same(left: Any, right: Any) -> bool:
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
