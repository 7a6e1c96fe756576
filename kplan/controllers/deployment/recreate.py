"""Recreate: no new pod before the last old one is gone.

Source: kubernetes v1.36 pkg/controller/deployment recreate.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from kplan.controllers.action import Effects
from kplan.controllers.deployment.history import clean_up
from kplan.controllers.deployment.revision import created
from kplan.controllers.deployment.scale import active, resize
from kplan.controllers.deployment.status import complete, status_of, sync_rollout_status
from kplan.controllers.replica_set import status_of as replica_set_status
from kplan.controllers.state import ACTIVE, ENDING, Obj, State


def recreate(state: State, deployment: Obj, new: Obj | None, old: Sequence[Obj]) -> Effects:
    """One step: all old pods down, then wait until they are gone, then all new ones up."""
    running = active(old)
    waiting = _old_pods_run(state, old)
    if running:
        for one in running:
            yield resize(deployment, one, 0, "the strategy is Recreate")
    elif not waiting:
        if new is None:
            new = yield from created(state, deployment, old)
        if new.replicas != deployment.replicas:
            yield resize(deployment, new, deployment.replicas, "all old pods are gone")
    yield from sync_rollout_status(state, deployment, [*old, *([new] if new else [])], new)
    if not running and not waiting and complete(deployment, status_of(deployment)):
        yield from clean_up(deployment, old)


def _old_pods_run(state: State, old: Sequence[Obj]) -> bool:
    """Whether any pod of an old ReplicaSet is still there, terminating ones too.

    Source: kubernetes v1.36 pkg/controller/deployment oldPodsRunning.
    """
    return any(replica_set_status(one).replicas or state.count(one, ACTIVE + ENDING) for one in old)
