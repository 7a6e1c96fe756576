"""A reference to a variable that is not there, or not yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, Container, containers_of
from kplan.rules.context import Context
from kplan.rules.environment import may_come_from_services, references, variables
from kplan.rules.rule import rule

_NO_COMMAND = re.compile(r"[A-Z][A-Z0-9_]*\Z")
"""In the arguments of a shell, `$(hostname)` runs a command; names like this are no commands."""


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    if context.build_of(resource) is not None:
        return  # kustomize may put something in the place of `$(NAME)`
    for container in containers_of(resource, context):
        yield from _in_values(container)
        yield from _in_command(container)


def _in_values(container: Container) -> Iterator[Problem]:
    """A value sees the variables before it, those of `envFrom`, and those of Services."""
    every = variables(container)
    last = {variable.name: variable.position for variable in every}
    known: set[str] = set()
    for variable in every:
        for name in references(variable.value):
            if name in known:
                continue
            if last.get(name, -1) > variable.position:
                help_ = f"`{name}` is set further down: move it up"
                yield container.has(f"`$({name})` stays as it is: it is set too late", *variable.path, help=help_)
            elif not _may_be_there(name, container):
                message = f"`$({name})` stays as it is: no `{name}` is set"
                yield container.has(message, *variable.path, help="`$$(...)` writes it on purpose")
        known.add(variable.name)


def _in_command(container: Container) -> Iterator[Problem]:
    known = {variable.name for variable in variables(container)}
    for field in ("command", "args"):
        words = container.data.get(field)
        for index, word in enumerate(words if isinstance(words, list) else ()):
            for name in references(word):
                if name not in known and _NO_COMMAND.match(name) and not _may_be_there(name, container):
                    yield container.has(f"`$({name})` stays as it is: no `{name}` is set in `env`", field, index)


def _may_be_there(name: str, container: Container) -> bool:
    return bool(container.data.get("envFrom")) or may_come_from_services(name)
