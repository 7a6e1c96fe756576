"""Custom resources, judged by their definitions.

Source: apiextensions-apiserver v1.36 pkg/registry/customresource strategy.go, validator.go; pkg/apiserver
customresource_handler.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kplan.cel.definition import has_rules
from kplan.cel.value import defaulted
from kplan.k8s.codec import DecodeError, decode
from kplan.k8s.name import dns_subdomain
from kplan.model.path import Key
from kplan.validation.check import Obj, Path
from kplan.validation.custom_meta import embedded_faults, malformed, pruned
from kplan.validation.custom_value import NEW, ordered, value_faults
from kplan.validation.fault import Fault, duplicate, invalid, show
from kplan.validation.feature import on
from kplan.validation.meta import object_meta

BLOCKING = frozenset(("required-value", "unsupported-value", "too-long", "too-many", "wrong-type"))
"""Faults that keep the server from looking at rules in CEL."""

_NOT_CHECKED = (
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete "
    "validation"
)
_STATUS = "status"
_INT32 = 2**31 - 1
_GO_TYPES = {str: "string", bool: "bool", float: "float64", list: "[]interface {}", dict: "map[string]interface {}"}


@dataclass(frozen=True, slots=True, eq=False)
class CustomCheck:
    """What objects of one version of a custom kind are judged by: schema and subresources, as Go holds them."""

    schema: Obj
    subresources: Obj
    is_namespaced: bool
    minor: int

    def faults(self, data: Obj, before: Mapping[str, Any] | None = None) -> Iterator[Fault]:
        """What the server refuses of an object that it can decode; `before` is the one that it replaces.

        The rules in CEL are not judged here (`kplan.cel.check`).
        """
        if unread := malformed(data, self.schema, (), self.minor):
            yield unread
            return
        value = self.stored(data)
        old = None if before is None else self.stored(before, is_kept=True)
        if old is not None and _STATUS in self.subresources and _STATUS in old:
            value = ordered({**value, _STATUS: old[_STATUS]})
        found = [
            *object_meta(data, dns_subdomain, namespaced=self.is_namespaced, kube_finalizers=False),
            *value_faults(value, self.schema, (), self.minor, NEW if old is None else old),
            *_scale(value, self.subresources.get("scale") or {}),
            *embedded_faults(value, self.schema, (), self.minor),
        ]
        if old is None or not any(_lists(old, self.schema, ())):
            found += _lists(value, self.schema, ())
        yield from found
        if has_rules(self.schema) and any(fault.rule in BLOCKING for fault in found):
            shown = "null" if on("BareNull", self.minor) else '"null"'
            yield Fault("invalid-value", ("<nil>",), f"Invalid value: {shown}: {_NOT_CHECKED}")

    def stored(self, data: Mapping[str, Any], *, is_kept: bool = False) -> Obj:
        """The object with its defaults, without unknown fields and nulls that may not be. A status that has a path of
        its own is only in an object that is kept: the server takes none from others.

        >>> check = CustomCheck({"properties": {"a": {"default": 1}, "b": {}}}, {"status": {}}, True, 36)
        >>> check.stored({"b": None, "c": 2, "status": {}})
        {'a': 1}
        """
        known = _without(dict(data), set(pruned(data, self.schema, is_root=True)))
        found: Obj = ordered(defaulted(without_nulls(known, self.schema), self.schema))
        if _STATUS in self.subresources and not is_kept:
            found.pop(_STATUS, None)
        return found


def _without(value: Any, paths: set[Path], at: Path = ()) -> Any:
    """The value without what stands at the paths."""
    if not paths:
        return value
    if isinstance(value, dict):
        return {k: _without(v, paths, (*at, k)) for k, v in value.items() if (*at, k) not in paths}
    return [_without(v, paths, (*at, i)) for i, v in enumerate(value)] if isinstance(value, list) else value


def custom_check(schema: Obj, subresources: Any, *, is_namespaced: bool, minor: int) -> CustomCheck | None:
    """The check of a version of a custom kind, None for a definition that the server could not decode."""
    try:
        read = decode("apiextensions/v1.JSONSchemaProps", minor, schema)
        below = decode("apiextensions/v1.CustomResourceSubresources", minor, subresources)
    except DecodeError:
        return None
    return CustomCheck(read, below, is_namespaced, minor)


def without_nulls(value: Any, schema: Any) -> Any:
    """The value without the nulls of fields that may not be null and have no default.

    Source: apiextensions-apiserver v1.36 pkg/apiserver/schema/defaulting prunenulls.go.
    """
    known = schema if isinstance(schema, dict) else {}
    if isinstance(value, list):
        return [without_nulls(item, known.get("items")) for item in value]
    if not isinstance(value, dict):
        return value
    properties, found = known.get("properties") or {}, {}
    for key, item in value.items():
        inner = properties[key] if key in properties else known.get("additionalProperties")
        if item is None and isinstance(inner, dict) and not inner.get("nullable") and inner.get("default") is None:
            continue
        found[key] = without_nulls(item, inner)
    return found


def _scale(value: Obj, scale: Obj) -> Iterator[Fault]:
    """The numbers and the selector that the scale subresource reads."""
    for key in ("specReplicasPath", "statusReplicasPath"):
        if not (path := scale.get(key)):
            continue
        replicas, error = _at(value, path, int, "int64")
        if error:
            yield invalid((path,), 0, error)
        elif replicas is not None and replicas < 0:
            yield invalid((path,), replicas, "should be a non-negative integer")
        elif replicas is not None and replicas > _INT32:
            yield invalid((path,), replicas, f"should be less than or equal to {_INT32}")
    if path := scale.get("labelSelectorPath"):
        _, error = _at(value, path, str, "string")
        if error:
            yield invalid((path,), "", error)


def _at(value: Any, path: str, wanted: type, word: str) -> tuple[Any, str]:
    """The value at a path like `.spec.replicas`, and why it cannot be read ("" where it can)."""
    names = path.removeprefix(".").split(".")
    for index, name in enumerate(names):
        if value is None:
            return None, ""
        if not isinstance(value, dict):
            return None, _accessor(names[: index + 1], value, "map[string]interface{}")
        if name not in value:
            return None, ""
        value = value[name]
    return (value, "") if type(value) is wanted else (None, _accessor(names, value, word))


def _accessor(names: list[str], value: Any, word: str) -> str:
    given = "<nil>" if value is None else "int64" if type(value) is int else _GO_TYPES.get(type(value), "string")
    return f".{'.'.join(names)} accessor error: {_shown(value)} is of the type {given}, expected {word}"


def _shown(value: Any) -> str:
    """A value as Go prints it with %v."""
    if isinstance(value, list):
        return f"[{' '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_shown(item)}' for key, item in value.items())}]"
    return "<nil>" if value is None else value if isinstance(value, str) else show(value)


def _lists(value: Any, schema: Any, path: Path) -> Iterator[Fault]:
    """Items that are there twice in lists that are sets or maps.

    Source: apiextensions-apiserver v1.36 pkg/apiserver/schema/listtype validation.go.
    """
    if not isinstance(schema, dict):
        return
    if isinstance(value, list):
        kind = schema.get("x-kubernetes-list-type")
        if kind == "set":
            yield from _repeated(value, value, path)
        elif kind == "map":
            yield from _repeated_keys(value, schema.get("x-kubernetes-list-map-keys") or [], path)
        for index, item in enumerate(value):
            yield from _lists(item, schema.get("items"), (*path, index))
    elif isinstance(value, dict):
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for key, item in value.items():
            known = key in properties
            yield from _lists(item, properties[key] if known else others, (*path, key if known else Key(key)))


def _repeated(keys: list[Any], shown: list[Any], path: Path) -> Iterator[Fault]:
    """A fault at the second of several that are the same."""
    seen: dict[str, int] = {}
    for index, key in enumerate(keys):
        text = json.dumps(key, sort_keys=True, default=str)
        seen[text] = seen.get(text, 0) + 1
        if seen[text] == 2:
            yield duplicate((*path, index), shown[index])


def _repeated_keys(items: list[Any], keys: list[str], path: Path) -> Iterator[Fault]:
    for index, item in enumerate(items):
        if item is not None and not isinstance(item, dict):
            yield invalid((*path, index), item, "must be an object for an array of list-type map")
            return
    found = [{key: item[key] for key in keys if key in item} if item else {} for item in items]
    yield from _repeated(found, found, path)
