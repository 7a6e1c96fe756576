"""Which values of an object are those of the object before, as far as the server can tell by the schema.

Source: kubernetes v1.36 apiserver pkg/cel/common equality.go, maplist.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]


def items_before(old: Any, schema: Schema) -> dict[Any, Any]:
    """The items of a list before, by what tells them apart; none where nothing does."""
    found: dict[Any, Any] = {}
    if isinstance(old, list) and _is_map_list(schema):
        for item in old:
            if (key := map_key(item, schema)) is not None:
                found.setdefault(key, item)
    return found


def map_key(item: Any, schema: Schema) -> Any:
    """What tells an item of a list of type map from the others, None where that is not all there."""
    keys = schema.get("x-kubernetes-list-map-keys")
    values = [item.get(key) if isinstance(item, dict) else None for key in (keys if isinstance(keys, list) else ())]
    if not values or not all(isinstance(value, (bool, int, float, str)) for value in values):
        return None
    return tuple((isinstance(value, bool), isinstance(value, str), value) for value in values)


def is_unchanged(old: Any, new: Any, schema: Schema) -> bool:
    """Whether a value is the one before; the server looks only where the schema leads.

    >>> text = {"type": "object", "additionalProperties": {"type": "string"}}
    >>> is_unchanged({"a": "b"}, {"a": "b"}, text), is_unchanged({"a": "b"}, {"a": "b"}, {"type": "object"})
    (True, False)
    """
    if isinstance(old, dict) and isinstance(new, dict):
        return len(old) == len(new) and all(
            key in old and (inner := member_schema(schema, key)) is not None and is_unchanged(old[key], item, inner)
            for key, item in new.items()
        )
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new) and _is_map_list(schema):
        items = schema.get("items")
        known, keys = items_before(old, schema), [map_key(item, schema) for item in new]
        return all(
            key in known and isinstance(items, dict) and is_unchanged(known[key], item, items)
            for key, item in zip(keys, new, strict=True)
        )
    return same(old, new)


def member_schema(schema: Schema, key: Any) -> Schema | None:
    """The schema of a property or of a value of a map, None where there is none."""
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    found = properties.get(key, others) if isinstance(properties, dict) else others
    return found if isinstance(found, dict) else None


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: `true` is not 1.

    >>> same({"a": 1}, {"a": 1.0}), same([True], [1])
    (True, False)
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _is_map_list(schema: Schema) -> bool:
    return schema.get("type") == "array" and schema.get("x-kubernetes-list-type") == "map"
