"""An autoscaler by a share of requests, over containers that request nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.amount import askings
from kplan.rules.autoscaler import KIND, shares_of_requests, target_pods
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=(KIND,), since="0.1")
def check(autoscaler: Resource, context: Context) -> Iterator[Problem]:
    pods = target_pods(autoscaler, context)
    if pods is None:
        return
    asked = list(askings(pods.owner, context))
    for metric in shares_of_requests(autoscaler):
        judged = [a for a in asked if metric.container in (None, a.container.name)]
        silent = next((a.container for a in judged if a.requests.get(metric.resource) is None), None)
        if silent is not None:
            written = autoscaler.get(*metric.path) is not None
            yield Problem(
                metric.path,
                f"it scales by a share of requested {metric.resource}, and container `{silent.name}` requests none",
                help="it never scales: give every container of the pods a request",
                related=((pods.owner, (*silent.path, "name"), f"requests no {metric.resource}"),),
                at="key" if written else "value",
                place=None if written else ("metadata", "name"),
            )
