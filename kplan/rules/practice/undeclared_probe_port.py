"""A probe that asks a number which is none of the container's ports."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, containers_of
from kplan.rules.context import Context
from kplan.rules.probe import PROBES, asked_ports, declared_ports, list_ports
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for container in containers_of(resource, context):
        declared = declared_ports(container)
        for asker, path, port in asked_ports(container):
            if declared and asker in PROBES and type(port) is int and port not in (number for _, number in declared):
                yield container.has(
                    f"{asker} asks port {port}, which the container does not declare",
                    *path,
                    help=f"it has {list_ports(declared)}",
                )
