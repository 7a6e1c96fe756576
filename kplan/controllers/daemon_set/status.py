"""A DaemonSet's status: nodes by what their pod is like.

Source: kubernetes v1.36 pkg/controller/daemon updateDaemonSetStatus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kplan.controllers.action import SetStatus
from kplan.controllers.daemon_set.placement import Placement, oldest_first
from kplan.controllers.state import Obj, Pod, State


@dataclass(frozen=True, slots=True)
class DaemonSetStatus:
    """Counts of nodes, by the oldest pod on each, which may be one that is being deleted.

    `desired` should have a pod, `current` of them have one; `misscheduled` have one and should not.
    """

    desired: int = 0
    current: int = 0
    ready: int = 0
    available: int = 0
    updated: int = 0
    misscheduled: int = 0
    collision_count: int | None = None
    observed_generation: int = 0

    @property
    def unavailable(self) -> int:
        """The nodes that should have a pod and have none that is available."""
        return self.desired - self.available


def status_of(daemon_set: Obj) -> DaemonSetStatus:
    """The status, all zero before the controller has seen it."""
    return daemon_set.status if isinstance(daemon_set.status, DaemonSetStatus) else DaemonSetStatus()


def calculated(state: State, placed: Placement) -> SetStatus:
    """The action that writes the status as the pods are now."""
    wanted = [node for node, fit in placed.fits.items() if fit.may_start]
    first = [_oldest(placed.pods[node]) for node in wanted if node in placed.pods]
    status = DaemonSetStatus(
        desired=len(wanted),
        current=len(first),
        ready=sum(pod.ready for pod in first),
        available=sum(state.is_available(pod, placed.min_ready_s) for pod in first),
        updated=sum(placed.is_updated(pod) for pod in first),
        misscheduled=sum(not fit.may_start and node in placed.pods for node, fit in placed.fits.items()),
        collision_count=status_of(placed.owner).collision_count,
        observed_generation=placed.owner.generation,
    )
    return SetStatus(placed.owner, status)


def _oldest(pods: Sequence[Pod]) -> Pod:
    return pods[0] if len(pods) == 1 else oldest_first(pods)[0]
