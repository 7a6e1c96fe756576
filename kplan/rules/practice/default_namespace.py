"""An object that is meant for the namespace `default`."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.kinds import scope
from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule

_MADE_BY_ITSELF = ("Service", "kubernetes"), ("ServiceAccount", "default")


@rule(severity=Severity.NOTE, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.get("metadata", "namespace") != "default" or scope(resource.ref.group, resource.kind) == "Cluster":
        return
    if (resource.kind, resource.ref.name) not in _MADE_BY_ITSELF:
        yield Problem(
            ("metadata", "namespace"),
            "it goes into the namespace `default`",
            help="give the application a namespace of its own",
        )
