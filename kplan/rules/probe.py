"""The probes of containers and the ports that they ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kplan.rules.container import Container, value_at
from kplan.rules.placeholder import is_filled_in
from kplan.rules.pod import dicts

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = (*((probe,) for probe in PROBES), ("lifecycle", "postStart"), ("lifecycle", "preStop"))
_ACTIONS = ("httpGet", "tcpSocket", "grpc")


class Asked(NamedTuple):
    """A port that a probe or a hook of a container asks: what asks, where, and the port as written."""

    asker: str
    path: tuple[str, ...]
    port: Any


def asked_ports(container: Container) -> Iterator[Asked]:
    """The ports that the kubelet asks at the pod itself."""
    for handler in _HANDLERS:
        for action in _ACTIONS:
            asked = container.get(*handler, action)
            if isinstance(asked, dict) and not asked.get("host") and not is_filled_in(asked.get("port")):
                yield Asked(handler[-1], (*handler, action, "port"), asked.get("port"))


def declared_ports(container: Container) -> list[tuple[str, int]]:
    """The ports of a container with their names, "" for one that has none."""
    return [
        (name if isinstance(name := port.get("name"), str) else "", port["containerPort"])
        for port in dicts(container.data.get("ports"))
        if type(port.get("containerPort")) is int
    ]


def list_ports(ports: Iterable[tuple[str, int]]) -> str:
    """Ports as messages list them.

    >>> list_ports([("http", 8080), ("", 9090)])
    '8080 (`http`), 9090'
    """
    return ", ".join(f"{number} (`{name}`)" if name else str(number) for name, number in ports)


def handler_of(probe: Any) -> Any:
    """What a probe does, without how often it does so; None where it is no probe."""
    actions = {action: value_at(probe, action) for action in (*_ACTIONS, "exec")}
    return {action: value for action, value in actions.items() if value is not None} or None


def patience_s(probe: Any) -> int | None:
    """Seconds of failure after which a probe gives up; None where they are not numbers."""
    period, failures = value_at(probe, "periodSeconds"), value_at(probe, "failureThreshold")
    period, failures = 10 if period is None else period, 3 if failures is None else failures
    return period * failures if type(period) is int and type(failures) is int else None
