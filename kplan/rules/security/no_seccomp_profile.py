"""A container that may make every system call."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.containers if pods and not pods.is_windows else ():
        profile = value_at(pods.security(container, "seccompProfile"), "type") if pods else None
        if profile in ("RuntimeDefault", "Localhost") or container.get("securityContext", "privileged") is True:
            continue
        yield container.lacks(
            f"container `{container.name}` may make every system call",
            *("securityContext", "seccompProfile"),
            help="set `seccompProfile: {type: RuntimeDefault}` for the pod",
        )
