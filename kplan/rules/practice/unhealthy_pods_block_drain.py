"""A budget that keeps pods which do not work."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule

_FIRST_MINOR = 27
"""The minor from which API servers have the field without being asked to."""


@rule(severity=Severity.NOTE, kinds=("policy/PodDisruptionBudget",), since="0.1")
def check(budget: Resource, context: Context) -> Iterator[Problem]:
    policy = budget.get("spec", "unhealthyPodEvictionPolicy")
    if context.minor >= _FIRST_MINOR and policy in (None, "IfHealthyBudget"):
        yield Problem(
            ("spec", "unhealthyPodEvictionPolicy"),
            "pods that never become ready block a drain",
            help="set `unhealthyPodEvictionPolicy: AlwaysAllow`",
            place=None if policy else ("metadata", "name"),
        )
