"""A container that gets traffic as soon as its process is there."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.availability import services_of
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None or not pods.stays:
        return
    serving = [c for c in pods.lasting if c.data.get("ports")]
    if not serving and len(pods.lasting) == 1 and services_of(resource, context):
        serving = list(pods.lasting)
    for container in serving:
        if container.data.get("readinessProbe") is None:
            yield container.lacks(
                f"container `{container.name}` serves a port and has no readiness probe", "readinessProbe"
            )
