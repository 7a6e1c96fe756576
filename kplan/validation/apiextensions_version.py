"""What a version of a CustomResourceDefinition has besides its schema: subresources, columns, selectable fields.

Source: apiextensions-apiserver v1.36 pkg/apis/apiextensions/validation validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kplan.validation.apiextensions_structural import not_convertible
from kplan.validation.check import Obj, Path, objects
from kplan.validation.fault import Fault, duplicate, invalid, required, too_many
from kplan.validation.feature import on

_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_MOST_SELECTABLE = 8
_SHARED_DEPTH = 2
_SELECTABLE_TYPES = ("string", "boolean", "integer")
_LONGEST_WARNING = 256
_PATH_PART = re.compile(r"'(?:(?!(?<!\\)').)*'?|[.\[\]]|[^.\[\]]+", re.DOTALL)
_BAD_ESCAPE = re.compile(r"\\[^abfnrtv'\\]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def deprecation_warning(version: Obj, path: Path) -> Iterator[Fault]:
    """The warning that clients get who use a deprecated version."""
    warning, at = version.get("deprecationWarning"), (*path, "deprecationWarning")
    if warning is None:
        return
    if not version.get("deprecated"):
        yield invalid(at, warning, "can only be set for deprecated versions")
        return
    if len(warning.encode("utf-8", "surrogatepass")) > _LONGEST_WARNING:
        yield invalid(at, warning, "must be <= 256 characters long")
    if not warning:
        yield invalid(at, warning, "must not be an empty string")
    size = 0
    for char in warning:
        if not char.isprintable():
            text = f"must only contain printable UTF-8 characters; non-printable character found at index {size}"
            yield invalid(at, warning, text)
            break
        size += len(char.encode("utf-8", "surrogatepass"))


def subresources(value: Obj | None, path: Path) -> Iterator[Fault]:
    """The paths of the scale subresource."""
    scale = (value or {}).get("scale")
    if scale is None:
        return
    for key, start in (("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")):
        text, at = scale.get(key) or "", (*path, "scale", key)
        if not text:
            yield required(at)
        else:
            yield from _simple_path(text, at, f"should be a json path under {start[:-1]}", start)
    if selector := scale.get("labelSelectorPath"):
        text = "should be a json path under either .spec or .status"
        yield from _simple_path(selector, (*path, "scale", "labelSelectorPath"), text, ".spec.", ".status.")


def _simple_path(text: str, path: Path, complaint: str = "", *starts: str) -> Iterator[Fault]:
    if not text.startswith("."):
        yield invalid(path, text, "must be a simple json path starting with .")
    elif starts and not text.startswith(starts):
        yield invalid(path, text, complaint)


def columns(value: list[Any] | None, path: Path) -> Iterator[Fault]:
    """The columns that `kubectl get` shows."""
    for index, column in objects(value):
        at = (*path, index)
        if not column.get("name"):
            yield required((*at, "name"))
        type_, format_ = column.get("type"), column.get("format")
        text = f"must be one of {','.join(_COLUMN_TYPES)}"
        if not type_:
            yield required((*at, "type"), text)
        elif type_ not in _COLUMN_TYPES:
            yield invalid((*at, "type"), type_, text)
        if format_ and format_ not in _COLUMN_FORMATS:
            yield invalid((*at, "format"), format_, f"must be one of {','.join(_COLUMN_FORMATS)}")
        if not column.get("jsonPath"):
            yield required((*at, "JSONPath"))
        else:
            yield from _simple_path(column["jsonPath"], (*at, "JSONPath"))


def selectable_fields(value: list[Any] | None, validation: Obj | None, path: Path, minor: int) -> Iterator[Fault]:
    """The fields that field selectors may name; `validation` holds the schema that they are in."""
    if not value:
        return
    schema = (validation or {}).get("openAPIV3Schema")
    is_shared = len(path) == _SHARED_DEPTH
    if (validation if is_shared else schema) is None:
        yield invalid(path, "", _no_schema(is_shared, minor))
        return
    if schema is not None and (reason := not_convertible(schema)):
        yield invalid((*path[:-1], "schema", "openAPIV3Schema"), "", reason)
        schema = None
    seen = set()
    for index, field in objects(value):
        text, at = field.get("jsonPath") or "", (*path, index, "jsonPath")
        if not text:
            yield required(at)
            continue
        try:
            names, found = field_path(text, schema or {}, brackets=False)
        except ValueError as error:
            yield invalid(at, text, f"is an invalid path: {error}")
            continue
        if names[:1] == ("metadata",):
            yield invalid(at, text, "must not point to fields in metadata")
        if found.get("type") not in _SELECTABLE_TYPES:
            what = "string, boolean or integer. Enum string fields and strings with formats are allowed."
            yield invalid(at, text, f"must point to a field of type {what}")
        if names in seen:
            yield duplicate(at, text)
        seen.add(names)
    if len(seen) > _MOST_SELECTABLE:
        yield too_many(path, len(seen), _MOST_SELECTABLE)


def _no_schema(is_shared: bool, minor: int) -> str:
    name = "" if on("FaultWithoutName", minor) else "selectableFields "
    if is_shared:
        return f"{name}may only be set when validations.schema is included"
    field = "`version.schema.openAPIV3Schema`" if on("FaultWithoutName", minor) else "version.schema.openAPIV3Schema"
    return f"{name}may only be set when {field} is not included"


def field_path(text: str, schema: Obj, *, brackets: bool = True) -> tuple[tuple[str, ...], Obj]:
    """The names that a field path is made of, and the schema that it leads to. Raises ValueError for a bad one.

    >>> field_path(".a['b.c']", {"properties": {"a": {"additionalProperties": {"type": "string"}}}})
    (('a', 'b.c'), {'type': 'string'})

    Source: apiextensions-apiserver v1.36 pkg/apiserver/schema/cel ValidFieldPath.
    """
    parts = iter(_PATH_PART.findall(text))
    names: tuple[str, ...] = ()
    for part in parts:
        name = next(parts, None) if part in (".", "[") else None
        if part == "[" and not brackets:
            raise ValueError("array notation is not allowed")
        if part not in (".", "["):
            raise ValueError(f"expected [ or . but got: {part}")
        if name is None:
            raise ValueError("unexpected end of JSON path")
        if part == "[":
            name = _quoted(name)
        schema, names = _step(name, schema), (*names, name)
        if part == "[" and (end := next(parts, None)) != "]":
            raise ValueError("unexpected end of JSON path" if end is None else f"expected ] but got {end}")
    return names, schema


def _quoted(text: str) -> str:
    if len(text) < 2 or text[0] != "'" or text[-1] != "'":
        raise ValueError(f"expected single quoted string but got {text}")
    if match := _BAD_ESCAPE.search(text):
        raise ValueError(f"invalid string literal: invalid escape char {match[0]}")
    return _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), text[1:-1])


def _step(name: str, schema: Obj) -> Obj:
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    found = properties.get(name) if properties else others
    if isinstance(found, bool) and not properties:
        return {}
    if not isinstance(found, dict):
        raise ValueError("does not refer to a valid field")
    return found
