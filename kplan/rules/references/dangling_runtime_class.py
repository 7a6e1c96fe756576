"""Pods of a RuntimeClass that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.admission import POD_KINDS
from kplan.rules.class_reference import missing_class
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=POD_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_class(resource, context, "runtimeClassName", "node.k8s.io/RuntimeClass")
