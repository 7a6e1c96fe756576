"""A container that listens where only root may."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_FIRST_FREE = 1024


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        ports = container.data.get("ports")
        for index, port in enumerate(ports if isinstance(ports, list) else ()):
            number = port.get("containerPort") if isinstance(port, dict) else None
            if type(number) is int and 0 < number < _FIRST_FREE:
                yield container.has(
                    f"port {number} may be for root alone",
                    *("ports", index, "containerPort"),
                    help=f"listen on {_FIRST_FREE} or above, and let the Service have port {number}",
                )
