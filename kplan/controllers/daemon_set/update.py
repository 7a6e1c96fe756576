"""Rolling update of a DaemonSet: delete old pods as far as allowed, or make new ones beside them.

Source: kubernetes v1.36 pkg/controller/daemon rollingUpdate.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kplan.controllers.action import Action
from kplan.controllers.daemon_set.fencepost import is_rolling, max_surge, max_unavailable
from kplan.controllers.daemon_set.keep import Outcome, change
from kplan.controllers.daemon_set.placement import Placement, not_deleted
from kplan.controllers.state import TERMINATING, Pod, State

__all__ = ["is_rolling", "update"]

Pair = tuple[Pod | None, Pod | None]
"""The new and the old pod of a node."""


def update(state: State, placed: Placement) -> Generator[Action, Any, Outcome]:
    """One step of the update: with surge new pods come first, without it old pods go first."""
    if max_surge(placed.owner, placed.desired):
        found = _surge(state, placed)
        return (yield from change(placed, found.nodes, found.pods, "its successor serves"))
    return (yield from change(placed, (), _replaceable(state, placed), "new revision"))


def _nodes(placed: Placement) -> list[str]:
    """The nodes that have pods or should have one, in their turn.

    The real controller looks at them in a random order (that of a Go map). Here those with the oldest pods come first,
    and of equals those from the middle on: a rule that gives the likeliest result where the order matters.
    """
    wanted = [node for node, fit in placed.fits.items() if fit.may_start or node in placed.pods]
    nodes = wanted + [node for node in placed.pods if node not in placed.fits]
    middle = len(nodes) // 2
    return sorted(nodes[middle:] + nodes[:middle], key=lambda node: _age(placed.pods.get(node, ())))


def _age(pods: Sequence[Pod]) -> int:
    return min((pod.since for pod in pods), default=0)


def _pair(placed: Placement, pods: Sequence[Pod]) -> Pair | None:
    """The node's new and old pod that are not being deleted; None where it has several of one sort."""
    if len(pods) == 1 and pods[0].state < TERMINATING:
        return (pods[0], None) if placed.is_updated(pods[0]) else (None, pods[0])
    living = not_deleted(pods)
    new = [pod for pod in living if placed.is_updated(pod)]
    old = [pod for pod in living if not placed.is_updated(pod)]
    if len(new) > 1 or len(old) > 1:
        return None
    return new[0] if new else None, old[0] if old else None


def _replaceable(state: State, placed: Placement) -> list[Pod]:
    """The old pods to delete: all that do not serve, and as many of the others as may be missing."""
    allowed = max_unavailable(placed.owner, placed.desired)
    unavailable = 0
    broken: list[Pod] = []
    candidates: list[Pod] = []
    for node in _nodes(placed):
        new, old = _pair(placed, placed.pods.get(node, ())) or (None, None)
        if (new is None) == (old is None):
            unavailable += 1
        elif new is not None:
            unavailable += not state.is_available(new, placed.min_ready_s)
        elif old is not None and state.is_available(old, placed.min_ready_s):
            candidates.append(old)
        elif old is not None:
            broken.append(old)
            unavailable += 1
    return broken + candidates[: max(0, allowed - unavailable)]


@dataclass(slots=True)
class _Surge:
    """Nodes to get a new pod, and old pods to go."""

    nodes: list[str] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)


def _surge(state: State, placed: Placement) -> _Surge:
    """New pods where the old one does not serve, and beside up to `maxSurge` that do; the old one goes when both serve.

    On a node that should not have a pod any more, the old pod goes when enough others serve.
    """
    found = _Surge()
    surging = available = 0
    candidates: list[str] = []
    leaving: list[Pod] = []
    for node in _nodes(placed):
        pair = _pair(placed, placed.pods.get(node, ()))
        if pair is None:
            surging += 1
            continue
        new, old = pair
        shown = old or new
        available += shown is not None and state.is_available(shown, placed.min_ready_s)
        if old is None:
            continue
        if new is None:
            _sort_old(state, placed, node, old, found, candidates, leaving)
        elif state.is_available(new, placed.min_ready_s):
            found.pods.append(old)
        else:
            surging += 1
    found.pods += leaving[: max(0, available - placed.desired)]
    found.nodes += candidates[: max(0, max_surge(placed.owner, placed.desired) - surging)]
    return found


def _sort_old(
    state: State, placed: Placement, node: str, old: Pod, found: _Surge, candidates: list[str], leaving: list[Pod]
) -> None:
    """What becomes of a node that has only an old pod."""
    wanted = node in placed.fits and placed.fits[node].may_start
    if state.is_available(old, placed.min_ready_s):
        if wanted:
            candidates.append(node)
        else:
            leaving.append(old)
    elif wanted:
        found.nodes.append(node)
    else:
        found.pods.append(old)
