"""A container that runs as root, or may."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, Container, Pods, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_HELP = "set `runAsNonRoot: true`"


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None or pods.is_windows or pods.has_own_users:
        return
    for container in pods.containers:
        user = pods.security(container, "runAsUser")
        if type(user) is int and user == 0:
            yield from _as_root(pods, container)
        elif type(user) is not int and pods.security(container, "runAsNonRoot") is not True:
            yield container.lacks(
                f"container `{container.name}` may run as root", "securityContext", "runAsNonRoot", help=_HELP
            )


def _as_root(pods: Pods, container: Container) -> Iterator[Problem]:
    path = ("securityContext", "runAsUser")
    message = f"container `{container.name}` runs as root"
    if container.get(*path) is not None:
        yield container.has(message, *path, help=_HELP)
    else:
        yield Problem((*pods.path, *path), message, _HELP)
