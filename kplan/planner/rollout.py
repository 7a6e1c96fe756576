"""From frames to rollouts: what an apply does to the pods of each workload, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kplan.controllers.fencepost import fenceposts, resolve
from kplan.model import ObjectRef
from kplan.model.change import Change, Verb
from kplan.planner.demand import pod_request
from kplan.planner.frame import Frame, Map
from kplan.planner.model import Demand, Effect, Rollout, RolloutStep
from kplan.planner.simulation import Simulation
from kplan.planner.view import DeploymentView, DirectView, View

SECTIONS = {
    "Deployment": "deployments",
    "ReplicaSet": "replicasets",
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
    "Job": "jobs",
    "ReplicationController": "replicationcontrollers",
}


@dataclass(frozen=True, slots=True)
class Workload:
    """One workload and what is known of it: its change, and its data as stored before and after (None where absent)."""

    change: Change
    before: Map | None
    after: Map | None

    @property
    def ref(self) -> ObjectRef:
        """Its identity."""
        return self.change.ref


def rollout(workload: Workload, simulation: Simulation) -> Rollout:
    """What happens to the workload's pods."""
    view = _view(workload, simulation)
    steps = tuple(_steps(view, simulation.frames))
    wanted = _wanted(workload, workload.before, simulation.first), _wanted(workload, workload.after, simulation.last)
    effect = _effect(workload, view, steps, scales=wanted[0] != wanted[1])
    found = Rollout(
        ref=workload.ref,
        effect=effect,
        summary="",
        because=tuple(field.text for field in workload.change.rolling) if effect == Effect.ROLL else (),
        old_names=view.old,
        new_name=view.new,
        replicas_before=wanted[0],
        replicas_after=wanted[1],
        steps=steps,
        peak=_peak(workload, view, simulation.frames),
        fewest_available=min((step.available for step in steps[1:]), default=None),
        finished=_is_finished(workload, simulation.last),
        removed=_removed(workload, simulation),
    )
    found = _with_strategy(found, workload)
    from kplan.planner.sentence import summary

    return replace(found, summary=summary(found, workload))


def _view(workload: Workload, simulation: Simulation) -> View:
    ref, first, last = workload.ref, simulation.first, simulation.last
    if ref.kind == "Deployment":
        everyone = dict.fromkeys(name for frame in simulation.frames for name in _replica_sets(ref.name, frame))
        new = _newest(ref.name, last)
        return DeploymentView(ref.name, tuple(name for name in everyone if name != new), new)
    section = SECTIONS.get(ref.kind, "")
    before, after = (_revisions(frame.objects(section).get(ref.name) or {}) for frame in (first, last))
    fresh = [name for name in after if name not in before]
    new = fresh[-1] if fresh else after[-1] if after else None
    return DirectView(section, ref.name, tuple(dict.fromkeys(name for name in before if name != new)), new)


def _replica_sets(deployment: str, frame: Frame) -> list[str]:
    return list(frame.replica_sets.get(deployment, ()))


def _newest(deployment: str, frame: Frame) -> str | None:
    """The ReplicaSet of the Deployment's own revision."""
    revision = (frame.objects("deployments").get(deployment) or {}).get("revision")
    shown = frame.objects("replicasets")
    names = [name for name in _replica_sets(deployment, frame) if shown[name].get("revision") == revision]
    return names[-1] if names else None


def _revisions(shown: Map) -> list[str]:
    names = [shown.get(key) for key in ("currentRevision", "updateRevision")]
    if isinstance(shown.get("byRevision"), dict):
        names = list(shown["byRevision"])
    return [str(name) for name in names if name]


def _steps(view: View, frames: tuple[Frame, ...]) -> Iterator[RolloutStep]:
    """The steps in which something happens to the workload."""
    shown: tuple[int, ...] = ()
    before: RolloutStep | None = None
    for frame in frames:
        step = view.step(frame)
        if before is not None and isinstance(view, DirectView):
            step = view.told(step, before, frame)
        before = step
        now = (step.old, step.new, step.available, step.pods, step.terminating)
        if frame.number == 0 or step.what or now != shown:
            shown = now
            yield step


def _effect(workload: Workload, view: View, steps: tuple[RolloutStep, ...], *, scales: bool) -> Effect:
    verb = workload.change.verb
    if verb == Verb.CREATE:
        return Effect.CREATE
    if verb == Verb.DELETE:
        return Effect.DELETE
    if verb == Verb.REPLACE:
        return Effect.REPLACE
    if isinstance(view, DeploymentView):
        rolled = bool(view.new and view.old) and any(step.new or step.pods for step in steps[1:])
    else:
        rolled = bool(workload.change.rolling) and len(steps) > 1
    if rolled and workload.change.rolling:
        return Effect.ROLL
    return Effect.SCALE if scales and workload.ref.kind != "DaemonSet" else Effect.NONE


