"""Whether the schema of a CustomResourceDefinition is one that apiextensions.k8s.io/v1 takes.

Source: kubernetes v1.21 apiextensions-apiserver pkg/apiserver/schema validation.go, complete.go, convert.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_INT_OR_STRING: Final = "x-kubernetes-int-or-string"
_INT_OR_STRING_FORM: Final = [{"type": "integer"}, {"type": "string"}]
_NEVER: Final = ("$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id", "$schema")
_NOT_NESTED: Final = (
    "type",
    "additionalProperties",
    "default",
    "title",
    "description",
    "nullable",
    _PRESERVE,
    _EMBEDDED,
    _INT_OR_STRING,
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
)
_METADATA_NAMES: Final = {"name", "generateName"}

Schema = dict[str, Any]


def problem(schema: Any) -> str | None:
    """What is first found wrong, as `path: what`; None for a schema that v1 takes."""
    if not isinstance(schema, dict):
        return "openAPIV3Schema: it is no mapping"
    return next(_invariants(schema, "root", "openAPIV3Schema"), None)


def _invariants(schema: Schema, level: str, path: str) -> Iterator[str]:
    yield from _own(schema, level, path)
    for name, value in _children(schema):
        where = "item" if name == "items" else "field"
        yield from _invariants(value, where, f"{path}.{name}") if isinstance(value, dict) else ()
    yield from _nested(schema, path)


def _children(schema: Schema) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties")
    for name, value in properties.items() if isinstance(properties, dict) else ():
        yield f"properties[{name}]", value
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield name, schema[name]


def _own(schema: Schema, level: str, path: str) -> Iterator[str]:
    type_ = schema.get("type") or ""
    if schema.get(_EMBEDDED) and type_ != "object":
        yield f"{path}: an embedded resource is of type object"
    elif not type_ and not schema.get(_INT_OR_STRING) and not schema.get(_PRESERVE):
        yield f"{path} has no type"
    if level == "root" and type_ and type_ != "object":
        yield f"{path} is not of type object"
    if level == "root" and schema.get("additionalProperties") is not None:
        yield f"{path} has additionalProperties"
    if type_ == "array" and not isinstance(schema.get("items"), dict):
        yield f"{path} has no schema of its items"
    for name in _NEVER:
        if schema.get(name):
            yield f"{path} has `{name}`"
    if schema.get("uniqueItems") is True or schema.get("additionalProperties") is False:
        yield f"{path} has `uniqueItems: true` or `additionalProperties: false`"
    if schema.get("properties") and schema.get("additionalProperties") is not None:
        yield f"{path} has both properties and additionalProperties"
    if schema.get(_PRESERVE) is False:
        yield f"{path} has `{_PRESERVE}: false`"
    if schema.get(_INT_OR_STRING) and (schema.get(_PRESERVE) or schema.get(_EMBEDDED) or type_):
        yield f"{path} is an integer or string, and something else"
    if schema.get(_EMBEDDED) and not schema.get(_PRESERVE) and not schema.get("properties"):
        yield f"{path}: an embedded resource has properties"
    if level == "root" or schema.get(_EMBEDDED):
        yield from _object_meta(schema, level, path)


def _object_meta(schema: Schema, level: str, path: str) -> Iterator[str]:
    properties = schema.get("properties")
    found = properties if isinstance(properties, dict) else {}
    for name, type_ in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        if isinstance(found.get(name), dict) and found[name].get("type") != type_:
            yield f"{path}.properties[{name}] is not of type {type_}"
    metadata = found.get("metadata")
    if level == "root" and isinstance(metadata, dict):
        names = set(metadata.get("properties") or {})
        others = [name for name, value in metadata.items() if value and name not in ("type", "properties", "default")]
        if not names <= _METADATA_NAMES or others:
            yield f"{path}.properties[metadata] says more than type, name and generateName"


def _nested(schema: Schema, path: str) -> Iterator[str]:
    """What stands under anyOf, allOf, oneOf and not: no types, and nothing that is not declared outside."""
    for name in ("anyOf", "allOf", "oneOf"):
        if name == "anyOf" and schema.get(name) == _INT_OR_STRING_FORM:
            continue
        for index, value in enumerate(schema.get(name) or ()):
            skips = name == "allOf" and index == 0 and value.get("anyOf") == _INT_OR_STRING_FORM
            part = {key: inner for key, inner in value.items() if key != "anyOf"} if skips else value
            yield from _value_validation(part, schema, f"{path}.{name}[{index}]")
    if isinstance(schema.get("not"), dict):
        yield from _value_validation(schema["not"], schema, f"{path}.not")


def _value_validation(part: Any, outside: Any, path: str) -> Iterator[str]:
    if not isinstance(part, dict):
        return
    for name in _NOT_NESTED:
        if part.get(name):
            yield f"{path} has `{name}`"
    known = outside.get("properties") or {} if isinstance(outside, dict) else {}
    for name, value in (part.get("properties") or {}).items():
        more = outside.get("additionalProperties") if isinstance(outside, dict) else None
        if name == "metadata":
            yield f"{path} speaks of metadata"
        if name not in known and not isinstance(more, dict):
            yield f"{path}.properties[{name}] is not declared outside of it"
        yield from _value_validation(value, known.get(name, more), f"{path}.properties[{name}]")
    if isinstance(part.get("items"), dict):
        items = outside.get("items") if isinstance(outside, dict) else None
        if not isinstance(items, dict):
            yield f"{path}.items is not declared outside of it"
        yield from _value_validation(part["items"], items, f"{path}.items")
    yield from _nested_in(part, outside, path)


def _nested_in(part: Schema, outside: Any, path: str) -> Iterator[str]:
    for name in ("anyOf", "allOf", "oneOf"):
        for index, value in enumerate(part.get(name) or ()):
            yield from _value_validation(value, outside, f"{path}.{name}[{index}]")
    if isinstance(part.get("not"), dict):
        yield from _value_validation(part["not"], outside, f"{path}.not")
