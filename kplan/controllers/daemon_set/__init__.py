"""DaemonSets: one pod on each node that may run it.

Source: kubernetes v1.36 pkg/controller/daemon.
"""

from __future__ import annotations

from kplan.controllers.action import Effects
from kplan.controllers.claim import claim_objects, claim_pods, claimants
from kplan.controllers.daemon_set.history import clean_up, current_and_old
from kplan.controllers.daemon_set.keep import keep
from kplan.controllers.daemon_set.placement import Placement, placement
from kplan.controllers.daemon_set.status import DaemonSetStatus, calculated, status_of
from kplan.controllers.daemon_set.update import is_rolling, update
from kplan.controllers.registry import Controller
from kplan.controllers.replica_set import min_ready_s, wake_when_available
from kplan.controllers.revision import HASH_LABEL, KIND, pod_revision
from kplan.controllers.state import READY, Cohort, Map, Obj, State

__all__ = ["CONTROLLER", "DaemonSetStatus", "status_of", "sync"]


def sync(state: State, daemon_set: Obj) -> Effects:
    """Reconcile one DaemonSet: find its revision, keep a pod on each node, then update the pods.

    Source: kubernetes v1.36 pkg/controller/daemon syncDaemonSet, updateDaemonSet.
    """
    if not any((daemon_set.spec.get("selector") or {}).values()):
        return  # it would select every pod
    yield from claim_objects(state, daemon_set, KIND)
    yield from claim_pods(state, daemon_set)
    current, old = yield from current_and_old(state, daemon_set)
    placed: Placement = placement(state, daemon_set, current)
    outcome = yield from keep(state, placed)
    if not outcome.changed and not outcome.failed and is_rolling(daemon_set):
        outcome = yield from update(state, placed)
    if outcome.changed:
        return  # the changed pods wake it again
    if not outcome.failed:
        yield from clean_up(state, daemon_set, old)
    yield calculated(state, placed)
    yield from wake_when_available(state, daemon_set, min_ready_s(daemon_set))


def shown(state: State, daemon_set: Obj) -> Map:
    """The DaemonSet's entry in a snapshot; `byRevision` counts its pods, and the ready ones, by revision."""
    status = status_of(daemon_set)
    by_revision: dict[str, dict[str, int]] = {}
    for cohort in state.cohorts_of.get(daemon_set.uid, ()):
        entry = by_revision.setdefault(pod_revision(cohort.labels), {"n": 0, "ready": 0})
        entry["n"] += len(cohort.pods)
        entry["ready"] += cohort.counts[READY]
    return {
        "desired": status.desired,
        "current": status.current,
        "ready": status.ready,
        "available": status.available,
        "unavailable": status.unavailable,
        "updated": status.updated,
        "misscheduled": status.misscheduled,
        "byRevision": dict(sorted(by_revision.items())),
    }


def _revision_claimants(state: State, revision: Obj) -> list[Obj]:
    if revision.owner is not None or HASH_LABEL not in revision.labels:
        return []
    return claimants(state, "DaemonSet", revision.labels, revision.namespace)


def _woken_by_pods(state: State, cohort: Cohort) -> list[Obj]:
    return [] if cohort.owner else claimants(state, "DaemonSet", cohort.labels, cohort.namespace)


CONTROLLER = Controller(
    "DaemonSet",
    "daemonsets",
    shown,
    sync,
    rank=0,
    woken_by={KIND: _revision_claimants},
    woken_by_pods=_woken_by_pods,
)