def _wanted(workload: Workload, data: Map | None, frame: Frame) -> int | None:
    """The pods asked for: `replicas`, as an autoscaler left it, or for a DaemonSet the nodes it fits."""
    if workload.ref.kind != "DaemonSet":
        live = (frame.objects(SECTIONS[workload.ref.kind]).get(workload.ref.name) or {}).get("spec")
        return int(live) if isinstance(live, int) and data is not None else _replicas(data)
    shown = frame.objects("daemonsets").get(workload.ref.name)
    return int(shown.get("desired") or 0) if shown else None


def _replicas(data: Map | None) -> int | None:
    value = ((data or {}).get("spec") or {}).get("replicas")
    return int(value) if isinstance(value, int) else None


def _with_strategy(found: Rollout, workload: Workload) -> Rollout:
    """The limits that the workload's strategy sets to its rollout."""
    if workload.after is None or workload.ref.kind not in _LIMITS:
        return found
    return _LIMITS[workload.ref.kind](found, workload.after.get("spec") or {})


def _deployment_limits(found: Rollout, spec: Map) -> Rollout:
    strategy = spec.get("strategy") or {}
    replicas = found.replicas_after or 0
    if strategy.get("type") == "Recreate":
        most = max(replicas, found.replicas_before or 0)
        return replace(found, strategy="Recreate", most_pods=most, least_available=0)
    rolling = strategy.get("rollingUpdate") or {}
    surge_text, missing_text = (rolling.get(key, "25%") for key in ("maxSurge", "maxUnavailable"))
    surge, missing = fenceposts(replicas, surge_text, missing_text)
    return replace(
        found,
        strategy=f"RollingUpdate, maxSurge {surge_text} and maxUnavailable {missing_text} of {replicas}",
        most_pods=replicas + surge,
        least_available=max(0, replicas - missing),
    )


def _daemon_set_limits(found: Rollout, spec: Map) -> Rollout:
    """Of a DaemonSet both surge and unavailability round up."""
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return replace(found, strategy="OnDelete")
    rolling, nodes = strategy.get("rollingUpdate") or {}, found.replicas_after or 0
    surge_text, missing_text = rolling.get("maxSurge", 0), rolling.get("maxUnavailable", 1)
    surge, missing = (resolve(value, nodes, up=True) for value in (surge_text, missing_text))
    return replace(
        found,
        strategy=f"RollingUpdate, maxSurge {surge_text} and maxUnavailable {missing_text} of {nodes}",
        most_pods=nodes + surge,
        least_available=max(0, nodes - missing),
    )


def _stateful_set_limits(found: Rollout, spec: Map) -> Rollout:
    strategy, replicas = spec.get("updateStrategy") or {}, found.replicas_after or 0
    if strategy.get("type") == "OnDelete":
        return replace(found, strategy="OnDelete")
    partition = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    text = "RollingUpdate, one pod at a time from the highest ordinal down"
    if partition:
        text += f" to {partition} (partition)"
    return replace(found, strategy=text, most_pods=replicas, least_available=max(0, replicas - 1))


_LIMITS: dict[str, Callable[[Rollout, Map], Rollout]] = {
    "Deployment": _deployment_limits,
    "DaemonSet": _daemon_set_limits,
    "StatefulSet": _stateful_set_limits,
}


def _peak(workload: Workload, view: View, frames: tuple[Frame, ...]) -> Demand:
    """The most pods at one moment, with what they request."""
    old, new = (
        pod_request((data.get("spec") or {}).get("template") or data) if data else (0, 0)
        for data in (workload.before, workload.after)
    )
    best = Demand()
    for frame in frames:
        now = Demand()
        for owner in view.owners(frame):
            counts = frame.pods(owner)
            number = sum(n for condition, n in counts.items() if condition not in ("succeeded", "failed"))
            cpu_m, memory_b = new if owner == view.new or not workload.before else old
            now = Demand(now.pods + number, now.cpu_m + number * cpu_m, now.memory_b + number * memory_b)
        best = max(best, now, key=lambda demand: (demand.pods, demand.cpu_m, demand.memory_b))
    return best


_FULL = {
    "Deployment": ("replicas", "updated", "available"),
    "StatefulSet": ("replicas", "available"),
    "DaemonSet": ("current", "available"),
}


def _is_finished(workload: Workload, last: Frame) -> bool:
    """Whether all pods asked for are there and available at the end."""
    kind = workload.ref.kind
    if workload.after is None or kind not in _FULL or (workload.after.get("spec") or {}).get("paused"):
        return True
    shown: Mapping[str, Any] = last.objects(SECTIONS[kind]).get(workload.ref.name) or {}
    wanted = shown.get("desired" if kind == "DaemonSet" else "spec")
    return all(shown.get(key, wanted) == wanted for key in _FULL[kind])


def _removed(workload: Workload, simulation: Simulation) -> tuple[str, ...]:
    """ReplicaSets that the Deployment's revision history drops."""
    ref = workload.ref
    if ref.kind != "Deployment" or workload.change.verb in (Verb.REPLACE, Verb.DELETE):
        return ()
    left = simulation.last.objects("replicasets")
    seen = dict.fromkeys(name for frame in simulation.frames for name in _replica_sets(ref.name, frame))
    return tuple(name for name in seen if name not in left)
