"""A container that may take all memory of its node."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.amount import askings
from kplan.rules.container import RUNNING_KINDS
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container, _, limits in askings(resource, context):
        if limits.get("memory") is None:
            yield container.lacks(
                f"container `{container.name}` may use all memory of its node", "resources", "limits", "memory"
            )
