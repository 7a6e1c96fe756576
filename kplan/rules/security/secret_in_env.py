"""A password in plain text in the environment of a container."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.credential import credential
from kplan.rules.environment import variables
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        for variable in variables(container):
            found = credential(variable.name, variable.value)
            if found:
                yield container.has(
                    f"the value of `{variable.name}` is {found}, in plain text",
                    *("env", variable.position, "name"),
                    help="put it into a Secret, and take it from there with `valueFrom.secretKeyRef`",
                )
