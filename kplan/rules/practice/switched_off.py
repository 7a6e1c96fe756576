"""What is there and does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.availability import SCALED_KINDS, is_autoscaled
from kplan.rules.context import Context
from kplan.rules.rule import rule

_REPLICAS = ("spec", "replicas")


@rule(severity=Severity.NOTE, kinds=(*SCALED_KINDS, "batch/CronJob", "batch/Job"), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.kind in ("CronJob", "Job"):
        if resource.get("spec", "suspend") is True:
            yield Problem(("spec", "suspend"), "it is suspended and does not run")
        return
    replicas = resource.get(*_REPLICAS)
    if type(replicas) is int and replicas == 0 and not is_autoscaled(resource, context):
        yield Problem(_REPLICAS, "it runs no pods")
