"""Losing nodes and getting them back: what the node lifecycle controller makes of it.

Source: kubernetes v1.36 pkg/controller/nodelifecycle monitorNodeHealth, handleDisruption.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from kplan.controllers.node import NO_EXECUTE
from kplan.controllers.node_lifecycle import NodeStatus, pods_on
from kplan.controllers.state import READY, TERMINATING_READY, TERMINATING_UNREADY, UNREADY, Map, Obj
from kplan.errors import UsageError
from kplan.simulator.node import UNREACHABLE, is_lost, lost, restored
from kplan.simulator.store import Store

_UNREADY = {READY: UNREADY, TERMINATING_READY: TERMINATING_UNREADY}
_LARGE: Final = 50
_UNHEALTHY: Final = 0.55
_ZONE: Final = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")


def lose_nodes(store: Store, names: Collection[str]) -> None:
    """The nodes are no longer heard of: their pods are not ready from now on, and are evicted when their time comes.

    The controllers have not acted yet. Raises UsageError for a node that is not there.
    """
    for name in names:
        node = known_node(store, name)
        if not is_lost(node):
            store.nodes[name] = lost(name, node)
    store.kubelet.lost.update(names)
    for name in sorted(names):
        for pod in pods_on(store, name):
            if pod.state in _UNREADY:
                store.set_pod(pod, _UNREADY[pod.state])
        _node(store, name).status = NodeStatus(store.now_s)
    _look_around(store)


def restore_nodes(store: Store, names: Collection[str]) -> None:
    """The nodes are back: what was deleted meanwhile ends, and all else may become ready again."""
    for name in names:
        store.nodes[name] = restored(name, known_node(store, name))
        _node(store, name).status = None
    store.kubelet.lost.difference_update(names)
    for name in sorted(names):
        for pod in pods_on(store, name):
            store.kubelet.note(pod)
    _look_around(store)


def remove_nodes(store: Store, names: Collection[str]) -> None:
    """The Node objects are deleted: their pods are gone at once.

    Source: kubernetes v1.36 pkg/controller/podgc gcOrphaned.
    """
    for name in sorted(names):
        known_node(store, name)
        del store.nodes[name]
        store.kubelet.lost.discard(name)
        for pod in pods_on(store, name):
            store.forget_pod(pod)
        if (obj := store.get("Node", "", name)) is not None:
            store.remove(obj)
    _look_around(store)


def known_node(store: Store, name: str) -> Map:
    """The node of that name. Raises UsageError where there is none."""
    node = store.nodes.get(name)
    if node is None:
        raise UsageError(f"there is no node `{name}`; the nodes are {', '.join(store.nodes) or 'none'}")
    return node


def _node(store: Store, name: str) -> Obj:
    """The stored Node object, which carries when the node was lost."""
    return store.get("Node", "", name) or store.add("Node", "", name, {"metadata": {"name": name}})


def _look_around(store: Store) -> None:
    """All who look at nodes do so again."""
    spared = spared_nodes(store.nodes)
    for name, node in store.nodes.items():
        if name in spared:
            store.nodes[name] = _without_eviction(node)
    store.scheduler.look_at_nodes(store.all_pods())
    for kind in ("Node", "DaemonSet"):
        for obj in list(store.of_kind(kind)):
            store.touch(obj)


def _without_eviction(node: Map) -> Map:
    taints = [
        taint
        for taint in node["spec"]["taints"]
        if taint.get("key") != UNREACHABLE or taint.get("effect") != NO_EXECUTE
    ]
    return {**node, "spec": {**node["spec"], "taints": taints}}


def spared_nodes(nodes: Mapping[str, Map]) -> set[str]:
    """The lost nodes whose pods are not evicted: so many are lost that the network is to blame, not they.

    That is so where all nodes of all zones are lost, and in a zone of up to 50 nodes that has lost more than two
    and at least 55 % of them.

    >>> from kplan.simulator.node import lost, plain_nodes
    >>> nodes = plain_nodes(5)
    >>> nodes |= {name: lost(name, nodes[name]) for name in ("node-1", "node-2", "node-3")}
    >>> sorted(spared_nodes(nodes))
    ['node-1', 'node-2', 'node-3']

    Source: kubernetes v1.36 pkg/controller/nodelifecycle ComputeZoneState, handleDisruption.
    """
    gone = [name for name, node in nodes.items() if is_lost(node)]
    if len(gone) == len(nodes):
        return set(gone)
    zones: dict[tuple[str, ...], list[str]] = {}
    for name, node in nodes.items():
        zones.setdefault(_zone(node), []).append(name)
    return {name for names in zones.values() for name in _spared(names, set(gone))}


def _spared(names: Iterable[str], gone: set[str]) -> list[str]:
    members = list(names)
    missing = [name for name in members if name in gone]
    partial = 2 < len(missing) < len(members) and len(missing) >= _UNHEALTHY * len(members)
    return missing if partial and len(members) <= _LARGE else []


def _zone(node: Map) -> tuple[str, ...]:
    metadata = node.get("metadata")
    labels = metadata.get("labels") or {} if isinstance(metadata, dict) else {}
    return tuple(str(labels.get(key) or "") for key in _ZONE)
