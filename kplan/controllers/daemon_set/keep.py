"""A pod on each node that should have one, and none elsewhere.

Source: kubernetes v1.36 pkg/controller/daemon manage, podsShouldBeOnNode, syncNodes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from kplan.controllers.action import Action, DeletePods
from kplan.controllers.daemon_set.fencepost import allows_surge
from kplan.controllers.daemon_set.placement import Placement, new_pods, not_deleted, oldest_first
from kplan.controllers.node import Fit
from kplan.controllers.state import FAILED, SUCCEEDED, UNREADY, Pod, State

BURST = 250
"""The most pods made or deleted in one go. Source: kubernetes v1.36 pkg/controller/daemon BurstReplicas."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether pods were made or deleted, and whether the API server refused one."""

    changed: bool = False
    failed: bool = False


def keep(state: State, placed: Placement) -> Generator[Action, Any, Outcome]:
    """Make pods on nodes that lack one; delete those where none may be, and those beyond what a node may have."""
    needing: list[str] = []
    surplus: list[Pod] = []
    surges = allows_surge(placed.owner)
    for node, fit in placed.fits.items():
        pods = placed.pods.get(node)
        if pods and len(pods) == 1 and pods[0].state <= UNREADY and fit.may_stay:
            continue  # by far the most nodes
        needs, extra = _on_node(state, placed, fit, pods, surges)
        if needs:
            needing.append(node)
        surplus += extra
    for node, pods in placed.pods.items():
        if node not in placed.fits:
            surplus += [pod for pod in pods if pod.node is None]
    return (yield from change(placed, needing, surplus, "not wanted on this node"))


def _on_node(
    state: State, placed: Placement, fit: Fit, pods: Sequence[Pod] | None, surges: bool
) -> tuple[bool, list[Pod]]:
    """Whether a node needs a pod, and which of its pods have to go."""
    if fit.may_start and pods is None:
        return True, []
    living = not_deleted(pods or ())
    if not fit.may_stay:
        return False, living
    ended = [pod for pod in living if pod.state in (FAILED, SUCCEEDED)]
    running = [pod for pod in living if pod not in ended]
    if not surges:
        return False, ended + oldest_first(running)[1:]
    if len(running) <= 1:
        return fit.may_start and not running, ended
    return False, ended + _beyond_surge(state, placed, running)


def _beyond_surge(state: State, placed: Placement, running: Sequence[Pod]) -> list[Pod]:
    """While surging a node has an old pod that serves beside a new one that does not yet: all others go."""
    ordered = oldest_first(running)
    new = [pod for pod in ordered if placed.is_updated(pod)]
    old = [pod for pod in ordered if not placed.is_updated(pod)]
    surplus = new[1:] + old[1:]
    if new and old and (not old[0].ready or state.is_available(new[0], placed.min_ready_s)):
        surplus.append(old[0])
    return surplus


def change(
    placed: Placement, needing: Sequence[str], surplus: Sequence[Pod], why: str
) -> Generator[Action, Any, Outcome]:
    """Make pods on nodes and delete pods, a limited number at once."""
    refused = None
    if needing:
        refused = yield new_pods(placed, needing[:BURST])
    if surplus:
        yield DeletePods(tuple(surplus[:BURST]), why)
    return Outcome(changed=bool(surplus) or bool(needing and not refused), failed=bool(refused))
