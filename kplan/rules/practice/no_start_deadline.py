"""A CronJob whose missed runs start whenever the controller comes to them."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=("batch/CronJob",), since="0.1")
def check(cron_job: Resource, context: Context) -> Iterator[Problem]:
    if cron_job.get("spec", "startingDeadlineSeconds") is None:
        yield Problem(
            ("spec", "startingDeadlineSeconds"),
            "a missed run starts however late it is",
            help="set `startingDeadlineSeconds` to the time after which it is of no use",
            place=("spec", "schedule"),
        )
