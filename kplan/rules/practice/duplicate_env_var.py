"""A variable that a container sets twice."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.environment import variables
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        first: dict[str, int] = {}
        for position, name, _ in variables(container):
            if first.setdefault(name, position) != position:
                before = (*container.path, "env", first[name], "name")
                yield Problem(
                    (*container.path, "env", position, "name"),
                    f"`{name}` is set twice in container `{container.name}`",
                    help="only the last one counts",
                    related=((resource, before, "set here first"),),
                )
