"""What a rollout comes to, in one sentence."""

from __future__ import annotations

from kplan.planner.frame import Map
from kplan.planner.model import Effect, Rollout
from kplan.planner.rollout import Workload


def plural(count: int, noun: str) -> str:
    """The count with its noun: `1 pod`, `3 pods`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def summary(found: Rollout, workload: Workload) -> str:
    """One sentence on what happens to the workload's pods."""
    if found.effect == Effect.CREATE:
        return _created(found, workload)
    if found.effect == Effect.DELETE:
        return f"goes, and its {plural(found.steps[0].pods, 'pod')} with it"
    if found.effect == Effect.REPLACE:
        return "has to be deleted and made anew: all its pods stop first"
    if found.effect == Effect.ROLL:
        return _rolled(found)
    if found.effect == Effect.SCALE:
        return _scaled(found)
    return _nothing(found, workload)


def _created(found: Rollout, workload: Workload) -> str:
    kind, pods = found.ref.kind, found.steps[-1].pods if found.steps else 0
    if kind == "Deployment":
        if found.new_name is None:
            return "makes no ReplicaSet while it is paused" if _is_paused(workload) else "makes no ReplicaSet"
        return f"makes ReplicaSet {found.new_name} with {plural(pods, 'pod')}"
    if kind == "DaemonSet":
        return f"makes a pod on each of {plural(found.replicas_after or 0, 'node')}"
    return f"makes {plural(max(pods, found.peak.pods), 'pod')}"


def _rolled(found: Rollout) -> str:
    old = found.steps[0].pods if found.steps else 0
    if not old:
        return "has no pods to replace; new ones get the new template"
    if found.finished:
        return f"replaces its {plural(old, 'pod')}"
    last = found.steps[-1]
    return f"never finishes: it stops at {plural(last.old, 'old pod')} and {plural(last.new, 'new pod')} ready"


def _scaled(found: Rollout) -> str:
    before, after = found.replicas_before, found.replicas_after
    same = f" in ReplicaSet {found.new_name}" if found.ref.kind == "Deployment" and found.new_name else ""
    if before is None or after is None:
        return "scales"
    what = f"{plural(after - before, 'pod')} added" if after > before else f"{plural(before - after, 'pod')} removed"
    return f"scales from {before} to {after}{same}: {what}, none restarted"


def _nothing(found: Rollout, workload: Workload) -> str:
    kind = found.ref.kind
    template_changes = any(field.path[:2] == ("spec", "template") for field in workload.change.fields)
    if kind in ("ReplicaSet", "ReplicationController") and template_changes:
        return f"replaces no pod: a {kind} gives its template only to pods that it makes later"
    if _is_paused(workload) and template_changes:
        return "replaces no pod while it is paused"
    if kind == "Deployment" and found.new_name and found.steps and not found.steps[0].pods:
        if pods := found.steps[-1].pods:
            return f"makes ReplicaSet {found.new_name} with {plural(pods, 'pod')}"
        if template_changes:
            return f"restarts nothing: it has no pods; the next ones are of ReplicaSet {found.new_name}"
    if kind in ("StatefulSet", "DaemonSet") and template_changes:
        return "replaces no pod by itself: they get the new template when they are deleted"
    return "restarts nothing"


def _is_paused(workload: Workload) -> bool:
    return bool(_spec(workload.after).get("paused"))


def _spec(data: Map | None) -> Map:
    return (data or {}).get("spec") or {}
