"""How far a DaemonSet's rolling update may go: nodes that may have two pods, nodes that may have none that serves.

Source: kubernetes v1.36 pkg/controller/daemon/util SurgeCount, UnavailableCount; updatedDesiredNodeCounts.
"""

from __future__ import annotations

from kplan.controllers.fencepost import resolve
from kplan.controllers.state import Obj


def is_rolling(daemon_set: Obj) -> bool:
    """Whether the update strategy is RollingUpdate."""
    strategy = daemon_set.spec.get("updateStrategy") or {}
    return bool(strategy.get("type", "RollingUpdate") == "RollingUpdate")


def max_surge(daemon_set: Obj, desired: int) -> int:
    """The nodes, of `desired`, that may have a new pod beside the old one; percentages round up."""
    return resolve(_rolling(daemon_set).get("maxSurge"), desired, up=True) if is_rolling(daemon_set) else 0


def max_unavailable(daemon_set: Obj, desired: int) -> int:
    """The nodes, of `desired`, that may lack a serving pod; percentages round up; without surge at least 1."""
    if not is_rolling(daemon_set):
        return 0
    value = _rolling(daemon_set).get("maxUnavailable")
    number = resolve(1 if value is None else value, desired, up=True)
    return 1 if desired and not number and not max_surge(daemon_set, desired) else number


def allows_surge(daemon_set: Obj) -> bool:
    """Whether any node may have two pods."""
    return max_surge(daemon_set, 1) > 0


def _rolling(daemon_set: Obj) -> dict[str, int | str]:
    return (daemon_set.spec.get("updateStrategy") or {}).get("rollingUpdate") or {}
