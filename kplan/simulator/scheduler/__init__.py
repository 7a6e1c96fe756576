"""The scheduler: on which node a pod goes, or why on none.

Which nodes can take a pod is decided as Kubernetes does. Which of them does take it is decided by a simpler rule than
its scores, one that everybody can foresee: that with the fewest pods of the pod's namespace, and of equals the first
by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kplan.controllers.state import Map
from kplan.simulator.scheduler.ask import Ask, ask_of
from kplan.simulator.scheduler.filter import reasons
from kplan.simulator.scheduler.ledger import Ledger
from kplan.simulator.scheduler.load import Load

__all__ = ["Ask", "Ledger", "Load", "Placement", "Unschedulable", "ask_of", "choose", "place"]

NOT_ITS_NODE = "node(s) didn't satisfy plugin(s) [NodeAffinity]"
"""What is said of all other nodes where a pod is meant for one, as a DaemonSet's is."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The node that takes the pod."""

    node: str


@dataclass(frozen=True, slots=True)
class Unschedulable:
    """No node takes the pod. `reasons` are in order, each with the number of nodes it holds for, out of `nodes`."""

    nodes: int
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def message(self) -> str:
        """The event FailedScheduling of such a pod.

        >>> Unschedulable(3, (("Insufficient cpu", 2), ("node(s) had untolerated taint(s)", 1))).message
        '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.'

        Source: kubernetes v1.36 pkg/scheduler/framework FitError.Error.
        """
        if not self.nodes:
            return "no nodes available to schedule pods"
        texts = sorted(f"{count} {reason}" for reason, count in self.reasons)
        return f"0/{self.nodes} nodes are available: {', '.join(texts)}."


def place(pod: Map, nodes: Mapping[str, Map], placed: Iterable[tuple[Map, str]]) -> Placement | Unschedulable:
    """Where a pod goes: `placed` are the pods that run already, each with the name of its node.

    >>> web = {"spec": {"containers": [{"name": "web", "resources": {"requests": {"cpu": "40"}}}]}}
    >>> from kplan.simulator.node import plain_nodes
    >>> place(web, plain_nodes(2), [(web, "node-1")])
    Placement(node='node-2')
    >>> place(web, plain_nodes(2), [(web, "node-1"), (web, "node-2")]).message
    '0/2 nodes are available: 2 Insufficient cpu.'
    """
    ledger, load = Ledger(nodes), Load(nodes)
    for uid, (other, node) in enumerate(placed):
        asked = _ask_of_pod(other)
        ledger.put(uid, asked, node)
        load.add(asked.namespace, node, 1)
    return choose(ledger, load, _ask_of_pod(pod))


def _ask_of_pod(pod: Map) -> Ask:
    metadata = pod.get("metadata") or {}
    return ask_of(metadata.get("namespace") or "default", metadata.get("labels") or {}, pod.get("spec") or {})


def choose(ledger: Ledger, load: Load, ask: Ask, only: str | None = None) -> Placement | Unschedulable:
    """The first node in order that takes the pod; `only` is the node that it is meant for."""
    found: Counter[str] = Counter()
    for name in load.order(ask.namespace):
        if only is not None and name != only:
            found[NOT_ITS_NODE] += 1
            continue
        why = reasons(ledger, ask, ledger.nodes[name])
        if not why:
            return Placement(name)
        found.update(why)
    return Unschedulable(len(ledger.nodes), tuple(sorted(found.items())))
