"""What pods ask for: requests and limits of containers, put together.

Functions take a pod spec as plain JSON or decoded (`kplan.k8s.codec`); quantities may be text, numbers or `Quantity`.

Source: kubernetes v1.36 component-helpers resource PodRequests, AggregateContainerRequests.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from kplan.k8s.quantity import Quantity, add, parse_quantity

Resources: TypeAlias = dict[str, Quantity]
Which: TypeAlias = Literal["requests", "limits"]

_POD_LEVEL = ("cpu", "memory")
_HUGE_PAGES = "hugepages-"


def pod_requests(spec: dict[str, Any]) -> tuple[int, int]:
    """CPU in millicores and memory in bytes that the scheduler counts for a pod or a template.

    The larger of what the containers need together and what each init container needs at its turn, sidecars that
    already run included; limits stand in for missing requests; overhead comes on top.

    >>> pod_requests({"containers": [{"resources": {"requests": {"cpu": "250m"}, "limits": {"memory": "1Gi"}}}]})
    (250, 1073741824)

    Raises ValueError for text that is no quantity.
    """
    total = all_requests(spec)
    zero = parse_quantity("0")
    return total.get("cpu", zero).milli(), total.get("memory", zero).value()


def all_requests(spec: dict[str, Any]) -> Resources:
    """What the scheduler counts for a pod, of every resource; `pod_requests` says how.

    Raises ValueError for text that is no quantity.
    """
    own = spec.get("resources") or {}
    total = aggregate(spec, "requests", limits_stand_in=True)
    total = {**_pod_level(own, "limits"), **total, **_pod_level(own, "requests")}
    return _sum([total, _parse(spec.get("overhead"))])


def _pod_level(resources: dict[str, Any], which: Which) -> Resources:
    """What the pod as a whole says; it counts for some resources only."""
    amounts = _list(resources, which)
    return {name: amount for name, amount in amounts.items() if name in _POD_LEVEL or name.startswith(_HUGE_PAGES)}


def aggregate(spec: dict[str, Any], which: Which, *, limits_stand_in: bool = False) -> Resources:
    """What the containers of a pod need by themselves, init containers and sidecars considered."""
    total = _sum(_needs(container, which, limits_stand_in) for container in spec.get("containers") or ())
    sidecars: Resources = {}
    peak: Resources = {}
    for container in spec.get("initContainers") or ():
        needs = _needs(container, which, limits_stand_in)
        if container.get("restartPolicy") == "Always":
            total = _sum([total, needs])
            sidecars = _sum([sidecars, needs])
            needs = sidecars
        else:
            needs = _sum([needs, sidecars])
        peak = _largest(peak, needs)
    return _largest(total, peak)


def default_pod_resources(spec: dict[str, Any]) -> None:
    """Fill in the resources of a decoded pod, in place, from its containers' where the pod has some of its own.

    Source: kubernetes v1.36 pkg/apis/core/v1 defaultHugePagePodLimits, defaultPodRequests.
    """
    own = spec["resources"]
    if own.get("limits") or own.get("requests"):
        limits = dict(own.get("limits") or {})
        for name, amount in aggregate(spec, "limits").items():
            if name.startswith(_HUGE_PAGES) and name not in (own.get("requests") or {}):
                limits.setdefault(name, amount)
        if limits:
            own["limits"] = limits
    if not own.get("limits"):
        return
    requests = dict(own.get("requests") or {})
    for name, amount in aggregate(spec, "requests").items():
        if name in _POD_LEVEL:
            requests.setdefault(name, amount)
    for name, amount in own["limits"].items():
        if name in _POD_LEVEL or name.startswith(_HUGE_PAGES):
            requests.setdefault(name, amount)
    own["requests"] = requests


def _needs(container: dict[str, Any], which: Which, limits_stand_in: bool) -> Resources:
    resources = container.get("resources") or {}
    if limits_stand_in:
        return {**_list(resources, "limits"), **_list(resources, which)}
    return _list(resources, which)


def _list(resources: dict[str, Any], which: str) -> Resources:
    return _parse(resources.get(which))


def _parse(amounts: dict[str, Any] | None) -> Resources:
    return {
        name: amount if isinstance(amount, Quantity) else parse_quantity(amount)
        for name, amount in (amounts or {}).items()
    }


def _sum(parts: Iterable[Resources]) -> Resources:
    total: Resources = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = add(total[name], amount) if name in total else amount
    return total


def _largest(left: Resources, right: Resources) -> Resources:
    found = {**left}
    for name, amount in right.items():
        if name not in found or found[name] < amount:
            found[name] = amount
    return found
