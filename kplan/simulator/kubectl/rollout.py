"""`kubectl rollout`: pause, resume, restart, undo.

Source: kubernetes v1.36 kubectl pkg/cmd/rollout, pkg/polymorphichelpers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kplan.controllers.deployment.revision import HASH_LABEL, NOT_COPIED, replica_sets, revision_of
from kplan.controllers.state import Map, Obj
from kplan.simulator.kubectl.command import Command, Outcome, each, with_spec
from kplan.simulator.world import World

_PAUSED = "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"


def pause(world: World, command: Command) -> Outcome:
    """Stop rolling; refused where it is paused already."""

    def change(obj: Obj) -> Map | str:
        if obj.spec.get("paused"):
            return f'error: deployments.apps "{obj.name}" is already paused'
        return with_spec(obj, paused=True)

    return each(world, command, change)


def resume(world: World, command: Command) -> Outcome:
    """Roll on; refused where it is not paused."""

    def change(obj: Obj) -> Map | str:
        if not obj.spec.get("paused"):
            return f'error: deployments.apps "{obj.name}" is not paused'
        return {**obj.data, "spec": {k: v for k, v in obj.spec.items() if k != "paused"}}

    return each(world, command, change)


def restart(world: World, command: Command) -> Outcome:
    """Give the pod template a time stamp, so that all pods are replaced."""

    def change(obj: Obj) -> Map | str:
        if obj.spec.get("paused"):
            return "error: can't restart paused deployment (run rollout resume first)"
        metadata = obj.template.get("metadata") or {}
        stamp = {"kubectl.kubernetes.io/restartedAt": _timestamp(world.store.now_s)}
        annotations = {**(metadata.get("annotations") or {}), **stamp}
        return with_spec(obj, template={**obj.template, "metadata": {**metadata, "annotations": annotations}})

    return each(world, command, change)


def _timestamp(seconds: float) -> str:
    """Virtual time as the API writes it; it begins with the year 2000."""
    return (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")


def undo(world: World, command: Command) -> Outcome:
    """Back to the template of the revision before, or of `--to-revision`."""
    text = command.option("to-revision") or "0"
    if not text.isdecimal():
        return 1, f'error: invalid argument "{text}" for "--to-revision" flag'
    wanted = int(text)

    def change(obj: Obj) -> Map | str | None:
        return _undo_replica_set(world, obj, wanted) if obj.kind == "Deployment" else _undo_revision(world, obj, wanted)

    return each(world, command, change)


def _undo_replica_set(world: World, obj: Obj, wanted: int) -> Map | str | None:
    target = _target(world, obj, wanted)
    if isinstance(target, str):
        return target
    if obj.spec.get("paused"):
        return f"error: {_PAUSED}"
    if world.store.fingerprint(target.template) == world.store.fingerprint(obj.template):
        return None
    metadata = target.template.get("metadata") or {}
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != HASH_LABEL}
    annotations = {k: v for k, v in obj.annotations.items() if k in NOT_COPIED}
    annotations |= {k: v for k, v in target.annotations.items() if k not in NOT_COPIED}
    new = with_spec(obj, template={**target.template, "metadata": {**metadata, "labels": labels}})
    return {**new, "metadata": {**obj.metadata, "annotations": annotations}}


def _target(world: World, obj: Obj, wanted: int) -> Obj | str:
    """The ReplicaSet to go back to, or why there is none."""
    sets = sorted(replica_sets(world.store, obj), key=revision_of)
    if wanted:
        found = next((one for one in sets if revision_of(one) == wanted), None)
        return found or f"error: unable to find specified revision {wanted} in history"
    earlier = [one for one in sets if revision_of(one) > 0][:-1]
    return earlier[-1] if earlier else f'error: no rollout history found for deployment "{obj.name}"'


def _undo_revision(world: World, obj: Obj, wanted: int) -> Map | str | None:
    """StatefulSets and DaemonSets: back to the template in an earlier ControllerRevision."""
    revisions = world.store.children(obj, "ControllerRevision")
    revisions.sort(key=lambda one: int(one.data.get("revision") or 0))
    if not revisions:
        return f'error: no rollout history found for {obj.kind.lower()} "{obj.name}"'
    if wanted:
        found = next((one for one in revisions if one.data.get("revision") == wanted), None)
        if found is None:
            return "error: unable to find specified revision"
    elif len(revisions) < 2:
        return "error: no last revision to roll back to"
    else:
        found = revisions[-2]
    template = ((found.data.get("data") or {}).get("spec") or {}).get("template")
    return None if template is None or template == obj.template else with_spec(obj, template=template)
