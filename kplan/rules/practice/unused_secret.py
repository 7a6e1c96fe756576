"""A Secret that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule
from kplan.rules.usage import unused


@rule(severity=Severity.NOTE, kinds=("Secret",), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.get("type") not in (None, "Opaque", "kubernetes.io/basic-auth", "kubernetes.io/tls"):
        return  # tokens and the like are found by their type
    yield from unused(resource, context)
