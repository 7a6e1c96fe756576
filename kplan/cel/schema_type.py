"""What a schema of a CustomResourceDefinition is to its rules: a type, and how large values can be.

Source: kubernetes v1.36 apiserver pkg/cel/common schemas.go, pkg/cel/types.go, pkg/cel/limits.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kplan.cel.type import BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, Type, list_of, map_of
from kplan.cel.value import escaped

Schema: TypeAlias = Mapping[str, Any]

MAX_REQUEST = 3 * 1024 * 1024
"""The most bytes of a request: nothing in an object can be larger."""

_FORMATS = {
    "byte": (BYTES, 2, 0),
    "duration": (DURATION, 3, 32),
    "date": (TIMESTAMP, 12, 12),
    "date-time": (TIMESTAMP, 21, 32),
}
"""Formats of text that have types of their own, the fewest bytes of one, and the most (0 for any number)."""

_SCALARS = {"boolean": (BOOL, 4), "number": (DOUBLE, 1), "integer": (INT, 1)}


@dataclass(slots=True, eq=False)
class SchemaType:
    """The type of a schema, the most elements or bytes of a value (0 for what has none), its fewest bytes as JSON, and
    the types inside.
    """

    type: Type
    max_elements: int = 0
    min_size: int = 0
    fields: dict[str, SchemaType] = field(default_factory=dict)
    item: SchemaType | None = None

    def structs(self) -> dict[str, dict[str, Type]]:
        """The fields of all struct types, by the names of the types."""
        found: dict[str, dict[str, Type]] = {}
        if self.type.kind == "struct":
            found[self.type.name] = {name: inner.type for name, inner in self.fields.items()}
        for inner in (*self.fields.values(), *([self.item] if self.item else [])):
            found |= inner.structs()
        return found


_TEXT = {"type": "string"}
_META = {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}}


def schema_type(schema: Schema, *, is_root: bool, name: str = "object") -> SchemaType | None:
    """The type of a schema, None for one that rules see nothing of; `is_root`: it is that of a whole object.

    >>> str(schema_type({"type": "array", "items": {"type": "string"}}, is_root=False).type)
    'list(string)'
    """
    if schema.get("x-kubernetes-int-or-string"):
        length = schema.get("maxLength")
        return SchemaType(DYN, MAX_REQUEST - 2 if length is None else max(length, 0) * 4, 1)
    type_ = schema.get("type")
    if type_ == "array":
        return _array(schema, name)
    if type_ == "object":
        return _object(schema, is_root, name)
    if type_ == "string":
        return _string(schema)
    if type_ in _SCALARS:
        scalar, size = _SCALARS[type_]
        return SchemaType(scalar, 0, size)
    return None


def _inner(schema: Any, name: str) -> SchemaType | None:
    if not isinstance(schema, dict):
        return None
    return schema_type(schema, is_root=bool(schema.get("x-kubernetes-embedded-resource")), name=name)


def _array(schema: Schema, name: str) -> SchemaType | None:
    item = _inner(schema.get("items"), f"{name}.@idx")
    if item is None:
        return None
    most = schema.get("maxItems")
    limit = (MAX_REQUEST - 2) // (item.min_size + 1) if most is None else max(most, 0)
    return SchemaType(list_of(item.type), limit, 2, item=item)


def _object(schema: Schema, is_root: bool, name: str) -> SchemaType | None:
    values = schema.get("additionalProperties")
    if isinstance(values, dict):
        item = _inner(values, f"{name}.@elem")
        if item is None:
            return None
        most = schema.get("maxProperties")
        limit = (MAX_REQUEST - 2) // (item.min_size + 6) if most is None else max(most, 0)
        return SchemaType(map_of(STRING, item.type), limit, 2, item=item)
    properties = dict(schema.get("properties") or {})
    if is_root:
        properties |= {"kind": _TEXT, "apiVersion": _TEXT, "metadata": _META}
    found = SchemaType(Type("struct", name), 0, 2)
    for key, inner in properties.items():
        word = escaped(key)
        below = _inner(inner, f"{name}.{word}")
        if below is None:
            continue
        if word is not None:
            found.fields[word] = below
        if key in (schema.get("required") or ()) and inner.get("default") is None:
            found.min_size += len(key.encode()) + below.min_size + 4
    return found


def _string(schema: Schema) -> SchemaType:
    length = schema.get("maxLength")
    type_, size, limit = _FORMATS.get(str(schema.get("format") or ""), (STRING, 2, 0))
    if limit:
        return SchemaType(type_, limit, size)
    if length is not None:
        return SchemaType(type_, max(length, 0) * (1 if type_ is BYTES else 4), size)
    words = [word for word in schema.get("enum") or () if isinstance(word, str)]
    if type_ is STRING and schema.get("enum"):
        return SchemaType(type_, max((len(word.encode()) for word in words), default=0), size)
    return SchemaType(type_, MAX_REQUEST - 2, size)
