"""What-ifs on a simulated cluster: nodes that are lost, and what waits for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, inf
from typing import Final, Literal

from kplan.controllers.endpoint_slice import selected
from kplan.controllers.node_lifecycle import pods_on, tolerated_s
from kplan.controllers.state import ENDING, READY, TERMINATING, UNSCHEDULED, Map, Obj, Pod
from kplan.errors import UsageError
from kplan.simulator.node import lost
from kplan.simulator.node_loss import known_node, lose_nodes
from kplan.simulator.scheduler.live import FORCE_DETACH_S
from kplan.simulator.world import World

Named = tuple[str, str, str]
"""Kind, namespace and name of an object."""
Reach = Mapping[Named, Mapping[str, int]]
"""Ready endpoints of Services by node."""

Why = Literal["refused", "unschedulable", "volume"]

_TRIED: Final = 2_000
"""So many sets of nodes are tried to find the worst; of more, nodes are taken one by one."""
_UP: Final = {"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pods of one workload that are not made (`refused`), bound (`unschedulable`) or started (`volume`), and why."""

    owner: Named
    pods: int
    why: Why
    message: str


@dataclass(frozen=True, slots=True)
class Moment:
    """The cluster `at_s` seconds after nodes were lost, when all that could be done was done.

    `up` are the ready endpoints of Services, and the ready pods of workloads. `evicted` pods are being deleted on the
    lost nodes, of which `kept` have no successor before they are gone; `fresh` are ready pods made since.
    """

    at_s: float
    up: Mapping[Named, int]
    evicted: int = 0
    fresh: int = 0
    kept: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """What comes of losing `nodes`: the moment before, the loss itself, and each later one at which something happens.

    `pods` are the pods on those nodes, `spared` says that none is evicted since too many nodes are lost.
    """

    nodes: tuple[str, ...]
    pods: int
    moments: tuple[Moment, ...]
    spared: bool = False


def workload(pod_owner: Obj) -> Obj:
    """The workload behind a pod's owner: a Deployment's ReplicaSet stands for the Deployment."""
    return pod_owner.owner or pod_owner


def waiting(world: World) -> tuple[Waiting, ...]:
    """All pods that cannot go on, by workload and reason."""
    store = world.store
    counts: Counter[tuple[Named, Why, str]] = Counter()
    for pod, found in store.scheduler.waiting.values():
        if pod.state == UNSCHEDULED:
            counts[_owner(pod), "unschedulable", found.message] += 1
    for pod, message in store.scheduler.blocked.values():
        if pod.state < TERMINATING:
            counts[_owner(pod), "volume", message] += 1
    for owner, missing, message in refused(world):
        counts[_named(workload(owner)), "refused", message] += missing
    return tuple(Waiting(owner, number, why, message) for (owner, why, message), number in sorted(counts.items()))


def refused(world: World) -> Iterator[tuple[Obj, int, str]]:
    """Owners whose next pod the API server refuses, how many they lack, and why."""
    from kplan.simulator.quota import refuses_pod

    store = world.store
    if not any(store.objects.get(kind) for kind in ("ResourceQuota", "LimitRange")):
        return
    for kind in ("ReplicaSet", "ReplicationController", "StatefulSet"):
        for obj in store.of_kind(kind):
            missing = obj.replicas - sum(pod.active for pod in store.pods_of(obj))
            labels = (obj.template.get("metadata") or {}).get("labels") or {}
            if missing > 0 and (reason := refuses_pod(store, obj.namespace, obj.template, labels)):
                yield obj, missing, reason


def _owner(pod: Pod) -> Named:
    owner = pod.owner
    return ("Pod", pod.cohort.namespace, pod.name) if owner is None else _named(workload(owner))


def _named(obj: Obj) -> Named:
    return obj.kind, obj.namespace, obj.name


def reach(world: World) -> dict[Named, dict[str, int]]:
    """The ready endpoints of every Service that has some, by node."""
    found: dict[Named, dict[str, int]] = {}
    for service in world.store.of_kind("Service"):
        nodes: dict[str, int] = {}
        for cohort in selected(world.store, service):
            for pod in cohort.pods.values():
                if pod.state == READY and pod.node:
                    nodes[pod.node] = nodes.get(pod.node, 0) + 1
        if nodes:
            found[_named(service)] = nodes
    return found


def left(nodes: Mapping[str, int], gone: Iterable[str]) -> int:
    """How many endpoints are left without those nodes."""
    return sum(nodes.values()) - sum(nodes.get(name, 0) for name in gone)


