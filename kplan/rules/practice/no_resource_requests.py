"""A container that the scheduler counts for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.amount import askings
from kplan.rules.container import RUNNING_KINDS
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container, requests, _ in askings(resource, context):
        missing = [name for name in ("cpu", "memory") if requests.get(name) is None]
        if missing:
            yield container.lacks(
                f"container `{container.name}` requests no {' and no '.join(missing)}",
                "resources",
                "requests",
                help="request what it usually uses: the scheduler places pods by requests alone",
            )
