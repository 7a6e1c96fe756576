"""Pods that a drain may take away all at once."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.admission import pod_count
from kplan.rules.availability import SCALED_KINDS, budget_of, is_autoscaled
from kplan.rules.container import is_controlled, is_hook
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=SCALED_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    several = pod_count(resource) > 1 or is_autoscaled(resource, context)
    if several and not is_hook(resource) and not is_controlled(resource) and budget_of(resource, context) is None:
        yield Problem(
            ("metadata", "name"),
            "no PodDisruptionBudget counts its pods: a drain may take all of them at once",
            help="add one with `maxUnavailable: 1`",
        )
