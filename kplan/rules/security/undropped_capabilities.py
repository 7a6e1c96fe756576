"""A container that keeps the capabilities which containers have by default."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.capability import capabilities
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.containers if pods and not pods.is_windows else ():
        if "ALL" in capabilities(container, "drop") or container.get("securityContext", "privileged") is True:
            continue
        yield container.lacks(
            f"container `{container.name}` keeps capabilities such as NET_RAW and SETUID",
            *("securityContext", "capabilities", "drop"),
            help="drop `ALL`, and add those that it needs",
        )
