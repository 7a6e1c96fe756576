"""A PersistentVolumeClaim that no pod mounts."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule
from kplan.rules.usage import unused


@rule(severity=Severity.NOTE, kinds=("PersistentVolumeClaim",), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    yield from unused(resource, context)
