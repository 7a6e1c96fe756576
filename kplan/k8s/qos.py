"""Quality of service classes of pods.

Source: kubernetes v1.36 pkg/apis/core/v1/helper/qos ComputePodQOS.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from kplan.k8s.quantity import Quantity, add, parse_quantity

QosClass: TypeAlias = Literal["Guaranteed", "Burstable", "BestEffort"]

_COUNTED = ("cpu", "memory")


def qos_class(spec: dict[str, Any]) -> QosClass:
    """The class of a pod with this spec, or of the pods of a template with it: limits imply requests.

    >>> qos_class({"containers": [{"resources": {"requests": {"cpu": "1"}}}]})
    'Burstable'

    Raises ValueError for text that is no quantity.
    """
    parts = _parts(spec)
    requests: dict[str, Quantity] = {}
    limits: dict[str, Quantity] = {}
    guaranteed = True
    for resources in parts:
        _collect(requests, {**(resources.get("limits") or {}), **(resources.get("requests") or {})})
        found = _collect(limits, resources.get("limits"))
        guaranteed = guaranteed and set(found) == set(_COUNTED)
    if not requests and not limits:
        return "BestEffort"
    if guaranteed and requests == {name: limits.get(name) for name in requests} and len(requests) == len(limits):
        return "Guaranteed"
    return "Burstable"


def _parts(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources that count: the pod's own where it has some, else its containers'."""
    own = spec.get("resources") or {}
    if own.get("requests") or own.get("limits"):
        return [own]
    containers = (*(spec.get("containers") or ()), *(spec.get("initContainers") or ()))
    return [container.get("resources") or {} for container in containers]


def _collect(total: dict[str, Quantity], amounts: dict[str, Any] | None) -> list[str]:
    """Add the amounts that count to `total`; the names of those above zero."""
    found = []
    for name in _COUNTED:
        raw = (amounts or {}).get(name)
        amount = raw if isinstance(raw, Quantity) or raw is None else parse_quantity(raw)
        if amount is None or amount.sign <= 0:
            continue
        found.append(name)
        total[name] = add(total[name], amount) if name in total else amount
    return found
