"""Deployments: roll pods from one template to the next through ReplicaSets.

Source: kubernetes v1.36 pkg/controller/deployment.
"""

from __future__ import annotations

from collections.abc import Sequence

from kplan.controllers.action import Effects, SetStatus
from kplan.controllers.claim import claim_objects, claimants
from kplan.controllers.deployment.history import clean_up
from kplan.controllers.deployment.recreate import recreate
from kplan.controllers.deployment.revision import REVISION, new_and_old
from kplan.controllers.deployment.rolling import roll
from kplan.controllers.deployment.scale import is_scaled, scale
from kplan.controllers.deployment.status import DeploymentStatus, calculated, paused_status, status_of
from kplan.controllers.fencepost import is_rolling
from kplan.controllers.registry import Controller
from kplan.controllers.replica_set import TERMINATING_SINCE
from kplan.controllers.state import Map, Obj, State

__all__ = ["CONTROLLER", "DeploymentStatus", "status_of", "sync"]


def sync(state: State, deployment: Obj) -> Effects:
    """Reconcile one Deployment: claim its ReplicaSets, then pause, scale or roll.

    Source: kubernetes v1.36 pkg/controller/deployment syncDeployment.
    """
    yield from claim_objects(state, deployment, "ReplicaSet")
    if (status := paused_status(state, deployment)) is not None:
        yield SetStatus(deployment, status)
    new, old = yield from new_and_old(state, deployment)
    if deployment.spec.get("paused") or is_scaled(deployment, [*old, new]):
        yield from _sync_size(deployment, new, old)
    elif is_rolling(deployment):
        yield from roll(state, deployment, new, old)
    else:
        yield from recreate(state, deployment, new, old)


def _sync_size(deployment: Obj, new: Obj | None, old: Sequence[Obj]) -> Effects:
    """Only the size, not the template: while paused, or when the size was just changed.

    Source: kubernetes v1.36 pkg/controller/deployment sync.
    """
    yield from scale(deployment, new, old)
    if deployment.spec.get("paused"):
        yield from clean_up(deployment, old)
    yield SetStatus(deployment, calculated(deployment, [*old, *([new] if new else [])], new))


def shown(state: State, deployment: Obj) -> Map:
    """The Deployment's entry in a snapshot."""
    status = status_of(deployment)
    entry: Map = {
        "spec": deployment.replicas,
        "replicas": status.replicas,
        "updated": status.updated,
        "ready": status.ready,
        "available": status.available,
        "unavailable": status.unavailable,
    }
    if state.minor >= TERMINATING_SINCE:
        entry["terminating"] = status.terminating
    entry["revision"] = deployment.annotations.get(REVISION)
    if deployment.spec.get("paused"):
        entry["paused"] = True
    entry["conditions"] = {kind: f"{one.status}:{one.reason}" for kind, one in status.conditions}
    return entry


def _claimants(state: State, replica_set: Obj) -> list[Obj]:
    """The Deployments that could adopt an orphaned ReplicaSet."""
    if replica_set.owner is not None:
        return []
    return claimants(state, "Deployment", replica_set.labels, replica_set.namespace)


CONTROLLER = Controller(
    "Deployment",
    "deployments",
    shown,
    sync,
    rank=1,
    reads_own_status=False,
    woken_by={"ReplicaSet": _claimants},
)
