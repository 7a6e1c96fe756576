"""A container that hangs for ever once it hangs."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.lasting if pods and pods.stays else ():
        if container.data.get("livenessProbe") is None:
            yield container.lacks(f"container `{container.name}` has no liveness probe", "livenessProbe")
