"""The inventory of a cluster in a file: which objects there are, and of ConfigMaps and Secrets the keys, no values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kplan.errors import InputError, UsageError
from kplan.model import ObjectRef, Resource

VERSION: Final = 1
Inventory = dict[ObjectRef, frozenset[str] | None]

_WITH_KEYS: Final = ("ConfigMap", "Secret")
_DATA: Final = ("data", "binaryData", "stringData")


def inventory_of(resources: Iterable[Resource]) -> Inventory:
    """The objects with their keys; None for objects that are neither ConfigMaps nor Secrets."""
    return {r.ref: _keys(r) for r in resources if r.ref.name}


def _keys(resource: Resource) -> frozenset[str] | None:
    if resource.ref.group or resource.kind not in _WITH_KEYS:
        return None
    parts = (resource.data.get(field) for field in _DATA)
    return frozenset(str(key) for part in parts if isinstance(part, dict) for key in part)


def inventory_text(inventory: Mapping[ObjectRef, frozenset[str] | None]) -> str:
    """The inventory as JSON, a line for each object, sorted: the same objects give the same bytes."""
    lines = [json.dumps(_entry(ref, inventory[ref]), ensure_ascii=False) for ref in sorted(inventory)]
    return f'{{"version": {VERSION}, "objects": [\n' + ",\n".join(lines) + "\n]}\n"


def _entry(ref: ObjectRef, keys: frozenset[str] | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": f"{ref.kind}.{ref.group}" if ref.group else ref.kind}
    if ref.namespace:
        entry["namespace"] = ref.namespace
    entry["name"] = ref.name
    return entry if keys is None else {**entry, "keys": sorted(keys)}


def read_inventory(file: str) -> Inventory:
    """The inventory in a file. Raises InputError where it cannot be read, UsageError where it is none."""
    try:
        with open(file, "rb") as stream:
            data = json.loads(stream.read())
    except OSError as error:
        raise InputError(f"the inventory `{file}` cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the inventory `{file}` is no JSON: {error}") from None
    if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("objects"), list):
        raise UsageError(f"`{file}` is no inventory of version {VERSION}; `kplan inventory` writes one")
    return dict(_read_entry(file, entry) for entry in data["objects"])


def _read_entry(file: str, entry: Any) -> tuple[ObjectRef, frozenset[str] | None]:
    given = entry if isinstance(entry, dict) else {}
    kind, namespace, name = given.get("kind"), given.get("namespace", ""), given.get("name")
    keys = given.get("keys")
    is_fine = all(isinstance(text, str) for text in (kind, namespace, name)) and name and kind
    if not is_fine or not (keys is None or (isinstance(keys, list) and all(isinstance(key, str) for key in keys))):
        raise UsageError(f"`{file}` is no inventory: an object has a kind, a name and perhaps a namespace and keys")
    short, _, group = str(kind).partition(".")
    return ObjectRef(group, short, str(namespace), str(name)), None if keys is None else frozenset(keys)
