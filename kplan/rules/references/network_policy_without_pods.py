"""A NetworkPolicy whose selector selects no pod."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule
from kplan.rules.selection import without_pods


@rule(severity=Severity.WARNING, kinds=("networking.k8s.io/NetworkPolicy",), since="0.1")
def check(policy: Resource, context: Context) -> Iterator[Problem]:
    yield from without_pods(policy, ("spec", "podSelector"), context, sure=True)
