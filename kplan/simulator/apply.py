"""`kubectl apply` of one object to a store: merge, defaults, admission, store."""

from __future__ import annotations

from typing import Any, Literal

from kplan.controllers.action import Seed
from kplan.controllers.state import Map, Obj, Pod
from kplan.defaults import stored
from kplan.differ.merge import Conflict, server_side_apply, three_way_apply, updated
from kplan.differ.meta import Meta, meta_of
from kplan.differ.ownership import field_set
from kplan.errors import InputError
from kplan.kinds import owning_group, scope, split_api_version
from kplan.simulator.admission import refusal, too_many
from kplan.simulator.quota import refuses_object, refuses_pod
from kplan.simulator.step import Applied
from kplan.simulator.store import Store
from kplan.validation.update import prepare_update

MANAGER = "kplan"
Verb = Literal["created", "configured", "unchanged", "refused"]


def apply_object(
    store: Store, written: Map, namespace: str, *, server_side: bool = False, force: bool = False
) -> Applied:
    """Create or change one object as `kubectl apply` would. The store's controllers have not acted yet."""
    metadata: Map = written.get("metadata") or {}
    kind, name = str(written.get("kind")), str(metadata.get("name") or "")
    group, _ = split_api_version(str(written.get("apiVersion") or ""))
    where = scope(owning_group(group, kind), kind)
    space = "" if where == "Cluster" else str(metadata.get("namespace") or namespace)
    stored_kind = kind if where else f"{kind}.{group}"  # a custom Deployment is none
    if not name:
        prefix = str(metadata.get("generateName") or "")
        why = f"from {prefix}: cannot use generate name with apply" if prefix else "resource name may not be empty"
        return Applied(kind, space, prefix, "refused", f"error: {why}")
    live = store.get(stored_kind, space, name)
    try:
        merged, owners = _merged(store, live, written, server_side, force)
        new = stored(merged, store.minor)
    except (Conflict, InputError) as error:
        return Applied(kind, space, name, "refused", str(error))
    verb, message = put(store, live, stored_kind, space, name, new)
    obj = store.get(stored_kind, space, name)
    if obj is not None and verb != "refused":
        obj.managers = owners
        if not server_side:
            obj.last_applied = written
    return Applied(kind, space, name, verb, message)


def _merged(store: Store, live: Obj | None, written: Map, server_side: bool, force: bool) -> tuple[Map, Map]:
    data = live.data if live else None
    owners = live.managers if live else {}
    if not server_side:
        merged = three_way_apply(live.last_applied if live else None, data, written, store.minor)
        return merged, updated(data or {}, merged, owners, "kubectl-client-side-apply", store.minor) if owners else {}
    if live is not None and live.last_applied is not None and MANAGER not in owners:
        # kubectl hands the fields of earlier client-side applies over to the new manager.
        meta = meta_of(str(written.get("apiVersion")), live.kind, store.minor) or Meta(None)
        owners = {**owners, MANAGER: field_set(live.last_applied, meta)}
    return server_side_apply(data, written, owners, MANAGER, store.minor, force)


def put(store: Store, live: Obj | None, kind: str, namespace: str, name: str, new: Map) -> tuple[Verb, str]:
    """Store an object as it should be. The answer says what was done, and why where it was refused."""
    if live is not None and live.data == new:
        return "unchanged", ""
    if live is not None:
        new = prepare_update(live.data, new, store.minor)
    if reason := refusal(live, new, store.minor):
        return "refused", f'The {kind} "{name}" is invalid: {reason}'
    if reason := too_many(new):
        return "refused", reason
    if live is None and kind == "Pod" and (reason := refuses_pod(store, namespace, new, {})):
        return "refused", f'pods "{name}" is forbidden: {reason}'
    if kind != "Pod" and (reason := refuses_object(store, live, kind, namespace, new)):
        return "refused", f'{kind} "{name}" is forbidden: {reason}'
    if live is not None:
        store.replace(live, new)
        _follow(store, live)
        return "configured", ""
    obj = store.add(kind, namespace, name, new)
    if kind == "Pod":
        obj.memo = store.create_pod(namespace, None, new, obj.labels, Seed(name=name))
    return "created", ""


def edit(store: Store, obj: Obj, new: Map) -> tuple[Verb, str]:
    """Store an object changed by another kubectl command (scale, rollout, set): its defaults are filled in again."""
    new = stored(new, store.minor)
    owners: Any = updated(obj.data, new, obj.managers, "kubectl", store.minor) if obj.managers else {}
    verb, message = put(store, obj, obj.kind, obj.namespace, obj.name, new)
    if verb != "refused":
        obj.managers = owners
    return verb, message


def _follow(store: Store, obj: Obj) -> None:
    """A bare pod's labels follow its object's."""
    if isinstance(obj.memo, Pod) and obj.memo.cohort.labels != obj.labels:
        store.relabel_pod(obj.memo, obj.labels)
