"""What `kubectl apply` makes of a live object: client side by three-way merge, server side by field ownership."""

from __future__ import annotations

from typing import Any

from kplan.differ.meta import meta_of
from kplan.differ.ownership import Conflict, server_side_apply, updated
from kplan.differ.patch import Map, apply_patch, three_way_patch
from kplan.differ.value import without_nulls

__all__ = ["Conflict", "server_side_apply", "three_way_apply", "updated"]


def three_way_apply(last_applied: Map | None, live: Map | None, written: Map, minor: int) -> Map:
    """The object after `kubectl apply`, before the API server fills in defaults; none of the arguments is changed.

    Fields in `last_applied` that `written` no longer has are deleted, `null` deletes, all else that is live stays.
    Lists merge by the key the API names for them and then stand in the manifest's order; other lists are replaced.
    A custom resource gets a JSON merge patch: its lists are always replaced. With `live` None it is a creation.

    >>> before = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 3, "paused": True}}
    >>> three_way_apply(before, {**before, "status": {}}, {**before, "spec": {"paused": True}}, 36)["spec"]
    {'paused': True}

    Source: kubernetes v1.36 kubectl pkg/cmd/apply Patcher, apimachinery pkg/util/strategicpatch and jsonmergepatch.
    """
    if live is None:
        created: Map = without_nulls(written)
        return created
    meta = meta_of(str(written.get("apiVersion", "")), str(written.get("kind", "")), minor)
    if meta is None:
        return _json_merge(last_applied or {}, live, written)
    return apply_patch(live, three_way_patch(last_applied or {}, written, live, meta), meta)


def _json_merge(last: Map, live: Map, written: Map) -> Map:
    """Source: kubernetes v1.36 apimachinery pkg/util/jsonmergepatch CreateThreeWayJSONMergePatch."""
    dropped = {
        key
        for key in (*last, *written)
        if written.get(key) is None and (key not in written or last.get(key, 0) is not None)
    }
    result = {key: value for key, value in live.items() if key not in dropped}
    for key, new in written.items():
        if isinstance(new, dict) and isinstance(live.get(key), dict):
            result[key] = _json_merge(_map(last.get(key)), live[key], new)
        elif new is not None:
            result[key] = without_nulls(new)
    return result


def _map(value: Any) -> Map:
    return value if isinstance(value, dict) else {}
