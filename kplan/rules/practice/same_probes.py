"""A liveness probe that fails whenever the readiness probe does."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.probe import handler_of, patience_s
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.lasting if pods else ():
        alive, ready = container.data.get("livenessProbe"), container.data.get("readinessProbe")
        if handler_of(alive) is None or handler_of(alive) != handler_of(ready):
            continue
        killed, unready = patience_s(alive), patience_s(ready)
        if killed is not None and unready is not None and killed <= unready:
            yield container.has(
                f"the liveness probe asks what the readiness probe asks, and gives up after {killed} s as well"
                if killed == unready
                else f"the liveness probe gives up after {killed} s, the same readiness probe after {unready} s",
                "livenessProbe",
                at="key",
                help="let it ask less, or give it a higher `failureThreshold`",
            )
