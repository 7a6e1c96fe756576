"""Two values of one object side by side: which fields differ, list items matched by the keys the API gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kplan.differ.meta import Field, Meta
from kplan.differ.patch import Map
from kplan.differ.value import same
from kplan.model.path import FieldPath, format_path


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values that differ at a path; None is an absent one. `text` is the path with list items named by key.

    `reordered` says that the values are the keys of one list in two orders.
    """

    path: FieldPath
    text: str
    before: Any
    after: Any
    reordered: bool = False


def differences(before: Map, after: Map, meta: Meta) -> Iterator[Difference]:
    """Every field that differs, in the order of the object after; equal values in another spelling do not differ.

    >>> from kplan.differ.meta import Meta
    >>> [(d.text, d.before, d.after) for d in differences({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "c": 2}}, Meta(None))]
    [('a.b', 1, 3)]
    """
    return _maps(before, after, meta, (), "")


def _maps(before: Map, after: Map, meta: Meta, path: FieldPath, text: str) -> Iterator[Difference]:
    for key in (*(key for key in before if key not in after), *after):
        old, new = before.get(key), after.get(key)
        if old is new or same(old, new):
            continue
        yield from _values(old, new, meta.field(key), (*path, key), _below(text, format_path((key,))))


def _values(old: Any, new: Any, field: Field, path: FieldPath, text: str) -> Iterator[Difference]:
    if _is_empty(old, field, path) and _is_empty(new, field, path):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _maps(old, new, field.meta, path, text)
    elif isinstance(old, list) and isinstance(new, list) and old and new and _all_maps(old, new):
        yield from _lists(old, new, field, path, text)
    elif not (field.is_quantity and _same_quantity(old, new)):
        yield Difference(path, text, old, new)


_NO_POINTERS = frozenset({"metadata", "resources", "spec", "status", "strategy", "template", "updateStrategy"})
"""Structs that the API holds by value: absent and {} are one. Of others it remembers that they were written."""


def _is_empty(value: Any, field: Field, path: FieldPath) -> bool:
    """Whether the value says no more than an absent one: empty maps and lists, and empty structs held by value."""
    return value is None or value == [] or (value == {} and (not field.is_struct or path[-1] in _NO_POINTERS))


def _all_maps(*lists: list[Any]) -> bool:
    return all(isinstance(item, dict) for items in lists for item in items)


def _lists(old: list[Map], new: list[Map], field: Field, path: FieldPath, text: str) -> Iterator[Difference]:
    keys = _usable_keys(old, new, field)
    if not keys:
        yield from _by_place(old, new, field, path, text)
        return
    old_at = {_key(item, keys): index for index, item in enumerate(old)}
    new_at = {_key(item, keys): index for index, item in enumerate(new)}
    for key, index in old_at.items():
        if key not in new_at:
            yield Difference((*path, index), _item(text, key), old[index], None)
    for key, index in new_at.items():
        here = (*path, index)
        if key not in old_at:
            yield Difference(here, _item(text, key), None, new[index])
        else:
            yield from _maps(old[old_at[key]], new[index], field.meta, here, _item(text, key))
    kept_old = [_label(key) for key in old_at if key in new_at]
    kept_new = [_label(key) for key in new_at if key in old_at]
    if kept_old != kept_new:
        yield Difference(path, text, kept_old, kept_new, reordered=True)


def _usable_keys(old: list[Map], new: list[Map], field: Field) -> tuple[str, ...]:
    """The keys that tell the items of both lists apart: the API's, or `name` where it gives none; () where none do."""
    for keys in (field.keys, (field.merge_key,), ("name",)):
        if keys and keys[0] and all(_tells_apart(items, keys) for items in (old, new)):
            return keys
    return ()


def _tells_apart(items: list[Map], keys: tuple[str, ...]) -> bool:
    found = {_key(item, keys) for item in items}
    return len(found) == len(items) and all(key[0] is not None for key in found)


def _key(item: Map, keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(value if not isinstance(value := item.get(key), dict | list) else None for key in keys)


def _label(key: tuple[Any, ...]) -> str:
    """An item's name in a path: its key, without the usual protocol."""
    parts = [str(part) for part in key if part is not None]
    return "/".join(parts[:-1] if len(parts) > 1 and parts[-1] == "TCP" else parts)


def _below(text: str, part: str) -> str:
    return f"{text}.{part}" if text and not part.startswith("[") else text + part


def _item(text: str, key: tuple[Any, ...]) -> str:
    return f"{text}[{_label(key)}]"


def _by_place(old: list[Map], new: list[Map], field: Field, path: FieldPath, text: str) -> Iterator[Difference]:
    """Items without a key: what begins and ends alike is the same, the rest is compared in order."""
    start = 0
    while start < min(len(old), len(new)) and same(old[start], new[start]):
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and same(old[-1 - end], new[-1 - end]):
        end += 1
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    for offset in range(max(len(left), len(right))):
        here, name = (*path, start + offset), f"{text}[{start + offset}]"
        if len(left) == len(right):
            yield from _maps(left[offset], right[offset], field.meta, here, name)
            continue
        if offset < len(left):
            yield Difference(here, name, left[offset], None)
        if offset < len(right):
            yield Difference(here, name, None, right[offset])


def _same_quantity(old: Any, new: Any) -> bool:
    from kplan.k8s.quantity import parse_quantity

    try:
        return parse_quantity(old) == parse_quantity(new)
    except ValueError:
        return False
