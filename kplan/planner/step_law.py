"""What every act of a kubelet obeys, whatever has happened before: the limits that strategies set, act by act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kplan.controllers.daemon_set.fencepost import max_surge as daemon_surge
from kplan.controllers.daemon_set.fencepost import max_unavailable as daemon_unavailable
from kplan.controllers.daemon_set.status import status_of
from kplan.controllers.fencepost import is_rolling, max_surge, max_unavailable
from kplan.controllers.state import Map, Obj
from kplan.model import ObjectRef
from kplan.planner.laws import Broken
from kplan.simulator.world import World


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most pods a workload may have beside those that are stopping, and the fewest that must be ready."""

    most: int
    least: int


def bounds(world: World) -> dict[ObjectRef, Bounds]:
    """The limits of each Deployment, StatefulSet and DaemonSet as it is now."""
    return {ref: limit for kind, limits in _LIMITS.items() for ref, limit in _bounds(world, kind, limits)}


def _bounds(world: World, kind: str, limits: Callable[[Obj], Bounds]) -> Iterator[tuple[ObjectRef, Bounds]]:
    for obj in world.store.of_kind(kind, world.namespace):
        yield ObjectRef("apps", kind, obj.namespace, obj.name), limits(obj)


def _of_deployment(obj: Obj) -> Bounds:
    return Bounds(obj.replicas + max_surge(obj), obj.replicas - max_unavailable(obj) if is_rolling(obj) else 0)


def _of_stateful_set(obj: Obj) -> Bounds:
    return Bounds(obj.replicas, obj.replicas - 1)


def _of_daemon_set(obj: Obj) -> Bounds:
    nodes = status_of(obj).desired
    return Bounds(nodes + daemon_surge(obj, nodes), nodes - daemon_unavailable(obj, nodes))


_LIMITS = {"Deployment": _of_deployment, "StatefulSet": _of_stateful_set, "DaemonSet": _of_daemon_set}


def broken_by_act(before: Map, after: Map, limits: Mapping[ObjectRef, Bounds]) -> Iterator[Broken]:
    """The laws that one act breaks, by the snapshots around it: it may not go further beyond a limit than it was.

    Pods that have their own place, a StatefulSet's and a DaemonSet's, are replaced when they are gone whatever the
    number asked for: one that is no longer wanted goes after that.
    """
    for ref, limit in limits.items():
        (old_total, old_ready, ending), (total, ready, _) = (_counts(state, ref) for state in (before, after))
        most = max(limit.most, old_total if ref.kind == "Deployment" else _places(before, ref, old_total + ending))
        least = min(limit.least, old_ready)
        if total > most:
            yield Broken("never more pods than allowed", ref, f"{total} pods, and {most} are allowed")
        if ready < least:
            yield Broken("availability never below the minimum", ref, f"{ready} ready, of {least} at least")


def _counts(state: Map, ref: ObjectRef) -> tuple[int, int, int]:
    """The pods that are not stopping, the ready ones among them, and those that are."""
    owners = [ref.name]
    if ref.kind == "Deployment":
        owners = [name for name, one in (state.get("replicasets") or {}).items() if one.get("owner") == ref.name]
    pods = [(state.get("pods") or {}).get(owner) or {} for owner in owners]
    active = sum(int(one.get(condition) or 0) for one in pods for condition in _ACTIVE)
    ready, ending = (sum(int(one.get(condition) or 0) for one in pods) for condition in ("ready", "terminating"))
    return active, ready, ending


def _places(state: Map, ref: ObjectRef, pods: int) -> int:
    """As many pods as have a place of their own already: up to the highest ordinal, or on each node."""
    shown = (state.get("statefulsets") or {}).get(ref.name) if ref.kind == "StatefulSet" else None
    ordinals = [int(name.rpartition("-")[2]) for name in (shown or {}).get("revs") or ()]
    return max([pods, *(ordinal + 1 for ordinal in ordinals)])


_ACTIVE = ("unscheduled", "pending", "ready", "unready")
