"""A Service that nothing calls."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule
from kplan.rules.usage import unused


@rule(severity=Severity.NOTE, kinds=("Service",), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.get("spec", "type") not in (None, "ClusterIP"):
        return  # it is there for what is outside the cluster
    yield from unused(resource, context)
