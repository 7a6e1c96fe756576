"""A StatefulSet's status: its pods by condition and revision.

Source: kubernetes v1.36 pkg/controller/statefulset updateStatus, completeRollingUpdate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kplan.controllers.replica_set import min_ready_s
from kplan.controllers.revision import pod_revision
from kplan.controllers.state import READY, TERMINATING, TERMINATING_READY, TERMINATING_UNREADY, Obj, State


@dataclass(frozen=True, slots=True)
class StatefulSetStatus:
    """Counts of pods. `ready` and `available` include pods that are being deleted, `current` and `updated` do not.

    The revisions are names of ControllerRevisions, None before the controller has seen the StatefulSet.
    """

    replicas: int = 0
    ready: int = 0
    available: int = 0
    current: int = 0
    updated: int = 0
    current_revision: str | None = None
    update_revision: str | None = None
    collision_count: int | None = None
    observed_generation: int = 0


def status_of(stateful_set: Obj) -> StatefulSetStatus:
    """The status, all zero before the controller has seen it."""
    return stateful_set.status if isinstance(stateful_set.status, StatefulSetStatus) else StatefulSetStatus()


def calculated(state: State, stateful_set: Obj, current: Obj, newest: Obj, collisions: int) -> StatefulSetStatus:
    """The status as the pods are now; once all of them are updated and ready, the update revision becomes current."""
    by_revision = {current.name: 0, newest.name: 0}
    replicas = ready = 0
    for cohort in state.cohorts_of.get(stateful_set.uid, ()):
        counts = cohort.counts
        replicas += len(cohort.pods)
        ready += counts[READY] + counts[TERMINATING_READY]
        revision = pod_revision(cohort.labels)
        if revision in by_revision:
            ending = counts[TERMINATING] + counts[TERMINATING_UNREADY] + counts[TERMINATING_READY]
            by_revision[revision] += len(cohort.pods) - ending
    status = StatefulSetStatus(
        replicas=replicas,
        ready=ready,
        available=_available(state, stateful_set, ready),
        current=by_revision[current.name],
        updated=by_revision[newest.name],
        current_revision=current.name,
        update_revision=newest.name,
        collision_count=collisions,
        observed_generation=stateful_set.generation,
    )
    return _completed(stateful_set, status)


def _available(state: State, stateful_set: Obj, ready: int) -> int:
    seconds = min_ready_s(stateful_set)
    if not seconds:
        return ready
    return sum(state.is_available(pod, seconds) for pod in state.pods_of(stateful_set))


def _completed(stateful_set: Obj, status: StatefulSetStatus) -> StatefulSetStatus:
    if (stateful_set.spec.get("updateStrategy") or {}).get("type") == "OnDelete":
        return status
    if (status.updated, status.ready, status.replicas) != (stateful_set.replicas,) * 3:
        return status
    return replace(status, current=status.updated, current_revision=status.update_revision)
