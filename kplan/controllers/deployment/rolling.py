"""Rolling updates: new pods up within the surge, old ones down within what may be missing.

Source: kubernetes v1.36 pkg/controller/deployment rolling.go.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from kplan.controllers.action import Action, Effects
from kplan.controllers.deployment.history import clean_up
from kplan.controllers.deployment.revision import created
from kplan.controllers.deployment.scale import active, new_set_replicas, resize
from kplan.controllers.deployment.status import complete, status_of, sync_rollout_status
from kplan.controllers.fencepost import max_unavailable
from kplan.controllers.replica_set import status_of as replica_set_status
from kplan.controllers.state import Obj, State


def roll(state: State, deployment: Obj, new: Obj | None, old: Sequence[Obj]) -> Effects:
    """One step of a rolling update: up, else down, else clean up. The new ReplicaSet is made where there is none.

    Source: kubernetes v1.36 pkg/controller/deployment rolloutRolling.
    """
    if new is None:
        new = yield from created(state, deployment, old)
    moved = yield from _scale_new(deployment, new, old)
    if not moved:
        moved = yield from _scale_old(deployment, new, active(old))
    yield from sync_rollout_status(state, deployment, [*old, new], new)
    if not moved and complete(deployment, status_of(deployment)):
        yield from clean_up(deployment, old)


def _scale_new(deployment: Obj, new: Obj, old: Sequence[Obj]) -> Generator[Action, Any, bool]:
    if new.replicas > deployment.replicas:
        size = deployment.replicas
    else:
        size = new_set_replicas(deployment, sum(one.replicas for one in old), new.replicas)
    if size == new.replicas:
        return False
    yield resize(deployment, new, size, "room for new pods")
    return True


def _scale_old(deployment: Obj, new: Obj, old: Sequence[Obj]) -> Generator[Action, Any, bool]:
    """Source: kubernetes v1.36 pkg/controller/deployment reconcileOldReplicaSets."""
    if not old:
        return False
    least = deployment.replicas - max_unavailable(deployment)
    new_unavailable = new.replicas - replica_set_status(new).available
    spare = sum(one.replicas for one in old) + new.replicas - least - new_unavailable
    if spare <= 0:
        return False
    unhealthy = yield from _scale_down_unhealthy(deployment, old, spare)
    healthy = yield from _scale_down_healthy(deployment, new, old, least)
    return unhealthy + healthy > 0


def _scale_down_unhealthy(deployment: Obj, old: Sequence[Obj], spare: int) -> Generator[Action, Any, int]:
    """Old pods that do not serve go first, so that they do not hold up the rollout."""
    total = 0
    for one in old:
        if total >= spare:
            break
        count = min(spare - total, one.replicas - replica_set_status(one).available)
        if count < 0:
            break
        if count:
            yield resize(deployment, one, one.replicas - count, "its pods are not available")
            total += count
    return total


def _scale_down_healthy(deployment: Obj, new: Obj, old: Sequence[Obj], least: int) -> Generator[Action, Any, int]:
    available = sum(replica_set_status(one).available for one in [*old, new])
    total = 0
    for one in old:
        count = min(one.replicas, available - least - total)
        if count <= 0:
            continue
        yield resize(deployment, one, one.replicas - count, "enough pods are available")
        total += count
    return total
