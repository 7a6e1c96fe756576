"""Equality of plain values as JSON has it, where Python's own is too generous."""

from __future__ import annotations

from typing import Any


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON: `True` is not 1, but 1 and 1.0 are one number.

    >>> same({"a": [1]}, {"a": [1.0]}), same([1], [True])
    (True, False)
    """
    if left != right:
        return False
    if isinstance(left, dict):
        return all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        return all(map(same, left, right))
    return isinstance(left, bool) is isinstance(right, bool)


def json_type(value: Any) -> str:
    """The JSON name of a value's type; ints and floats are both `number`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((dict, "object"), (list, "array"), (str, "string")):
        if isinstance(value, kind):
            return name
    return "number"


def without_nulls(value: Any) -> Any:
    """The value without the map entries that are null, at any depth; unchanged parts are shared, not copied."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
