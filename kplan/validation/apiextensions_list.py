"""Lists that are sets or maps, in the schemas of CustomResourceDefinitions.

Source: apiextensions-apiserver v1.36 pkg/apis/apiextensions/validation validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model.path import Key
from kplan.validation.check import Obj, Path
from kplan.validation.fault import Fault, forbidden, invalid, required

_TYPE = "x-kubernetes-list-type"
_KEYS = "x-kubernetes-list-map-keys"
_MAP = "x-kubernetes-map-type"


def list_faults(schema: Obj, path: Path) -> Iterator[Fault]:
    """What `x-kubernetes-list-type` and `x-kubernetes-list-map-keys` ask of a schema and its items."""
    type_, keys = schema.get(_TYPE), schema.get(_KEYS) or []
    items = schema.get("items")
    inner = items if isinstance(items, dict) else None
    if type_ == "set" and schema.get("type") == "array" and inner is not None:
        yield from _set_items(inner, (*path, "items"))
    if keys and type_ != "map":
        text = f"must be map if {_KEYS} is non-empty"
        yield required((*path, _TYPE), text) if type_ is None else invalid((*path, _TYPE), type_, text)
    if type_ == "map":
        yield from _map(schema, keys, inner, path)
    if type_ in ("set", "map") and inner is not None:
        yield from _no_nulls(type_, keys, inner, (*path, "items"))


def _set_items(items: Obj, path: Path) -> Iterator[Fault]:
    text = f"must be atomic as item of a list with {_TYPE}=set"
    if items.get("type") == "array" and items.get(_TYPE, "atomic") != "atomic":
        yield invalid((*path, _TYPE), items[_TYPE], text)
    if items.get("type") == "object" and items.get(_MAP) != "atomic":
        yield invalid((*path, _MAP), items.get(_TYPE), text)


def _map(schema: Obj, keys: list[str], items: Obj | None, path: Path) -> Iterator[Fault]:
    if not keys:
        yield required((*path, _KEYS), f"must not be empty if {_TYPE} is map")
    if "items" not in schema:
        yield required((*path, "items"), f"must have a schema if {_TYPE} is map")
    elif items is None:
        yield invalid((*path, "items"), schema["items"], f"must only have a single schema if {_TYPE} is map")
    elif items.get("type") != "object":
        text = f"must be object if parent array's {_TYPE} is map"
        yield invalid((*path, "items", "type"), items.get("type") or "", text)
    else:
        yield from _keys(keys, items, path)


def _keys(keys: list[str], items: Obj, path: Path) -> Iterator[Fault]:
    properties = items.get("properties") or {}
    for index, key in enumerate(keys):
        if key not in properties:
            yield invalid((*path, _KEYS), keys, "entries must all be names of item properties")
        elif properties[key].get("type") in ("array", "object"):
            text = f"must be a scalar type if parent array's {_TYPE} is map"
            yield invalid((*path, "items", "properties", Key(key), "type"), items["type"], text)
        if key in keys[:index]:
            yield invalid((*path, _KEYS), keys, "must not contain duplicate entries")


def _no_nulls(type_: str, keys: list[str], items: Obj, path: Path) -> Iterator[Fault]:
    """Items of sets and maps are there, and so are the keys of items."""
    if items.get("nullable"):
        yield forbidden((*path, "nullable"), f"cannot be nullable when {_TYPE} is {type_}")
    properties, needed = items.get("properties") or {}, items.get("required") or []
    for key in keys if type_ == "map" else ():
        if key not in properties:
            continue
        at = (*path, "properties", Key(key))
        if key not in needed and properties[key].get("default") is None:
            text = f"this property is in {_KEYS}, so it must have a default or be a required property"
            yield required((*at, "default"), text)
        if properties[key].get("nullable"):
            yield forbidden((*at, "nullable"), f"this property is in {_KEYS}, so it cannot be nullable")
