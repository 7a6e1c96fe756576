"""A container that may fill the disk of its node."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.amount import askings
from kplan.rules.container import RUNNING_KINDS
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container, _, limits in askings(resource, context):
        if limits.get("ephemeral-storage") is None:
            yield container.lacks(
                f"container `{container.name}` may fill the disk of its node",
                "resources",
                "limits",
                "ephemeral-storage",
            )
