"""Types and metadata of objects inside custom resources: `x-kubernetes-embedded-resource`.

Source: apiextensions-apiserver v1.36 pkg/apiserver/schema/objectmeta, pkg/apiserver/schema/pruning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.codec import DecodeError, decode
from kplan.k8s.name import dns_label_1035, path_segment
from kplan.model.path import Key
from kplan.validation.check import Obj, Path
from kplan.validation.fault import Fault, invalid, required
from kplan.validation.meta import object_meta

META_FIELDS = ("apiVersion", "kind", "metadata")
_EMBEDDED = "x-kubernetes-embedded-resource"
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_OTHERS = "additionalProperties"


def embedded_faults(value: Any, schema: Obj | None, path: Path, minor: int, *, is_root: bool = False) -> list[Fault]:
    """What is wrong with embedded objects in a value: first what cannot be read, else what is not valid.

    With `is_root` the value is such an object itself.
    """
    coerced = malformed(value, schema, path, minor, is_root=is_root)
    return [coerced] if coerced else list(_invalid(value, schema, path, minor, is_root))


def malformed(value: Any, schema: Obj | None, path: Path, minor: int, *, is_root: bool = False) -> Fault | None:
    """The first thing about embedded objects in a value that the server cannot even read."""
    return next(_malformed(value, schema, path, minor, is_root), None)


def _inner(value: Any, schema: Obj | None, path: Path) -> Iterator[tuple[Any, Obj | None, Path]]:
    if schema is None:
        return
    if isinstance(value, dict):
        properties, others = schema.get("properties") or {}, schema.get(_OTHERS)
        for key, item in value.items():
            if key in properties:
                yield item, properties[key], (*path, key)
            elif isinstance(others, dict):
                yield item, others, (*path, Key(key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield item, schema["items"], (*path, index)


def _is_object(value: Any, schema: Obj | None, is_root: bool) -> bool:
    return isinstance(value, dict) and (is_root or bool(schema and schema.get(_EMBEDDED)))


def _malformed(value: Any, schema: Obj | None, path: Path, minor: int, is_root: bool) -> Iterator[Fault]:
    is_object = _is_object(value, schema, is_root)
    if is_object:
        for key in ("apiVersion", "kind"):
            if key in value and not isinstance(value[key], str):
                yield invalid((*path, key), value[key], "must be a string")
        if "metadata" in value:
            try:
                decode("meta/v1.ObjectMeta", minor, value["metadata"])
            except DecodeError as error:
                yield invalid((*path, "metadata"), value["metadata"], str(error))
    for item, inner, at in _inner(value, schema, path):
        if not (is_object and at[-1] in META_FIELDS):
            yield from _malformed(item, inner, at, minor, False)


def _invalid(value: Any, schema: Obj | None, path: Path, minor: int, is_root: bool) -> Iterator[Fault]:
    if _is_object(value, schema, is_root):
        yield from _type_meta(value, path)
        if "metadata" in value:
            yield from _object_meta(value["metadata"] or {}, path)
    for item, inner, at in _inner(value, schema, path):
        yield from _invalid(item, inner, at, minor, False)


def _type_meta(value: Obj, path: Path) -> Iterator[Fault]:
    for key in ("apiVersion", "kind"):
        if key not in value:
            yield required((*path, key))
        elif not isinstance(value[key], str):
            yield invalid((*path, key), value[key], "must be a string")
        elif not value[key]:
            yield invalid((*path, key), "", "must not be empty")
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if isinstance(api_version, str) and api_version.count("/") > 1:
        yield invalid((*path, "apiVersion"), api_version, f"unexpected GroupVersion string: {api_version}")
    if isinstance(kind, str) and kind and (found := dns_label_1035(kind.lower())):
        text = f"may have mixed case, but should otherwise match: {','.join(found)}"
        yield invalid((*path, "kind"), kind, text)


def _object_meta(metadata: Obj, path: Path) -> Iterator[Fault]:
    named = {**metadata, "name": metadata.get("name") or "fakename"}
    for fault in object_meta({"metadata": named}, path_segment, kube_finalizers=False):
        yield Fault(fault.rule, (*path, *fault.path), fault.message)


def pruned(value: Any, schema: Obj | None, path: Path = (), *, is_root: bool = False) -> Iterator[Path]:
    """The paths of what the server prunes from the value: fields that the schema does not name."""
    if schema is not None and schema.get(_PRESERVE):
        yield from _kept(value, schema, path, is_root)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from pruned(item, _items(schema), (*path, index))
    elif isinstance(value, dict):
        properties = (schema or {}).get("properties") or {}
        for key, item in value.items():
            if schema is None or not (_is_meta(key, schema, is_root) or key in properties or _OTHERS in schema):
                yield (*path, key)
            elif not _is_meta(key, schema, is_root):
                yield from pruned(item, _member(key, schema), (*path, key))


def _kept(value: Any, schema: Obj | None, path: Path, is_root: bool) -> Iterator[Path]:
    """What is pruned below a value that keeps its unknown fields: what the schema names is pruned as elsewhere."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _kept(item, _items(schema), (*path, index), False)
    elif isinstance(value, dict) and schema is not None:
        properties = schema.get("properties") or {}
        for key, item in value.items():
            if not _is_meta(key, schema, is_root) and (key in properties or _OTHERS in schema):
                yield from pruned(item, _member(key, schema), (*path, key))


def _is_meta(key: str, schema: Obj, is_root: bool) -> bool:
    return key in META_FIELDS and (is_root or bool(schema.get(_EMBEDDED)))


def _items(schema: Obj | None) -> Obj | None:
    items = (schema or {}).get("items")
    return items if isinstance(items, dict) else None


def _member(key: str, schema: Obj) -> Obj | None:
    properties = schema.get("properties") or {}
    found = properties[key] if key in properties else schema.get(_OTHERS)
    return found if isinstance(found, dict) else None
