"""A container that may change its own program."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    path = ("securityContext", "readOnlyRootFilesystem")
    for container in pods.containers if pods and not pods.is_windows else ():
        if container.get(*path) is not True:
            message = f"container `{container.name}` may write into its own image"
            help_ = "set `readOnlyRootFilesystem: true`, and mount an `emptyDir` where it has to write"
            yield (container.lacks if container.get(*path) is None else container.has)(message, *path, help=help_)
