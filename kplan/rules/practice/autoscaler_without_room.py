"""An autoscaler with nothing to decide."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.autoscaler import KIND, bounds
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=(KIND,), since="0.1")
def check(autoscaler: Resource, context: Context) -> Iterator[Problem]:
    found = bounds(autoscaler)
    if found and found[0] == found[1]:
        yield Problem(
            ("spec", "maxReplicas"),
            f"the fewest and the most pods are both {found[1]}: there is nothing to scale",
            help="raise `maxReplicas`, or leave the autoscaler out",
        )
