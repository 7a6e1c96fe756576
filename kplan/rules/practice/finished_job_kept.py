"""A Job that stays after it has ended."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import is_controlled, is_hook
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=("batch/Job",), since="0.1")
def check(job: Resource, context: Context) -> Iterator[Problem]:
    kept = job.get("spec", "ttlSecondsAfterFinished") is None
    if kept and not is_hook(job) and not is_controlled(job) and job.get("spec", "suspend") is not True:
        yield Problem(
            ("spec", "ttlSecondsAfterFinished"),
            "the Job and its pods stay after it has ended",
            help="set `ttlSecondsAfterFinished`",
            place=("metadata", "name"),
        )
