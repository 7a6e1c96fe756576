"""A container that takes a port of its node."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.containers if pods and pods.spec.get("hostNetwork") is not True else ():
        ports = container.data.get("ports")
        for index, port in enumerate(ports if isinstance(ports, list) else ()):
            number = port.get("hostPort") if isinstance(port, dict) else None
            if type(number) is int and number > 0:
                yield container.has(
                    f"port {number} of the node leads into container `{container.name}`",
                    *("ports", index, "hostPort"),
                    help="use a Service: with a host port no node can run two of these pods",
                )
