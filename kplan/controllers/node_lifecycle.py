"""Nodes that are lost: their pods are evicted when they no longer tolerate it.

Source: kubernetes v1.36 pkg/controller/tainteviction, pkg/controller/nodelifecycle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kplan.controllers.action import DeletePods, Effects, Wake
from kplan.controllers.node import NO_EXECUTE, node_taints, tolerates
from kplan.controllers.registry import Controller
from kplan.controllers.state import TERMINATING, Map, Obj, Pod, State

TOLERATED_S: Final = 300.0
"""How long a pod that says nothing of it tolerates a node that is lost.

Source: kubernetes v1.36 plugin/pkg/admission/defaulttolerationseconds.
"""
_BY_DEFAULT: Final = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_FOREVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """`tainted_s` is the virtual time at which the node was lost."""

    tainted_s: float


def sync(state: State, node: Obj) -> Effects:
    """Delete the pods of a lost node whose time is over, and come again for the next."""
    if not isinstance(node.status, NodeStatus):
        return
    taints = [taint for taint in node_taints(state.nodes.get(node.name) or {}) if taint.get("effect") == NO_EXECUTE]
    if not taints:
        return
    due: list[Pod] = []
    later: list[float] = []
    for pod in pods_on(state, node.name):
        at_s = node.status.tainted_s + tolerated_s(pod.cohort.template.get("spec") or {}, taints)
        if pod.state >= TERMINATING or at_s == _FOREVER:
            continue
        if at_s <= state.now_s:
            due.append(pod)
        else:
            later.append(at_s)
    if due:
        yield DeletePods(tuple(due), "its node is lost")
    if later:
        yield Wake(node, min(later))


def pods_on(state: State, name: str) -> list[Pod]:
    """The pods bound to a node, oldest first."""
    cohorts = (cohort for space in state.cohorts.values() for cohort in space.values())
    return sorted((p for one in cohorts for p in one.pods.values() if p.node == name), key=lambda pod: pod.uid)


def tolerated_s(pod_spec: Map, taints: Iterable[Map]) -> float:
    """How long a pod may stay on a node with these taints, in seconds; infinite where it tolerates them for good.

    >>> lost = {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}
    >>> tolerated_s({}, [lost]), tolerated_s({"tolerations": [{"operator": "Exists"}]}, [lost])
    (300.0, inf)

    Source: kubernetes v1.36 pkg/controller/tainteviction processPodOnNode, getMinTolerationTime.
    """
    tolerations = pod_spec.get("tolerations") or []
    fewest = _FOREVER
    for taint in taints:
        found = next((one for one in tolerations if tolerates(one, taint)), None)
        if found is None:
            if taint.get("key") not in _BY_DEFAULT:
                return 0.0
            found = {"tolerationSeconds": TOLERATED_S}
        seconds = found.get("tolerationSeconds")
        fewest = min(fewest, _FOREVER if seconds is None else max(0.0, float(seconds)))
    return fewest


def shown(_state: State, node: Obj) -> Map:
    """The node's entry in a snapshot."""
    return {"lost": isinstance(node.status, NodeStatus)}


CONTROLLER = Controller("Node", "nodes", shown, sync, rank=0)
