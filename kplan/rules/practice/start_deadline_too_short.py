"""A CronJob that may miss all its runs."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule

_BETWEEN_LOOKS_S = 10


@rule(severity=Severity.WARNING, kinds=("batch/CronJob",), since="0.1")
def check(cron_job: Resource, context: Context) -> Iterator[Problem]:
    deadline = cron_job.get("spec", "startingDeadlineSeconds")
    if type(deadline) is int and 0 <= deadline < _BETWEEN_LOOKS_S:
        yield Problem(
            ("spec", "startingDeadlineSeconds"),
            f"a run that starts {deadline} s late is skipped, and the controller may take longer to look",
            help=f"allow {_BETWEEN_LOOKS_S} s or more",
        )
