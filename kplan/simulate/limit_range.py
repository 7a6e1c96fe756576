"""What a namespace's LimitRanges fill into new pods, and which pods they refuse.

Source: kubernetes v1.36 plugin/pkg/admission/limitranger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kplan.controllers.state import Map, Obj
from kplan.k8s.quantity import Quantity, parse_quantity

Amounts = Mapping[str, Quantity]


@dataclass(frozen=True, slots=True)
class Needs:
    """What one container requests, and what it is limited to, by resource."""

    requests: Amounts
    limits: Amounts


def pod_needs(template: Map, ranges: Iterable[Obj]) -> list[Needs]:
    """The needs of a pod's containers as the API server stores the pod: limits imply requests, then defaults apply."""
    defaults = [item for one in ranges for item in _items(one) if item.get("type") == "Container"]
    return [_needs(container, defaults) for container in (template.get("spec") or {}).get("containers") or []]


def _needs(container: Map, defaults: list[Map]) -> Needs:
    resources = container.get("resources") or {}
    limits = _amounts(resources.get("limits"))
    requests = {**limits, **_amounts(resources.get("requests"))}
    for item in defaults:
        requests = {**_amounts(item.get("defaultRequest")), **requests}
        limits = {**_amounts(item.get("default")), **limits}
    return Needs(requests, limits)


def _items(limit_range: Obj) -> list[Map]:
    return [item for item in limit_range.spec.get("limits") or [] if isinstance(item, dict)]


def _amounts(written: Map | None) -> dict[str, Quantity]:
    return {name: parse_quantity(value) for name, value in (written or {}).items()}


def limit_refusal(needs: list[Needs], ranges: Iterable[Obj]) -> str | None:
    """Why a pod with these needs is refused, or None."""
    for limit_range in ranges:
        for item in _items(limit_range):
            kind = item.get("type")
            groups = needs if kind == "Container" else [_sum(needs)] if kind == "Pod" else []
            for group in groups:
                for reason in _broken(item, group):
                    return f"{reason} per {kind}"
    return None


def _sum(needs: list[Needs]) -> Needs:
    return Needs(_total([one.requests for one in needs]), _total([one.limits for one in needs]))


def _total(amounts: list[Amounts]) -> dict[str, Quantity]:
    """The sum of what all say; a resource that one of them does not name has no sum."""
    from kplan.k8s.quantity import add

    named = [name for name in (amounts[0] if amounts else {}) if all(name in one for one in amounts)]
    totals: dict[str, Quantity] = {}
    for name in named:
        for one in amounts:
            totals[name] = add(totals[name], one[name]) if name in totals else one[name]
    return totals


def _broken(item: Map, needs: Needs) -> Iterator[str]:
    for name, least in _amounts(item.get("min")).items():
        request, limit = needs.requests.get(name), needs.limits.get(name)
        if request is None or request < least or (limit is not None and limit < least):
            yield f"minimum {name} usage is {least}"
    for name, most in _amounts(item.get("max")).items():
        request, limit = needs.requests.get(name), needs.limits.get(name)
        if limit is None or most < limit or (request is not None and most < request):
            yield f"maximum {name} usage is {most}"
    for name, ratio in _amounts(item.get("maxLimitRequestRatio")).items():
        request, limit = needs.requests.get(name), needs.limits.get(name)
        if request is None or limit is None or request.sign <= 0 or limit.sign <= 0:
            yield f"{name} max limit to request ratio is {ratio}, but no request or limit is specified"
        elif limit.milli() * 1000 > ratio.milli() * request.milli():
            yield f"{name} max limit to request ratio is {ratio}"