def worst_nodes(world: World, number: int) -> tuple[str, ...]:
    """The `number` nodes whose loss leaves the most Services with nothing, then with least; of equals the first.

    Raises UsageError where there are not so many.
    """
    names = sorted(world.store.nodes)
    if not 0 < number <= len(names):
        raise UsageError(f"--lose-node {number}: there are {len(names)} nodes")
    served, pods = reach(world), {name: len(pods_on(world.store, name)) for name in names}

    def badness(gone: Sequence[str]) -> tuple[float, ...]:
        shares = [left(nodes, gone) / sum(nodes.values()) for nodes in served.values()]
        return -sum(share == 0 for share in shares), sum(shares), -sum(pods[name] for name in gone)

    if comb(len(names), number) <= _TRIED:
        return min(combinations(names, number), key=lambda gone: (badness(gone), gone))
    found: tuple[str, ...] = ()
    for _ in range(number):
        found = min(((*found, name) for name in names if name not in found), key=lambda gone: (badness(gone), gone))
    return found


def chosen_nodes(world: World, text: str) -> tuple[str, ...]:
    """The nodes that `--lose-node` means: one by its name, several with commas, or the worst so many."""
    if text.isdecimal() and text not in world.store.nodes:
        return worst_nodes(world, int(text))
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        known_node(world.store, name)
    return names


def single_points(world: World) -> tuple[tuple[Named, str, int], ...]:
    """Services that have all their ready endpoints on one node: the Service, the node, and their number."""
    return tuple(
        (service, *next(iter(nodes.items()))) for service, nodes in sorted(reach(world).items()) if len(nodes) == 1
    )


def lose(world: World, names: Sequence[str]) -> Loss:
    """Lose the nodes, and let time pass until nothing more happens."""
    store = world.store
    pods = [pod for name in names for pod in pods_on(store, name)]
    times = _times(pods, {name: lost(name, known_node(store, name)) for name in names})
    seen = {pod.uid for pod in store.all_pods()}
    start_s = store.now_s
    moments = [_moment(world, start_s, names, seen)]
    lose_nodes(store, names)
    world.settle()
    moments.append(_moment(world, start_s, names, seen))
    spared = not any(taint.get("effect") == "NoExecute" for name in names for taint in _taints(store.nodes[name]))
    for at_s in times:
        world.wait(max(0.0, start_s + at_s - store.now_s))
        for _ in world.run():
            pass
        moment = _moment(world, start_s, names, seen)
        if moment.at_s == moments[-1].at_s:
            moments.pop()
        if moment != _at(moments[-1], moment.at_s):
            moments.append(moment)
    return Loss(tuple(names), sum(pod.state < TERMINATING for pod in pods) or len(pods), tuple(moments), spared)


def _times(pods: Iterable[Pod], nodes: Mapping[str, Map]) -> list[float]:
    """When something may happen after the loss, in seconds: evictions, and volumes taken from the lost nodes."""
    stays = {tolerated_s(_spec(pod), _taints(nodes.get(pod.node or "", {}))) for pod in pods}
    finite = sorted(one for one in stays if one != inf)
    return sorted({0.0, *finite, *(one + FORCE_DETACH_S for one in finite)})


def _spec(pod: Pod) -> Map:
    return pod.cohort.template.get("spec") or {}


def _taints(node: Map) -> list[Map]:
    return [taint for taint in (node.get("spec") or {}).get("taints") or () if taint.get("effect") == "NoExecute"]


def _at(moment: Moment, at_s: float) -> Moment:
    """The same at another time."""
    return Moment(at_s, moment.up, moment.evicted, moment.fresh, moment.kept, moment.waiting)


def _moment(world: World, start_s: float, names: Sequence[str], seen: set[int]) -> Moment:
    store = world.store
    ending = [pod for name in names for pod in pods_on(store, name) if pod.state in ENDING]
    kept = [pod.alias for pod in ending if pod.owner is not None and pod.owner.kind == "StatefulSet"]
    fresh = sum(pod.state == READY and pod.uid not in seen for pod in store.all_pods())
    return Moment(store.now_s - start_s, up(world), len(ending), fresh, tuple(sorted(kept)), waiting(world))


def up(world: World) -> dict[Named, int]:
    """The ready endpoints of every Service, and the ready pods of every workload that no Service takes."""
    store, found = world.store, {}
    behind: set[Named] = set()
    for service in store.of_kind("Service"):
        total = 0
        for cohort in selected(store, service):
            total += cohort.counts[READY]
            if cohort.owner is not None:
                behind.add(_named(workload(cohort.owner)))
        found[_named(service)] = total
    for kind in sorted(_UP):
        for obj in store.of_kind(kind):
            if obj.owner is None and _named(obj) not in behind:
                owners = [obj] if obj.kind != "Deployment" else store.children(obj, "ReplicaSet")
                found[_named(obj)] = sum(store.count(owner, (READY,)) for owner in owners)
    return dict(sorted(found.items()))
