"""A CronJob that leaves no trace of what failed."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=("batch/CronJob",), since="0.1")
def check(cron_job: Resource, context: Context) -> Iterator[Problem]:
    limit = cron_job.get("spec", "failedJobsHistoryLimit")
    if type(limit) is int and limit == 0:
        yield Problem(
            ("spec", "failedJobsHistoryLimit"),
            "a run that fails is deleted at once, with its pods and their logs",
            help="keep one, as is the default",
        )
