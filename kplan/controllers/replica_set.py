"""ReplicaSets: keep a number of pods of one template; a changed template replaces none.

Source: kubernetes v1.36 pkg/controller/replicaset.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kplan.controllers.action import CreatePods, DeletePods, Effects, Seed, SetStatus, Wake
from kplan.controllers.claim import claim_pods, claimants
from kplan.controllers.pod_rank import first_to_go
from kplan.controllers.registry import Controller
from kplan.controllers.state import ACTIVE, ENDING, READY, Cohort, Map, Obj, Pod, State

BURST = 500
"""The most pods made or deleted in one go. Source: kubernetes v1.36 pkg/controller/replicaset BurstReplicas."""

REVISION = "deployment.kubernetes.io/revision"
TERMINATING_SINCE = 35
"""The first minor whose status counts terminating pods by default."""


@dataclass(frozen=True, slots=True)
class ReplicaSetStatus:
    """Counts of pods; `failure` is the reason of the condition ReplicaFailure, None where it is not set."""

    replicas: int = 0
    ready: int = 0
    available: int = 0
    terminating: int = 0
    observed_generation: int = 0
    failure: str | None = None


def status_of(replica_set: Obj) -> ReplicaSetStatus:
    """The status, all zero before the controller has seen it."""
    return replica_set.status if isinstance(replica_set.status, ReplicaSetStatus) else ReplicaSetStatus()


def min_ready_s(obj: Obj) -> int:
    """`spec.minReadySeconds`, 0 where absent."""
    return int(obj.spec.get("minReadySeconds") or 0)


def sync(state: State, replica_set: Obj) -> Effects:
    """Adopt and release, make or delete pods, and count them.

    Source: kubernetes v1.36 pkg/controller/replicaset syncReplicaSet.
    """
    yield from claim_pods(state, replica_set)
    failure = status_of(replica_set).failure
    while not replica_set.deleting:
        surplus = state.count(replica_set, ACTIVE) - replica_set.replicas
        if surplus == 0:
            failure = None
            break
        if surplus > 0:
            yield DeletePods(_surplus_pods(state, replica_set, min(surplus, BURST)), "scaled down")
            continue
        refused = yield _create(replica_set, min(-surplus, BURST))
        if refused:
            failure = failure or "FailedCreate"
            break
    yield SetStatus(replica_set, _status(state, replica_set, failure))
    yield from wake_when_available(state, replica_set, min_ready_s(replica_set))


def _create(replica_set: Obj, number: int) -> CreatePods:
    template = replica_set.template
    labels = (template.get("metadata") or {}).get("labels") or {}
    return CreatePods(replica_set, template, labels, (Seed(),) * number, "fewer pods than replicas")


def _surplus_pods(state: State, replica_set: Obj, number: int) -> tuple[Pod, ...]:
    pods = [pod for pod in state.pods_of(replica_set) if pod.active]
    return tuple(first_to_go(pods, _related(state, replica_set), number, state.now_s))


def _related(state: State, replica_set: Obj) -> Iterator[Pod]:
    """The pods of all ReplicaSets of the same owner, this one's among them."""
    if replica_set.owner is None:
        yield from state.pods_of(replica_set)
        return
    for sibling in state.children(replica_set.owner, replica_set.kind):
        yield from state.pods_of(sibling)


def _status(state: State, replica_set: Obj, failure: str | None) -> ReplicaSetStatus:
    """Source: kubernetes v1.36 pkg/controller/replicaset calculateStatus."""
    return ReplicaSetStatus(
        replicas=state.count(replica_set, ACTIVE),
        ready=state.count(replica_set, (READY,)),
        available=state.available(replica_set, min_ready_s(replica_set)),
        terminating=state.count(replica_set, ENDING),
        observed_generation=replica_set.generation,
        failure=failure,
    )


def wake_when_available(state: State, owner: Obj, seconds: int) -> Effects:
    """Ask to be woken when the next ready pod has been ready for long enough."""
    if not seconds:
        return
    waiting = [
        pod.ready_s + seconds
        for pod in state.pods_of(owner)
        if pod.state == READY and pod.ready_s is not None and pod.ready_s + seconds > state.now_s
    ]
    if waiting:
        yield Wake(owner, min(waiting), waited_for=True)


def shown(state: State, replica_set: Obj) -> Map:
    """The ReplicaSet's entry in a snapshot."""
    status = status_of(replica_set)
    entry: Map = {
        "spec": replica_set.replicas,
        "replicas": status.replicas,
        "ready": status.ready,
        "available": status.available,
    }
    if state.minor >= TERMINATING_SINCE:
        entry["terminating"] = status.terminating
    if revision := replica_set.annotations.get(REVISION):
        entry["revision"] = revision
    entry["owner"] = replica_set.owner.name if replica_set.owner else None
    return entry


def _woken_by_pods(state: State, cohort: Cohort) -> list[Obj]:
    return [] if cohort.owner else claimants(state, "ReplicaSet", cohort.labels, cohort.namespace)


CONTROLLER = Controller(
    "ReplicaSet", "replicasets", shown, sync, rank=0, reads_own_status=False, woken_by_pods=_woken_by_pods
)
