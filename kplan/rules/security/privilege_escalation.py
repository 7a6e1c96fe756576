"""A container whose processes may gain more rights than it was given."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    path = ("securityContext", "allowPrivilegeEscalation")
    for container in pods.containers if pods and not pods.is_windows else ():
        allowed = container.get(*path)
        if allowed is False or container.get("securityContext", "privileged") is True:
            continue  # the API server refuses to forbid it to one that is privileged
        message = f"processes of container `{container.name}` may gain rights, by setuid programs"
        help_ = "set `allowPrivilegeEscalation: false`"
        yield (container.lacks if allowed is None else container.has)(message, *path, help=help_)
