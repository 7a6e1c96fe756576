"""The schema of a version of a CustomResourceDefinition.

Source: apiextensions-apiserver v1.36 pkg/apis/apiextensions/validation validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kplan.model.path import Key
from kplan.validation.apiextensions_default import default_faults
from kplan.validation.apiextensions_list import list_faults
from kplan.validation.apiextensions_rule import RuleScope, rule_faults, total_cost_faults, written_faults
from kplan.validation.apiextensions_structural import not_convertible, structural_faults
from kplan.validation.check import Obj, Path
from kplan.validation.fault import Fault, forbidden, invalid, required, unsupported

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_META = ("metadata", "kind", "apiVersion")
_BEFORE_TYPE = ("id", "$schema", "$ref")
_NOT_AT_ROOT = (
    "nullable",
    "default",
    "enum",
    "maxProperties",
    "minProperties",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "additionalProperties",
    "patternProperties",
    "dependencies",
    "additionalItems",
    "definitions",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-map-type",
)
_AT_ROOT = (
    "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern "
    "MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields "
    "XValidations"
)
_NOT_SUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")


class _Place(NamedTuple):
    """Where the walk is and what counts there: why defaults are forbidden ("" where they are not), whether it is inside
    the metadata of an object, the path from which on objects before and after cannot be matched, and what rules see.
    """

    path: Path
    minor: int
    no_defaults: str = ""
    inside_meta: bool = False
    uncorrelated: Path | None = None
    scope: RuleScope | None = None


class _Found(NamedTuple):
    """What is wrong with a schema, and with its rules, which are looked at only where the schema is right."""

    schema: list[Fault]
    rules: list[Fault]


def schema_faults(validation: Obj | None, path: Path, has_status: bool, minor: int) -> Iterator[Fault]:
    """What is wrong with a schema; `has_status`: the version has the status subresource."""
    schema = (validation or {}).get("openAPIV3Schema")
    if schema is None:
        return
    at = (*path, "openAPIV3Schema")
    if has_status:
        yield from _root_fields(schema, at)
    if schema.get("nullable"):
        yield forbidden((*at, "nullable"), "nullable cannot be true at the root")
    reason = not_convertible(schema)
    structural = [] if reason else list(structural_faults(schema, at, minor)) or default_faults(schema, at, minor)
    yield from sorted(structural, key=lambda fault: (fault.field, fault.message))
    scope = None if reason or structural else RuleScope.of_root(schema)
    found = _walk(schema, _Place(at, minor, scope=scope), is_root=True)
    yield from found.schema
    yield from found.rules
    if reason and not found.schema:
        yield invalid(at, "", reason)
    if scope is not None:
        yield from total_cost_faults(scope, at)


def _root_fields(schema: Obj, path: Path) -> Iterator[Fault]:
    """With a status subresource, the status is judged by itself, so little may stand around it."""
    type_ = schema.get("type")
    if not any(key in schema for key in _BEFORE_TYPE) and type_ and type_ != "object":
        text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
        yield invalid((*path, "type"), type_, text)
    elif any(key in schema for key in (*_BEFORE_TYPE, *_NOT_AT_ROOT)):
        text = f"only [{_AT_ROOT}] fields are allowed at the root of the schema if the status subresource is enabled"
        yield invalid(path, schema, text)


def has(schema: Obj, key: str) -> bool:
    """Whether the schema or one inside it has a field."""
    return schema.get(key) is not None or any(has(inner, key) for inner in _all_below(schema))


def _all_below(schema: Obj) -> Iterator[Obj]:
    for key in ("items", "additionalProperties", "additionalItems", "not"):
        if isinstance(inner := schema.get(key), dict):
            yield inner
    for key in ("items", "allOf", "anyOf", "oneOf"):
        if isinstance(inner := schema.get(key), list):
            yield from inner
    for key in ("properties", "patternProperties", "definitions", "dependencies"):
        yield from (inner for inner in (schema.get(key) or {}).values() if isinstance(inner, dict))


def _walk(schema: Obj, place: _Place, *, is_root: bool = False) -> _Found:
    found = _Found(list(_itself(schema, place)), [])
    for inner, below in _inside(schema, place, is_root):
        inside = _walk(inner, below)
        found.schema.extend(inside.schema)
        found.rules.extend(inside.rules)
    found.schema.extend(_extensions(schema, place.path))
    found.schema.extend(list_faults(schema, place.path))
    rules = schema.get("x-kubernetes-validations") or []
    found.schema.extend(written_faults(rules, schema, place.path, place.minor))
    if rules and not found.schema and place.scope is not None:
        found.rules.extend(rule_faults(rules, place.scope, place.path, place.uncorrelated, place.minor))
    return found


def _itself(schema: Obj, place: _Place) -> Iterator[Fault]:
    path, type_ = place.path, schema.get("type") or ""
    if type_ and type_ not in _TYPES:
        yield unsupported((*path, "type"), type_, _TYPES)
    if schema.get("default") is not None and place.no_defaults:
        yield forbidden((*path, "default"), f"must not be set {place.no_defaults}")
    for key in _NOT_SUPPORTED:
        if key in schema:
            yield forbidden((*path, key), f"{key} is not supported")
    if type_ == "null":
        yield forbidden((*path, "type"), "type cannot be set to null, use nullable as an alternative")
    if isinstance(schema.get("items"), list) and schema["items"]:
        yield forbidden((*path, "items"), "items must be a schema object and not an array")
    if place.inside_meta and schema.get("x-kubernetes-embedded-resource"):
        yield forbidden((*path, "x-kubernetes-embedded-resource"), "must not be used inside of resource meta")
    if schema.get("uniqueItems"):
        text = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield forbidden((*path, "uniqueItems"), text)
    if schema.get("additionalProperties", True) is not True and schema.get("properties"):
        yield forbidden((*path, "additionalProperties"), "additionalProperties and properties are mutual exclusive")


def _inside(schema: Obj, place: _Place, is_root: bool) -> Iterator[tuple[Obj, _Place]]:
    """The schemas right inside, and where they are."""
    scope, path = place.scope, place.path
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        reason = "inside additionalProperties applying to object metadata" if place.inside_meta else place.no_defaults
        below = place._replace(path=(*path, "additionalProperties"), no_defaults=reason)
        yield others, below._replace(scope=scope and scope.within(others))
    for key, inner in (schema.get("properties") or {}).items():
        yield inner, _property(key, inner, schema, place, is_root)
    plain = place._replace(scope=None)
    yield from _junctors(schema, plain)
    items = schema.get("items")
    if isinstance(items, (dict, list)):
        if schema.get("x-kubernetes-list-type") != "map" and place.uncorrelated is None:
            place = place._replace(uncorrelated=path)
        if isinstance(items, dict):
            yield items, place._replace(path=(*path, "items"), scope=scope and scope.within(items))
        else:
            for index, item in enumerate(items):
                yield item, place._replace(path=(*path, "items", index), scope=scope and scope.within(item))


def _property(key: str, inner: Obj, schema: Obj, place: _Place, is_root: bool) -> _Place:
    below = place._replace(
        path=(*place.path, "properties", Key(key)), scope=place.scope and place.scope.within(inner, key)
    )
    if schema.get("x-kubernetes-map-type", "granular") not in ("granular", "atomic") and place.uncorrelated is None:
        below = below._replace(uncorrelated=place.path)
    if key in _META and (is_root or schema.get("x-kubernetes-embedded-resource")):
        below = below._replace(inside_meta=True)
        if is_root:
            below = below._replace(no_defaults=f"in top-level {key}")
    return below


def _junctors(schema: Obj, place: _Place) -> Iterator[tuple[Obj, _Place]]:
    def at(*parts: str | int) -> _Place:
        return place._replace(path=(*place.path, *parts))

    if isinstance(schema.get("not"), dict):
        yield schema["not"], at("not")
    for junctor in ("allOf", "oneOf", "anyOf"):
        for index, inner in enumerate(schema.get(junctor) or ()):
            yield inner, at(junctor, index)
    for key in ("definitions", "dependencies"):
        for name, inner in (schema.get(key) or {}).items():
            if isinstance(inner, dict):
                yield inner, at(key, Key(name))


def _extensions(schema: Obj, path: Path) -> Iterator[Fault]:
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        yield invalid((*path, "x-kubernetes-preserve-unknown-fields"), False, "must be true or undefined")
    for key, wanted, words in (
        ("x-kubernetes-map-type", "object", ("atomic", "granular")),
        ("x-kubernetes-list-type", "array", ("atomic", "set", "map")),
    ):
        value, type_ = schema.get(key), schema.get("type") or ""
        if value is None:
            continue
        if type_ != wanted:
            text = f"must be {wanted} if {key} is specified"
            yield invalid((*path, "type"), type_, text) if type_ else required((*path, "type"), text)
        if value not in words:
            yield unsupported((*path, key), value, words)
