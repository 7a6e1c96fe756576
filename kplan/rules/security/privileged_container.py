"""A container with all rights of its node."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.rule import rule

_HOST_PROCESS = ("securityContext", "windowsOptions", "hostProcess")


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None:
        return
    if value_at(pods.spec, *_HOST_PROCESS) is True:
        yield Problem((*pods.path, *_HOST_PROCESS), "its containers run as processes of the Windows node")
    for container in pods.containers:
        path = ("securityContext", "privileged")
        if container.get(*path) is True:
            yield container.has(
                f"container `{container.name}` has all rights of its node",
                *path,
                help="give it the capabilities and devices that it needs",
            )
        if container.get(*_HOST_PROCESS) is True:
            yield container.has(f"container `{container.name}` runs as a process of the Windows node", *_HOST_PROCESS)
