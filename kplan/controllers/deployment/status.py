"""A Deployment's status: counts, conditions, and whether it makes progress.

Source: kubernetes v1.36 pkg/controller/deployment progress.go, sync.go; util/deployment_util.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kplan.controllers.action import Effects, SetStatus, Wake
from kplan.controllers.fencepost import max_unavailable
from kplan.controllers.replica_set import status_of as replica_set_status
from kplan.controllers.state import Obj, State

AVAILABLE, PROGRESSING, REPLICA_FAILURE = "Available", "Progressing", "ReplicaFailure"
NEW_AVAILABLE, UPDATED, CREATED, FOUND = (
    "NewReplicaSetAvailable",
    "ReplicaSetUpdated",
    "NewReplicaSetCreated",
    "FoundNewReplicaSet",
)
TIMED_OUT, PAUSED, RESUMED = "ProgressDeadlineExceeded", "DeploymentPaused", "DeploymentResumed"
NO_DEADLINE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition's status ("True", "False", "Unknown"), its reason, and when it was last written."""

    status: str
    reason: str
    updated_s: float = field(default=0.0)


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """Counts over all of the ReplicaSets, and conditions by type."""

    replicas: int = 0
    updated: int = 0
    ready: int = 0
    available: int = 0
    unavailable: int = 0
    terminating: int = 0
    observed_generation: int = 0
    collision_count: int | None = None
    conditions: tuple[tuple[str, Condition], ...] = ()

    def condition(self, kind: str) -> Condition | None:
        """The condition of that type, or None."""
        return next((one for name, one in self.conditions if name == kind), None)

    def with_condition(self, kind: str, condition: Condition | None) -> DeploymentStatus:
        """The status with a condition set, or removed (None). One of equal status and reason is left as it is."""
        old = self.condition(kind)
        if old is condition or (old and condition and (old.status, old.reason) == (condition.status, condition.reason)):
            return self
        conditions = dict(self.conditions)
        conditions.pop(kind, None)
        if condition is not None:
            conditions[kind] = condition
        return replace(self, conditions=tuple(sorted(conditions.items())))


def status_of(deployment: Obj) -> DeploymentStatus:
    """The status, all zero before the controller has seen it."""
    return deployment.status if isinstance(deployment.status, DeploymentStatus) else DeploymentStatus()


def deadline_s(deployment: Obj) -> int | None:
    """`spec.progressDeadlineSeconds`, None where there is no deadline."""
    value = deployment.spec.get("progressDeadlineSeconds", 600)
    return None if value is None or int(value) == NO_DEADLINE else int(value)


def calculated(deployment: Obj, all_sets: Sequence[Obj], new_set: Obj | None) -> DeploymentStatus:
    """The status with the counts as the ReplicaSets report them. `unavailable` counts pods asked for, made or not.

    Source: kubernetes v1.36 pkg/controller/deployment calculateStatus.
    """
    counts = [replica_set_status(one) for one in all_sets]
    available = sum(one.available for one in counts)
    old = status_of(deployment)
    status = DeploymentStatus(
        replicas=sum(one.replicas for one in counts),
        updated=replica_set_status(new_set).replicas if new_set else 0,
        ready=sum(one.ready for one in counts),
        available=available,
        unavailable=max(0, sum(one.replicas for one in all_sets) - available),
        terminating=sum(one.terminating for one in counts),
        observed_generation=deployment.generation,
        collision_count=old.collision_count,
        conditions=old.conditions,
    )
    enough = available >= deployment.replicas - max_unavailable(deployment)
    reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
    return status.with_condition(AVAILABLE, Condition(str(enough), reason))


def complete(deployment: Obj, status: DeploymentStatus) -> bool:
    """Whether all pods are of the new template and available, and no other is left.

    Source: kubernetes v1.36 pkg/controller/deployment/util DeploymentComplete.
    """
    counts = (status.updated, status.replicas, status.available)
    return counts == (deployment.replicas,) * 3 and status.observed_generation >= deployment.generation


def _progressing(old: DeploymentStatus, new: DeploymentStatus) -> bool:
    """Source: kubernetes v1.36 pkg/controller/deployment/util DeploymentProgressing."""
    return (
        new.updated > old.updated
        or new.replicas - new.updated < old.replicas - old.updated
        or new.ready > old.ready
        or new.available > old.available
    )


def _timed_out(deployment: Obj, status: DeploymentStatus, now_s: float) -> bool:
    """Source: kubernetes v1.36 pkg/controller/deployment/util DeploymentTimedOut."""
    condition, limit_s = status.condition(PROGRESSING), deadline_s(deployment)
    if condition is None or limit_s is None or condition.reason == NEW_AVAILABLE:
        return False
    return condition.reason == TIMED_OUT or condition.updated_s + limit_s < now_s


def sync_rollout_status(state: State, deployment: Obj, all_sets: Sequence[Obj], new_set: Obj | None) -> Effects:
    """Write the status during a rollout, with the condition Progressing.

    Source: kubernetes v1.36 pkg/controller/deployment syncRolloutStatus.
    """
    old = status_of(deployment)
    new = calculated(deployment, all_sets, new_set)
    current = old.condition(PROGRESSING)
    if deadline_s(deployment) is None:
        new = new.with_condition(PROGRESSING, None)
    elif not (new.replicas == new.updated and current is not None and current.reason == NEW_AVAILABLE):
        new = _with_progress(deployment, old, new, state.now_s)
    new = new.with_condition(REPLICA_FAILURE, _failure(all_sets, new_set))
    yield SetStatus(deployment, new)
    condition, limit_s = new.condition(PROGRESSING), deadline_s(deployment)
    if limit_s is not None and condition and condition.reason not in (NEW_AVAILABLE, TIMED_OUT):
        yield Wake(deployment, condition.updated_s + limit_s + 1)


def _with_progress(deployment: Obj, old: DeploymentStatus, new: DeploymentStatus, now_s: float) -> DeploymentStatus:
    if complete(deployment, new):
        return new.with_condition(PROGRESSING, Condition("True", NEW_AVAILABLE, now_s))
    if _progressing(old, new):
        # Written anew even where nothing else changes: the deadline counts from the last progress.
        return new.with_condition(PROGRESSING, None).with_condition(PROGRESSING, Condition("True", UPDATED, now_s))
    if _timed_out(deployment, new, now_s):
        return new.with_condition(PROGRESSING, Condition("False", TIMED_OUT, now_s))
    return new


def _failure(all_sets: Sequence[Obj], new_set: Obj | None) -> Condition | None:
    """The failure to make pods that ReplicaSets report, the new one's first."""
    for one in ([new_set] if new_set else []) + list(all_sets):
        if reason := replica_set_status(one).failure:
            return Condition("True", reason)
    return None


def paused_status(state: State, deployment: Obj) -> DeploymentStatus | None:
    """The status with Progressing unknown when the Deployment was just paused or resumed, else None.

    Source: kubernetes v1.36 pkg/controller/deployment checkPausedConditions.
    """
    status = status_of(deployment)
    condition = status.condition(PROGRESSING)
    if deadline_s(deployment) is None or (condition and condition.reason == TIMED_OUT):
        return None
    was_paused = condition is not None and condition.reason == PAUSED
    is_paused = bool(deployment.spec.get("paused"))
    if is_paused == was_paused:
        return None
    reason = PAUSED if is_paused else RESUMED
    return status.with_condition(PROGRESSING, Condition("Unknown", reason, state.now_s))
