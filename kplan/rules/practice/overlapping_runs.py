"""A CronJob that starts a run while the last one goes on."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=("batch/CronJob",), since="0.1")
def check(cron_job: Resource, context: Context) -> Iterator[Problem]:
    policy = cron_job.get("spec", "concurrencyPolicy")
    if policy is None:
        yield Problem(
            ("spec", "concurrencyPolicy"),
            "a run starts even while the one before it goes on",
            help="set `concurrencyPolicy: Forbid`, or `Allow` if that is meant",
            place=("spec", "schedule"),
        )
