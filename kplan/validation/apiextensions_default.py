"""Defaults in the schemas of CustomResourceDefinitions: each must be a good value, and have no unknown fields.

Source: apiextensions-apiserver v1.36 pkg/apiserver/schema/defaulting validation.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

from kplan.model.path import Key
from kplan.validation.check import Obj, Path
from kplan.validation.custom_meta import META_FIELDS, embedded_faults, pruned
from kplan.validation.custom_value import ordered, value_faults
from kplan.validation.fault import Fault, invalid

_Surrounding: TypeAlias = Callable[[Any], Any]

_EMBEDDED = "x-kubernetes-embedded-resource"


class _Place(NamedTuple):
    """Where the walk is: the object around, as a schema and as a function that puts a value into its place there."""

    path: Path
    root: Obj
    around: _Surrounding
    inside_meta: bool
    minor: int


def default_faults(schema: Obj, path: Path, minor: int) -> list[Fault]:
    """What is wrong with the defaults of a structural schema of a whole object."""
    root = {**schema, _EMBEDDED: True}
    return list(_faults(root, _Place(path, root, _typed, False, minor)))


def _typed(value: Any) -> Any:
    return {**value, "apiVersion": "validation/v1", "kind": "Validation"} if isinstance(value, dict) else value


def _faults(schema: Obj, place: _Place) -> Iterator[Fault]:
    if schema.get(_EMBEDDED):
        place = place._replace(root=schema, around=_typed, inside_meta=False)
    if schema.get("default") is not None:
        yield from _default(schema, place)
    items = schema.get("items")
    if isinstance(items, dict):
        inner = place._replace(path=(*place.path, "items"), around=lambda value: place.around([value]))
        yield from _faults(items, inner)
    for key, below in (schema.get("properties") or {}).items():
        inside = place.inside_meta or bool(schema.get(_EMBEDDED) and key in META_FIELDS)
        yield from _faults(below, _property(place, key)._replace(inside_meta=inside))


def _property(place: _Place, key: str) -> _Place:
    path = (*place.path, "properties", Key(key))
    return place._replace(path=path, around=lambda value: place.around({key: value}))


def _default(schema: Obj, place: _Place) -> Iterator[Fault]:
    value, at, is_object = ordered(schema["default"]), (*place.path, "default"), bool(schema.get(_EMBEDDED))
    if place.inside_meta:
        if found := embedded_faults(place.around(value), place.root, (), place.minor, is_root=True):
            text = ", ".join(f"{fault.field}: {fault.message}" for fault in found)
            yield invalid(at, value, f"must result in valid metadata: {text}")
            return
    else:
        if next(pruned(value, schema, is_root=is_object), None) is not None:
            yield invalid(at, value, "must not have unknown fields")
        if found := embedded_faults(value, schema, at, place.minor, is_root=is_object):
            yield from found
            return
    if found := value_faults(value, schema, at, place.minor, is_default=True):
        yield from found
    else:
        yield from _rule_faults(value, schema, at, place)


def _rule_faults(value: Any, schema: Obj, at: Path, place: _Place) -> Iterator[Fault]:
    """What the schema's own rules say against its default."""
    from kplan.cel.definition import has_rules

    if has_rules(schema):
        from kplan.cel.custom import value_problems

        for path, message in value_problems(value, schema, place.minor, is_root=schema is place.root):
            yield Fault("invalid-value", (*at, *path), message)
