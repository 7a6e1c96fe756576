"""A rollout that may take all pods of a Service away before the new ones are there."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.admission import pod_count
from kplan.rules.availability import is_autoscaled, services_of
from kplan.rules.container import pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.pod import dicts
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=("apps/Deployment",), since="0.1")
def check(deployment: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(deployment, context)
    services = services_of(deployment, context) if pods else []
    if pods is None or not services or pod_count(deployment) < 1:
        return
    strategy = deployment.get("spec", "strategy")
    if value_at(strategy, "type") == "Recreate":
        claims = any("persistentVolumeClaim" in volume for volume in dicts(pods.spec.get("volumes")))
        if not claims:  # a volume may well be for one pod at a time
            yield Problem(
                ("spec", "strategy", "type"),
                f"each rollout stops all pods of {services[0].ref} before it starts new ones",
                help="use RollingUpdate, which is the default",
            )
        return
    missing = value_at(strategy, "rollingUpdate", "maxUnavailable")
    counted = type(missing) is int and not is_autoscaled(deployment, context) and missing >= pod_count(deployment)
    if missing == "100%" or counted:
        yield Problem(
            ("spec", "strategy", "rollingUpdate", "maxUnavailable"),
            f"a rollout may stop all pods of {services[0].ref} at once",
            help="leave some of them: 25% is the default",
        )
