"""A Secret that a container has in its environment."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of, value_at
from kplan.rules.context import Context
from kplan.rules.rule import rule

_HELP = "mount the Secret as a file"


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        for field, path in (("env", ("valueFrom", "secretKeyRef")), ("envFrom", ("secretRef",))):
            entries = container.data.get(field)
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                secret = value_at(entry, *path, "name")
                if isinstance(secret, str):
                    message = f"container `{container.name}` has Secret `{secret}` in its environment"
                    yield container.has(message, field, index, *path, "name", help=_HELP)
