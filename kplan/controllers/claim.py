"""Which objects and pods a controller takes as its own, and which it lets go, by its selector.

Source: kubernetes v1.36 pkg/controller PodControllerRefManager, ReplicaSetControllerRefManager.
"""

from __future__ import annotations

from kplan.controllers.action import Effects, Own
from kplan.controllers.state import Obj, State


def claim_pods(state: State, owner: Obj) -> Effects:
    """Adopt the active orphans that the selector matches, release the active pods that it no longer does."""
    selector = state.selector(owner)
    for cohort in list(state.cohorts_of.get(owner.uid, ())):
        if cohort.active and not selector.matches(cohort.labels):
            for pod in [pod for pod in cohort.pods.values() if pod.active]:
                yield Own(pod, None, "its labels no longer match the selector")
    if owner.deleting:
        return
    for cohort in state.orphan_cohorts(owner.namespace):
        if cohort.active and selector.matches(cohort.labels):
            for pod in [pod for pod in cohort.pods.values() if pod.active]:
                yield Own(pod, owner, "its labels match the selector")


def claim_objects(state: State, owner: Obj, kind: str) -> Effects:
    """The same for objects (a Deployment's ReplicaSets)."""
    selector = state.selector(owner)
    for child in state.children(owner, kind):
        if not child.deleting and not selector.matches(child.labels):
            yield Own(child, None, "its labels no longer match the selector")
    if owner.deleting:
        return
    for orphan in state.orphans_of(kind, owner.namespace):
        if not orphan.deleting and selector.matches(orphan.labels):
            yield Own(orphan, owner, "its labels match the selector")


def claimants(state: State, kind: str, orphan_labels: dict[str, str], namespace: str) -> list[Obj]:
    """The objects of a kind whose selector matches an orphan's labels."""
    return [obj for obj in state.of_kind(kind, namespace) if state.selector(obj).matches(orphan_labels)]
