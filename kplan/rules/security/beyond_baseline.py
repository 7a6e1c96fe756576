"""Pods that do more than the Pod Security Standard `baseline` allows."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS
from kplan.rules.context import Context
from kplan.rules.rule import rule
from kplan.rules.standard import against_standard


@rule(severity=Severity.ERROR, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    yield from against_standard(resource, context, "baseline")
