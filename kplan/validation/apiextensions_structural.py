"""Structural schemas: what a schema of a CustomResourceDefinition must say, and where it must not say more.

The schemas are as Go holds them (`kplan.k8s.codec.decode`): what is empty is absent.

Source: apiextensions-apiserver v1.36 pkg/apiserver/schema convert.go, validation.go, complete.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.regexp import RegexpError, UnknownScript, compile_go
from kplan.model.path import Key, format_path
from kplan.validation.check import Obj, Path
from kplan.validation.fault import Fault, forbidden, invalid, required
from kplan.validation.feature import on

_UNSUPPORTED = {
    "id": "id",
    "$schema": "schema",
    "$ref": "$ref",
    "patternProperties": "patternProperties",
    "dependencies": "dependencies",
    "additionalItems": "additionalItems",
    "definitions": "definitions",
}
_JUNCTORS = ("allOf", "anyOf", "oneOf")
_WITHOUT_TYPE = ("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields")
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_FORGOTTEN = ("externalDocs", "example")
_NO_TYPE = {
    "root": "must not be empty at the root",
    "item": "must not be empty for specified array items",
    "field": "must not be empty for specified object fields",
}
_EMPTY = ("type", "title", "description", "x-kubernetes-list-map-keys", "x-kubernetes-validations")
_FALSE = (
    "nullable",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
)
_UNDEFINED = ("additionalProperties", "default", "x-kubernetes-list-type", "x-kubernetes-map-type")
_NESTED = (
    "type",
    "additionalProperties",
    "default",
    "title",
    "description",
    *_FALSE,
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
    "x-kubernetes-validations",
)


def below(path: Path, schema: Obj, *, junctors: bool = True) -> Iterator[tuple[Path, Obj]]:
    """The schemas right inside a schema, with their paths."""
    for key in ("items", "additionalProperties"):
        if isinstance(inner := schema.get(key), dict):
            yield (*path, key), inner
    for key, inner in (schema.get("properties") or {}).items():
        yield (*path, "properties", Key(key)), inner
    if junctors:
        if isinstance(schema.get("not"), dict):
            yield (*path, "not"), schema["not"]
        for junctor in _JUNCTORS:
            for index, inner in enumerate(schema.get(junctor) or ()):
                yield (*path, junctor, index), inner


def not_convertible(schema: Obj) -> str:
    """Why the schema cannot even be read as a structural one; "" where it can."""
    for key, name in _UNSUPPORTED.items():
        if schema.get(key) not in (None, "", {}):
            return f"OpenAPIV3Schema '{name}' is not supported"
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
    if isinstance(schema.get("items"), list) and schema["items"]:
        return "OpenAPIV3Schema 'items' must be a schema, but is an array"
    return next((reason for _, inner in below((), schema) if (reason := not_convertible(inner))), "")


def structural_faults(schema: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """What keeps a schema from being structural."""
    yield from _invariants(schema, "root", path, minor)
    yield from _incomplete(schema, schema, path, path)


def _invariants(schema: Obj, level: str, path: Path, minor: int) -> Iterator[Fault]:
    items = schema.get("items")
    if schema.get("type") == "array" and not isinstance(items, dict):
        yield required((*path, "items"), "must be specified")
    for at, inner in below(path, schema, junctors=False):
        yield from _invariants(inner, "item" if at[-1] == "items" and len(at) == len(path) + 1 else "field", at, minor)
    if level == "root" and "additionalProperties" in schema:
        yield forbidden((*path, "additionalProperties"), "must not be used at the root")
    yield from _extensions(schema, path)
    yield from _value_validation(schema, path, minor, _is_int_or_string(schema.get("anyOf")), _skips_first(schema))
    yield from _type(schema, level, path)
    if level == "root" or schema.get("x-kubernetes-embedded-resource"):
        yield from _metadata_types(schema, path)
    metadata = (schema.get("properties") or {}).get("metadata")
    if metadata is not None and level == "root" and _says_more(metadata):
        text = "must not specify anything other than name and generateName, but metadata is implicitly specified"
        yield forbidden((*path, "properties", Key("metadata")), text)
    is_open = schema.get("x-kubernetes-preserve-unknown-fields")
    if schema.get("x-kubernetes-embedded-resource") and not is_open and not schema.get("properties"):
        text = (
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"
        )
        yield required((*path, "properties"), text)


def _extensions(schema: Obj, path: Path) -> Iterator[Fault]:
    if schema.get("x-kubernetes-int-or-string"):
        for key in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
            if schema.get(key):
                yield invalid((*path, key), True, "must be false if x-kubernetes-int-or-string is true")


def _type(schema: Obj, level: str, path: Path) -> Iterator[Fault]:
    type_, is_embedded = schema.get("type") or "", schema.get("x-kubernetes-embedded-resource")
    at = (*path, "type")
    if is_embedded and type_ != "object":
        text = "must be object if x-kubernetes-embedded-resource is true"
        yield invalid(at, type_, text) if type_ else required(at, text)
    elif not type_ and not any(schema.get(key) for key in _WITHOUT_TYPE):
        yield required(at, _NO_TYPE[level])
    if is_embedded and "additionalProperties" in schema:
        text = "must not be used if x-kubernetes-embedded-resource is set"
        yield forbidden((*path, "additionalProperties"), text)
    if level == "root" and type_ and type_ != "object":
        yield invalid(at, type_, "must be object at the root")


def _metadata_types(schema: Obj, path: Path) -> Iterator[Fault]:
    properties = schema.get("properties") or {}
    for key, wanted in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        if key in properties and properties[key].get("type") != wanted:
            type_ = properties[key].get("type") or ""
            yield invalid((*path, "properties", Key(key), "type"), type_, f"must be {wanted}")


def _says_more(metadata: Obj) -> bool:
    """Whether the schema of metadata says more than that name and generateName are there."""
    rest = {key: value for key, value in metadata.items() if key not in ("type", "default", *_FORGOTTEN)}
    if set(rest.get("properties") or {}) in ({"name"}, {"generateName"}, {"name", "generateName"}):
        del rest["properties"]
    return bool(rest)


def _is_int_or_string(any_of: Any) -> bool:
    plain = [{k: v for k, v in each.items() if k not in _FORGOTTEN} for each in any_of or ()]
    return plain == _INT_OR_STRING


def _skips_first(schema: Obj) -> bool:
    all_of = schema.get("allOf") or [{}]
    return _is_int_or_string(all_of[0].get("anyOf"))


def _value_validation(
    schema: Obj, path: Path, minor: int, skip_any_of: bool = False, skip_first: bool = False
) -> Iterator[Fault]:
    """What is wrong with the bounds of a schema; the two ways to write integer or string are let pass."""
    for index, inner in enumerate(schema.get("anyOf") or ()):
        if not skip_any_of:
            yield from _nested(inner, (*path, "anyOf", index), minor)
    for index, inner in enumerate(schema.get("allOf") or ()):
        yield from _nested(inner, (*path, "allOf", index), minor, skip_first and index == 0)
    for index, inner in enumerate(schema.get("oneOf") or ()):
        yield from _nested(inner, (*path, "oneOf", index), minor)
    if isinstance(schema.get("not"), dict):
        yield from _nested(schema["not"], (*path, "not"), minor)
    if pattern := schema.get("pattern"):
        try:
            compile_go(pattern)
        except RegexpError as error:
            text = f"must be a valid regular expression, but isn't: {error}"
            yield invalid((*path, "pattern"), pattern, text)
        except UnknownScript:
            pass


def _nested(schema: Obj, path: Path, minor: int, skip_any_of: bool = False) -> Iterator[Fault]:
    """A schema inside `allOf`, `anyOf`, `oneOf` or `not`: it bounds values, and defines nothing."""
    yield from _value_validation(schema, path, minor, skip_any_of)
    if isinstance(schema.get("items"), dict):
        yield from _nested(schema["items"], (*path, "items"), minor)
    for key, inner in (schema.get("properties") or {}).items():
        yield from _nested(inner, (*path, "properties", Key(key)), minor)
    for key in _NESTED:
        shut = key == "additionalProperties" and schema.get(key) is False and on("NestedFieldsShut", minor)
        if key in schema and not shut:
            word = "empty" if key in _EMPTY else "false" if key in _FALSE else "undefined"
            yield forbidden((*path, key), f"must be {word} to be structural")
    if "metadata" in (schema.get("properties") or {}):
        yield forbidden((*path, "properties", Key("metadata")), "must not be specified in a nested context")


def _incomplete(value: Obj, schema: Obj | None, path: Path, at: Path) -> Iterator[Fault]:
    """Fields and items that only the bounds name."""
    if schema is None:
        yield required(path, f"because it is defined in {format_path(at)}")
        return
    if isinstance(value.get("not"), dict):
        yield from _incomplete_nested(value["not"], schema, path, (*at, "not"))
    for junctor in _JUNCTORS:
        for index, inner in enumerate(value.get(junctor) or ()):
            yield from _incomplete_nested(inner, schema, path, (*at, junctor, index))


def _incomplete_nested(value: Obj, schema: Obj | None, path: Path, at: Path) -> Iterator[Fault]:
    yield from _incomplete(value, schema, path, at)
    if schema is None:
        return
    if isinstance(value.get("items"), dict):
        items = schema.get("items")
        inner = items if isinstance(items, dict) else None
        yield from _incomplete_nested(value["items"], inner, (*path, "items"), (*at, "items"))
    properties = schema.get("properties") or {}
    for key, inner in (value.get("properties") or {}).items():
        below_path, below_at = (*path, "properties", Key(key)), (*at, "properties", Key(key))
        if key in properties:
            yield from _incomplete_nested(inner, properties[key], below_path, below_at)
        else:
            yield required(below_path, f"because it is defined in {format_path(below_at)}")
