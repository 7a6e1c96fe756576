"""A container that serves SSH."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_SSH = 22


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        ports = container.data.get("ports")
        for index, port in enumerate(ports if isinstance(ports, list) else ()):
            number = port.get("containerPort") if isinstance(port, dict) else None
            if type(number) is int and number == _SSH and port.get("protocol") in (None, "TCP"):
                yield container.has(
                    f"container `{container.name}` serves port 22, that of SSH",
                    *("ports", index, "containerPort"),
                    help="use `kubectl exec` and `kubectl debug`, which ask the API server and leave a trace",
                )
