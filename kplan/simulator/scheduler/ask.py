"""What one pod asks of its node and of the pods near it, worked out once for all pods that are alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kplan.controllers.state import Map
from kplan.k8s.resource import all_requests
from kplan.simulator.node import whole
from kplan.simulator.scheduler.term import Spread, Term, spreads, terms

Port = tuple[str, int, str]
"""A port of the host: protocol, number, address (0.0.0.0 for all)."""


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """The demands of one pod, or of many alike; equal only to itself.

    `requests` are amounts above 0 as `whole` counts them, `claims` the names of its PersistentVolumeClaims.
    """

    namespace: str
    labels: Mapping[str, str]
    spec: Map
    requests: tuple[tuple[str, int], ...] = ()
    ports: tuple[Port, ...] = ()
    near: tuple[Term, ...] = ()
    apart: tuple[Term, ...] = ()
    spread: tuple[Spread, ...] = ()
    claims: frozenset[str] = frozenset()


def ask_of(namespace: str, labels: Mapping[str, str], spec: Map, claims: frozenset[str] = frozenset()) -> Ask:
    """The demands of a pod of that spec.

    >>> web = {"name": "web", "resources": {"requests": {"cpu": "250m"}}, "ports": [{"hostPort": 80}]}
    >>> found = ask_of("default", {}, {"containers": [web]})
    >>> found.requests, found.ports
    ((('cpu', 250),), (('TCP', 80, '0.0.0.0'),))
    """
    return Ask(
        namespace,
        labels,
        spec,
        requests(spec),
        tuple(dict.fromkeys(_ports(spec))),
        terms(spec, "podAffinity", namespace, labels),
        terms(spec, "podAntiAffinity", namespace, labels),
        spreads(spec, labels),
        claims,
    )


def requests(spec: Map) -> tuple[tuple[str, int], ...]:
    """What the pod requests of each resource, in whole units; none where a quantity cannot be read."""
    try:
        amounts = all_requests(spec)
    except (ValueError, TypeError, AttributeError):
        return ()
    counted = ((name, whole(name, amount)) for name, amount in sorted(amounts.items()))
    return tuple((name, amount) for name, amount in counted if amount > 0)


def _ports(spec: Map) -> Iterator[Port]:
    """The host's ports that the pod takes; on the host's network its containers' ports are the host's.

    Source: kubernetes v1.36 pkg/scheduler/util GetHostPorts; pkg/apis/core/v1 defaultHostNetworkPorts.
    """
    own = bool(spec.get("hostNetwork"))
    for container in _holders(spec):
        for port in container.get("ports") or ():
            number = port.get("hostPort") or (port.get("containerPort") if own else None)
            if number:
                yield str(port.get("protocol") or "TCP"), int(number), str(port.get("hostIP") or "0.0.0.0")


def _holders(spec: Map) -> Iterator[Any]:
    yield from spec.get("containers") or ()
    yield from (one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always")
