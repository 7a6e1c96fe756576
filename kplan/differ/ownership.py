"""Server-side apply: each manager owns the fields that it has written, and loses what it no longer writes.

A field set is a frozenset of paths. A path goes through maps by key and through lists by the keys of an item, as
`("spec", "containers", (("name", "web"),), "image")`; it ends at a value that is taken as one.

Source: kubernetes v1.36 structured-merge-diff v6 merge.Updater, typed.TypedValue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kplan.differ.meta import Field, Meta, meta_of
from kplan.differ.patch import Map
from kplan.differ.value import same, without_nulls

ItemKey: TypeAlias = tuple[tuple[str, Any], ...]
OwnedPath: TypeAlias = tuple[str | ItemKey, ...]
FieldSet: TypeAlias = frozenset[OwnedPath]
Owners: TypeAlias = Mapping[str, FieldSet]

_DEFAULT_KEYS = {"protocol": "TCP"}
_IDENTITY = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}


class Conflict(Exception):
    """Another manager owns a field that the written object gives another value; `fields` says who owns which."""

    def __init__(self, fields: tuple[tuple[str, OwnedPath], ...]) -> None:
        super().__init__("; ".join(f"conflict with {manager}: {path_text(path)}" for manager, path in fields))
        self.fields = fields


def server_side_apply(
    live: Map | None, written: Map, owners: Owners | None, manager: str, minor: int, force: bool = False
) -> tuple[Map, dict[str, FieldSet]]:
    """The object after `kubectl apply --server-side`, before defaults, and who owns its fields then.

    What `manager` owned and no longer writes is removed, unless another manager owns it too.

    >>> web = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 4, "paused": True}}
    >>> live, owners = server_side_apply(None, web, None, "ci", 36)
    >>> server_side_apply(live, {**web, "spec": {"paused": True}}, owners, "ci", 36)[0]["spec"]
    {'paused': True}

    Raises Conflict where another manager owns a field with another value, unless `force` takes it over.
    """
    meta = meta_of(str(written.get("apiVersion", "")), str(written.get("kind", "")), minor) or Meta(None)
    written = without_nulls(written)
    others = {name: paths for name, paths in (owners or {}).items() if name != manager}
    wanted = field_set(written, meta)
    if live is None:
        return written, {**others, manager: wanted}
    changed = {path for path in wanted if not same(_at(live, path), _at(written, path))}
    conflicts = tuple((name, path) for name in sorted(others) for path in sorted(others[name] & changed, key=path_text))
    if conflicts and not force:
        raise Conflict(conflicts)
    others = {name: frozenset(paths - changed) for name, paths in others.items()}
    merged = _merged(live, written, meta)
    kept = frozenset().union(wanted, *others.values())
    for path in sorted((owners or {}).get(manager, frozenset()) - kept, key=len, reverse=True):
        merged = _without(merged, path, kept)
    return merged, {**others, manager: wanted}


def updated(before: Map, after: Map, owners: Owners, manager: str, minor: int) -> dict[str, FieldSet]:
    """Who owns what after `manager` changed the object by an update (scale, edit): it owns just what it changed."""
    meta = meta_of(str(after.get("apiVersion", "")), str(after.get("kind", "")), minor) or Meta(None)
    fields = field_set(after, meta)
    changed = frozenset(path for path in fields if not same(_at(before, path), _at(after, path)))
    if not changed:
        return dict(owners)
    taken = {name: frozenset(paths - changed) for name, paths in owners.items()}
    return {**taken, manager: taken.get(manager, frozenset()) | changed}


def field_set(value: Map, meta: Meta) -> FieldSet:
    """The paths of all values in an object, but for those that name it."""
    return frozenset(path for path in _paths(value, meta) if path not in _IDENTITY)


def path_text(path: OwnedPath) -> str:
    """The path as messages of the API server have it: `.spec.containers[name="web"].image`."""
    text = ""
    for part in path:
        if isinstance(part, str):
            text += f".{part}"
        else:
            text += "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in part) + "]"
    return text


def _paths(value: Any, meta: Meta) -> Iterator[OwnedPath]:
    for key, inner in value.items():
        field = meta.field(key)
        if isinstance(inner, dict) and inner:
            yield from ((key, *path) for path in _paths(inner, field.meta))
        elif isinstance(inner, list) and field.keys and inner:
            for item in inner:
                mine = _item_key(item, field.keys)
                yield (key, mine)
                yield from ((key, mine, *path) for path in _paths(item, field.meta))
        elif isinstance(inner, list) and field.is_set and inner:
            yield from ((key, (("", item),)) for item in inner)
        else:
            yield (key,)


def _item_key(item: Any, keys: tuple[str, ...]) -> ItemKey:
    return tuple((key, item.get(key, _DEFAULT_KEYS.get(key))) for key in keys)


def _at(value: Any, path: OwnedPath) -> Any:
    for part in path:
        if isinstance(part, str):
            value = value.get(part) if isinstance(value, dict) else None
        elif isinstance(value, list):
            value = next((item for item in value if _matches(item, part)), None)
        else:
            return None
    return True if path and not isinstance(path[-1], str) and value is not None else value


def _matches(item: Any, key: ItemKey) -> bool:
    if key and key[0][0] == "":
        return same(item, key[0][1])
    return isinstance(item, dict) and _item_key(item, tuple(name for name, _ in key)) == key


def _merged(live: Map, written: Map, meta: Meta) -> Map:
    result = dict(live)
    for key, new in written.items():
        old, field = live.get(key), meta.field(key)
        if isinstance(old, dict) and isinstance(new, dict) and new:
            result[key] = _merged(old, new, field.meta)
        elif isinstance(old, list) and isinstance(new, list) and (field.keys or field.is_set):
            result[key] = _merged_list(old, new, field)
        else:
            result[key] = new
    return result


def _merged_list(live: list[Any], written: list[Any], field: Field) -> list[Any]:
    """Written items in the manifest's order; live ones that it lacks stay where they stood before them."""

    def key_of(item: Any) -> ItemKey:
        return _item_key(item, field.keys) if field.keys else (("", item),)

    known = {key_of(item): item for item in live}
    wanted = {key_of(item) for item in written}
    result: list[Any] = []
    rest = list(live)
    for item in written:
        mine = key_of(item)
        if mine in known:
            while rest and key_of(rest[0]) not in wanted:
                result.append(rest.pop(0))
            rest = [other for other in rest if key_of(other) != mine]
            item = _merged(known[mine], item, field.meta) if field.keys else item
        result.append(item)
    return result + rest


def _without(value: Any, path: OwnedPath, kept: FieldSet, done: OwnedPath = ()) -> Any:
    """The value without what is at `path`; maps left empty go too."""
    head, rest = path[0], path[1:]
    here = (*done, head)
    if isinstance(head, str):
        if not isinstance(value, dict) or head not in value:
            return value
        inner = _without(value[head], rest, kept, here) if rest else None
        result = {key: inner if key == head else item for key, item in value.items()}
        if inner is None or (inner in ({}, []) and value[head] not in ({}, [])):
            del result[head]
        return result
    if not isinstance(value, list):
        return value
    if rest:
        return [_without(item, rest, kept, here) if _matches(item, head) else item for item in value]
    if any(path[: len(here)] == here for path in kept):
        return value
    return [item for item in value if not _matches(item, head)]
