"""An autoscaler that may leave one pod."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.autoscaler import KIND, bounds
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=(KIND,), since="0.1")
def check(autoscaler: Resource, context: Context) -> Iterator[Problem]:
    found = bounds(autoscaler)
    if found and found[0] == 1 < found[1]:
        written = autoscaler.get("spec", "minReplicas") is not None
        yield Problem(
            ("spec", "minReplicas"),
            "when there is little to do, one pod is left" if written else "no `minReplicas`, so one pod may be left",
            help="keep two, so that one may go away",
            place=None if written else ("metadata", "name"),
        )
