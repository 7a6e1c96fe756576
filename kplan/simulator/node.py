"""Nodes: what they offer, and what becomes of one that is lost. A node is its object as the API holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kplan.controllers.node import HOSTNAME, NO_EXECUTE, NO_SCHEDULE, OS
from kplan.controllers.state import Map
from kplan.errors import UsageError
from kplan.k8s.quantity import Quantity, parse_quantity

UNREACHABLE: Final = "node.kubernetes.io/unreachable"
GENEROUS: Final = {"cpu": "64", "memory": "256Gi", "pods": "1000"}
"""What a node offers of which nothing is known but that it is there."""

MOST: Final = 10_000
"""More plain nodes than any cluster has."""

Nodes = dict[str, Map]
"""Node objects by name, in their order."""


def node_object(
    name: str,
    labels: Mapping[str, str] | None = None,
    taints: list[Map] | None = None,
    allocatable: Mapping[str, str] | None = None,
) -> Map:
    """A Node object. Its labels have its host name and system, as a kubelet would set them.

    >>> node_object("node-1")["status"]["allocatable"]["pods"]
    '1000'
    """
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {HOSTNAME: name, OS: "linux", **(labels or {})}},
        "spec": {"taints": list(taints)} if taints else {},
        "status": {"allocatable": {**GENEROUS, **(allocatable or {})}},
    }


def plain_nodes(number: int) -> Nodes:
    """`node-1`, `node-2`, ...: nodes of generous size without labels or taints of their own.

    Raises UsageError for more than `MOST`.
    """
    if number > MOST:
        raise UsageError(f"{number} nodes are more than the {MOST} that can be simulated")
    names = [f"node-{index}" for index in range(1, number + 1)]
    return {name: node_object(name) for name in names}


def is_modelled(nodes: Mapping[str, Map]) -> bool:
    """Whether so much is known of the nodes that pods may not fit: they say what they offer."""
    return any(isinstance(node.get("status"), dict) for node in nodes.values())


def allocatable(node: Map) -> dict[str, int]:
    """What the node has for pods: millicores of cpu, bytes, or numbers of other things; absent is without limit."""
    status = node.get("status")
    if not isinstance(status, dict):
        return {}
    offered = status.get("allocatable") or status.get("capacity") or {}
    return {str(name): whole(str(name), parse_quantity(amount)) for name, amount in offered.items()}


def whole(resource: str, amount: Quantity) -> int:
    """An amount in the unit that the scheduler counts in: millicores of cpu, one of anything else, rounded up.

    >>> whole("cpu", parse_quantity("250m")), whole("memory", parse_quantity("1Ki"))
    (250, 1024)
    """
    return amount.milli() if resource == "cpu" else amount.value()


def lost(name: str, node: Map) -> Map:
    """The node when nothing is heard of it any more: tainted as unreachable, for starting and for staying.

    Source: kubernetes v1.36 pkg/controller/nodelifecycle doNoScheduleTaintingPass, processTaintBaseEviction.
    """
    spec = _spec(node)
    taints = [*(spec.get("taints") or []), *({"key": UNREACHABLE, "effect": one} for one in (NO_SCHEDULE, NO_EXECUTE))]
    return {**_as_object(name, node), "spec": {**spec, "taints": taints}}


def restored(name: str, node: Map) -> Map:
    """The node when it is back: without the taints of a lost one."""
    spec = _spec(node)
    taints = [taint for taint in spec.get("taints") or [] if taint.get("key") != UNREACHABLE]
    return {**_as_object(name, node), "spec": {**spec, "taints": taints}}


def is_lost(node: Mapping[str, Any]) -> bool:
    """Whether nothing is heard of the node."""
    return any(taint.get("key") == UNREACHABLE for taint in _spec(node).get("taints") or ())


def _spec(node: Mapping[str, Any]) -> Map:
    spec = node.get("spec")
    return spec if isinstance(spec, dict) else {}


def _as_object(name: str, node: Map) -> Map:
    """A node of which only labels were given, as an object."""
    if isinstance(node.get("metadata"), dict):
        return node
    return {"metadata": {"name": name, "labels": {k: v for k, v in node.items() if isinstance(v, str)}}}
