"""What containers request and are limited to, with what the pod as a whole and LimitRanges say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kplan.k8s.limit_range import with_limit_range
from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.model import Resource
from kplan.rules.admission import limit_items, together
from kplan.rules.container import Container, Map, pods_of, value_at
from kplan.rules.context import Context

_AMOUNTS = ("max", "min", "default", "defaultRequest")


class Asking(NamedTuple):
    """A container that lasts, or ends by itself in a Job, with its requests and limits by resource name."""

    container: Container
    requests: Map
    limits: Map


def askings(owner: Resource, context: Context) -> Iterator[Asking]:
    """What each container of an object's pods asks for; a limit counts as a request where there is none.

    Init containers are left out: what they take is free again before the others start.
    """
    pods = pods_of(owner, context)
    if pods is None:
        return
    ranges = _ranges(owner, context)
    whole_requests, whole_limits = _both(pods.spec.get("resources"))
    for container in pods.lasting:
        requests, limits = _both(container.data.get("resources"))
        if ranges:
            written = {"containers": [{"resources": {"requests": requests, "limits": limits}}]}
            requests, limits = _both(with_limit_range(written, ranges)["containers"][0]["resources"])
        yield Asking(container, whole_requests | requests, whole_limits | limits)


def quantity(value: Any) -> Quantity | None:
    """The quantity that is written, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return parse_quantity(str(value))
    except ValueError:
        return None


def _ranges(owner: Resource, context: Context) -> list[Map]:
    """The items of the LimitRanges that hold for the pods of an object."""
    found = [r for r in context.of_kinds(("LimitRange",)) if together(r, owner, context)]
    items = [item for r in found for item in limit_items(r)]
    return [item | {field: _map(item.get(field)) for field in _AMOUNTS} for item in items]


def _both(resources: Any) -> tuple[Map, Map]:
    """Requests and limits, a limit standing in for a request that is not there."""
    limits = _map(value_at(resources, "limits"))
    return limits | _map(value_at(resources, "requests")), limits


def _map(value: Any) -> Map:
    return value if isinstance(value, dict) else {}
