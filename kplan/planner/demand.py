"""What pods request: the cpu and memory that the scheduler sets aside for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kplan.k8s.quantity import parse_quantity

Map = dict[str, Any]


def pod_request(template: Map) -> tuple[int, int]:
    """Millicores and bytes that one pod of a stored template requests.

    Containers and sidecars count together, init containers as the largest of them, and the pod's own requests and
    overhead as written.

    >>> web = {"resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    >>> pod_request({"spec": {"containers": [web, web], "initContainers": [{"resources": {"requests": {"cpu": 1}}}]}})
    (1000, 134217728)

    Source: kubernetes v1.36 component-helpers resource PodRequests.
    """
    spec: Map = template.get("spec") or {}
    return _request(spec, "cpu", milli=True), _request(spec, "memory", milli=False)


def _request(spec: Map, resource: str, *, milli: bool) -> int:
    running = sum(_amount(container, resource, milli) for container in _maps(spec.get("containers")))
    sidecars = starting = 0
    for container in _maps(spec.get("initContainers")):
        amount = _amount(container, resource, milli)
        if container.get("restartPolicy") == "Always":
            sidecars += amount
            starting = max(starting, sidecars)
        else:
            starting = max(starting, sidecars + amount)
    total = max(running + sidecars, starting)
    if resource in (_map(_map(spec.get("resources")).get("requests"))):
        total = _amount(spec, resource, milli)
    return total + _number(_map(spec.get("overhead")).get(resource), milli)


def _amount(holder: Map, resource: str, milli: bool) -> int:
    return _number(_map(_map(holder.get("resources")).get("requests")).get(resource), milli)


def _number(value: Any, milli: bool) -> int:
    if value is None:
        return 0
    try:
        quantity = parse_quantity(value)
    except ValueError:
        return 0
    return quantity.milli() if milli else quantity.value()


def _map(value: Any) -> Map:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> Iterable[Map]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
