"""A Service that one pod alone stands behind."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.admission import pod_count
from kplan.rules.availability import SCALED_KINDS, is_autoscaled, services_of
from kplan.rules.container import is_controlled, is_hook
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=SCALED_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    if pod_count(resource) != 1 or is_hook(resource) or is_controlled(resource) or is_autoscaled(resource, context):
        return
    services = services_of(resource, context)
    if services:
        written = resource.get("spec", "replicas") is not None
        yield Problem(
            ("spec", "replicas"),
            f"one pod alone serves {services[0].ref}",
            help="run two or more; what cannot, such as a database, wants a plan for the time when it is away",
            related=((services[0], ("metadata", "name"), "it has no other endpoint"),),
            place=None if written else ("metadata", "name"),
        )
