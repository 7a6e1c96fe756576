"""A capability that leads out of the container."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.capability import AS_GOOD_AS_ROOT, capabilities
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        for index, name in enumerate(capabilities(container, "add")):
            if name in AS_GOOD_AS_ROOT:
                yield container.has(
                    f"`{name}` lets container `{container.name}` {AS_GOOD_AS_ROOT[name]}"
                    if name != "ALL"
                    else f"container `{container.name}` gets all capabilities: {AS_GOOD_AS_ROOT[name]}",
                    *("securityContext", "capabilities", "add", index),
                )
