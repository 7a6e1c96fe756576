"""StatefulSets: numbered pods, each with its own claims, made, updated and removed in order.

Source: kubernetes v1.36 pkg/controller/statefulset.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.controllers.action import Effects, SetStatus
from kplan.controllers.claim import claim_objects, claimants
from kplan.controllers.registry import Controller
from kplan.controllers.replica_set import min_ready_s, wake_when_available
from kplan.controllers.revision import KIND as REVISION_KIND
from kplan.controllers.revision import pod_revision
from kplan.controllers.state import Cohort, Map, Obj, State
from kplan.controllers.stateful_set.history import clean_up, current_and_update
from kplan.controllers.stateful_set.member import claim_members, is_member, ordinal
from kplan.controllers.stateful_set.order import keep
from kplan.controllers.stateful_set.slot import Plan, plan
from kplan.controllers.stateful_set.status import StatefulSetStatus, calculated, status_of
from kplan.controllers.stateful_set.update import update
from kplan.controllers.volume_claim import KIND as CLAIM_KIND
from kplan.controllers.volume_claim import is_terminating

__all__ = ["CONTROLLER", "StatefulSetStatus", "status_of", "sync"]


def sync(state: State, stateful_set: Obj) -> Effects:
    """Reconcile one StatefulSet: claim its pods, find its revisions, keep its pods in order, then update them.

    Source: kubernetes v1.36 pkg/controller/statefulset UpdateStatefulSet, updateStatefulSet.
    """
    yield from claim_objects(state, stateful_set, REVISION_KIND)
    yield from claim_members(state, stateful_set)
    current, newest, collisions = yield from current_and_update(state, stateful_set)
    planned: Plan = plan(state, stateful_set, current, newest)
    settled = yield from keep(state, planned)
    if settled and _is_rolling(stateful_set):
        yield from update(state, planned)
    yield SetStatus(stateful_set, calculated(state, stateful_set, current, newest, collisions))
    yield from wake_when_available(state, stateful_set, min_ready_s(stateful_set))
    yield from clean_up(state, stateful_set, current, newest)


def _is_rolling(stateful_set: Obj) -> bool:
    return (stateful_set.spec.get("updateStrategy") or {}).get("type") != "OnDelete"


def shown(state: State, stateful_set: Obj) -> Map:
    """The StatefulSet's entry in a snapshot; `revs` says which revision each pod was made from."""
    status = status_of(stateful_set)
    pods = sorted(state.pods_of(stateful_set), key=lambda pod: (ordinal(pod), pod.name))
    return {
        "spec": stateful_set.replicas,
        "replicas": status.replicas,
        "ready": status.ready,
        "available": status.available,
        "current": status.current,
        "updated": status.updated,
        "currentRevision": status.current_revision,
        "updateRevision": status.update_revision,
        "revs": {pod.name: pod_revision(pod.cohort.labels) or None for pod in pods},
    }


def _revision_claimants(state: State, revision: Obj) -> list[Obj]:
    if revision.owner is not None:
        return []
    return claimants(state, "StatefulSet", revision.labels, revision.namespace)


def _waiting_for_claims(state: State, claim: Obj) -> Iterator[Obj]:
    """The StatefulSets that wait for a claim to be gone before they make its pod again."""
    if claim.deleting or is_terminating(claim):
        yield from state.of_kind("StatefulSet", claim.namespace)


def _woken_by_pods(state: State, cohort: Cohort) -> list[Obj]:
    if cohort.owner is not None:
        return []
    candidates = claimants(state, "StatefulSet", cohort.labels, cohort.namespace)
    return [one for one in candidates if any(is_member(one, pod) for pod in cohort.pods.values())]


CONTROLLER = Controller(
    "StatefulSet",
    "statefulsets",
    shown,
    sync,
    rank=0,
    woken_by={REVISION_KIND: _revision_claimants, CLAIM_KIND: _waiting_for_claims},
    woken_by_pods=_woken_by_pods,
)
