"""A container that may take all CPU that is left over."""

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
        if limits.get("cpu") is None:
            yield container.lacks(f"container `{container.name}` has no CPU limit", "resources", "limits", "cpu")
