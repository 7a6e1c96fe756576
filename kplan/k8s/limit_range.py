"""What LimitRanges fill into pods, and which pods and claims they refuse.

A LimitRange is given as the items of its `spec.limits`, a pod as its spec, both plain JSON.

Source: kubernetes v1.36 plugin/pkg/admission/limitranger, pkg/apis/core/v1 SetDefaults_LimitRangeItem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.k8s.resource import aggregate
from kplan.model.path import FieldPath

Map: TypeAlias = dict[str, Any]
Amounts: TypeAlias = Mapping[str, Quantity]

_KINDS = ("initContainers", "containers")


class Excess(NamedTuple):
    """A bound that is not kept: the field at fault, from the root of the pod spec or claim, and the server's words."""

    path: FieldPath
    message: str


def with_limit_range(spec: Map, limits: Iterable[Map]) -> Map:
    """The pod spec with what the LimitRange fills in; `spec` is not changed.

    Limits stand in for missing requests first, as they do when the pod is read.

    >>> spec = with_limit_range({"containers": [{"name": "c"}]}, [{"type": "Container", "max": {"cpu": "2"}}])
    >>> spec["containers"][0]["resources"]
    {'limits': {'cpu': '2'}, 'requests': {'cpu': '2'}}
    """
    defaults = [_defaulted(item) for item in limits if item.get("type") == "Container"]
    return {**spec, **{kind: [_filled(c, defaults) for c in spec[kind]] for kind in _KINDS if kind in spec}}


def _defaulted(item: Map) -> Map:
    """A Container item as stored: the largest stands in for the default, and that for the default request."""
    limits = {**_map(item, "max"), **_map(item, "default")}
    return {
        **item,
        "default": limits,
        "defaultRequest": {**_map(item, "min"), **limits, **_map(item, "defaultRequest")},
    }


def _filled(container: Map, defaults: Iterable[Map]) -> Map:
    resources = container.get("resources") or {}
    limits, requests = _map(resources, "limits"), _map(resources, "requests")
    requests = {**limits, **requests}
    for item in defaults:
        limits = {**item["default"], **limits}
        requests = {**item["defaultRequest"], **requests}
    return {**container, "resources": {**resources, "limits": limits, "requests": requests}}


def pod_excesses(spec: Map, limits: Iterable[Map]) -> Iterator[Excess]:
    """The bounds that a pod does not keep, the LimitRange's defaults being filled in already.

    Raises ValueError for text that is no quantity.
    """
    for item in limits:
        if item.get("type") == "Container":
            for kind in ("containers", "initContainers"):
                for index, container in enumerate(spec.get(kind) or ()):
                    resources = container.get("resources") or {}
                    requests, most = _amounts(resources, "requests"), _amounts(resources, "limits")
                    for side, message in _broken(item, requests, most):
                        yield Excess((kind, index, "resources", side), message)
        elif item.get("type") == "Pod":
            for _, message in _broken(item, aggregate(spec, "requests"), aggregate(spec, "limits")):
                yield Excess((), message)


def claim_excesses(claim: Map, limits: Iterable[Map]) -> Iterator[Excess]:
    """The bounds that the spec of a PersistentVolumeClaim does not keep.

    Raises ValueError for text that is no quantity.
    """
    requests = _amounts(claim.get("resources") or {}, "requests")
    for item in limits:
        if item.get("type") == "PersistentVolumeClaim":
            for name, least in _amounts(item, "min").items():
                if message := _below(item, name, least, requests.get(name), None):
                    yield Excess(("resources", "requests", name), message)
            for name, most in _amounts(item, "max").items():
                if (asked := requests.get(name)) is None:
                    yield Excess(
                        ("resources", "requests"), f"{_bound('maximum', item, name, most)}. No request is specified"
                    )
                elif most < asked:
                    message = f"{_bound('maximum', item, name, most)}, but request is {asked}"
                    yield Excess(("resources", "requests", name), message)


def _broken(item: Map, requests: Amounts, limits: Amounts) -> Iterator[tuple[str, str]]:
    """The bounds that are not kept: the side (`requests`, `limits`) that is at fault, and the message."""
    for name, least in _amounts(item, "min").items():
        request, limit = requests.get(name), limits.get(name)
        if message := _below(item, name, least, request, limit):
            yield "requests" if request is None or request < least else "limits", message
    for name, most in _amounts(item, "max").items():
        request, limit = requests.get(name), limits.get(name)
        if message := _above(item, name, most, request, limit):
            yield "limits" if limit is None or most < limit else "requests", message
    for name, ratio in _amounts(item, "maxLimitRequestRatio").items():
        if message := _uneven(item, name, ratio, requests.get(name), limits.get(name)):
            yield "limits", message


def _below(item: Map, name: str, least: Quantity, request: Quantity | None, limit: Quantity | None) -> str | None:
    bound = _bound("minimum", item, name, least)
    if request is None:
        return f"{bound}. No request is specified"
    if request < least:
        return f"{bound}, but request is {request}"
    return f"{bound}, but limit is {limit}" if limit is not None and limit < least else None


def _above(item: Map, name: str, most: Quantity, request: Quantity | None, limit: Quantity | None) -> str | None:
    bound = _bound("maximum", item, name, most)
    if limit is None:
        return f"{bound}. No limit is specified"
    if most < limit:
        return f"{bound}, but limit is {limit}"
    return f"{bound}, but request is {request}" if request is not None and most < request else None


def _uneven(item: Map, name: str, most: Quantity, request: Quantity | None, limit: Quantity | None) -> str | None:
    bound = f"{name} max limit to request ratio per {item['type']} is {most}"
    if request is None or not request.sign:
        return f"{bound}, but no request is specified or request is 0"
    if limit is None or not limit.sign:
        return f"{bound}, but no limit is specified or limit is 0"
    if limit.milli() * 1000 <= most.milli() * request.milli():
        return None
    return f"{bound}, but provided ratio is {limit.milli() / request.milli():f}"


def _bound(word: str, item: Map, name: str, amount: Quantity) -> str:
    return f"{word} {name} usage per {item['type']} is {amount}"


def _map(holder: Map, field: str) -> Map:
    return dict(holder.get(field) or {})


def _amounts(holder: Map, field: str) -> dict[str, Quantity]:
    return {name: parse_quantity(value) for name, value in _map(holder, field).items()}
