"""A probe that asks a port which the container does not have: by a name, or by the number of the Service's port."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.availability import services_of
from kplan.rules.container import RUNNING_KINDS, Container, containers_of
from kplan.rules.context import Context
from kplan.rules.pod import dicts
from kplan.rules.probe import asked_ports, declared_ports, list_ports
from kplan.rules.rule import rule


@rule(severity=Severity.ERROR, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    containers = containers_of(resource, context)
    for container in containers:
        if context.misread.may_hold(resource, (*container.path, "ports")):
            continue
        for asker, path, port in asked_ports(container):
            if isinstance(port, str) and port and not port.isdigit():
                yield from _unknown_name(container, asker, path, port)
            elif type(port) is int:
                yield from _of_service(resource, context, container, asker, path)


def _unknown_name(container: Container, asker: str, path: tuple[str, ...], port: str) -> Iterator[Problem]:
    declared = declared_ports(container)
    if port not in (name for name, _ in declared):
        yield container.has(
            f"{asker} asks port `{port}`, and the container has no port of that name",
            *path,
            help=f"it has {list_ports(declared)}" if declared else "it declares no ports: write the number",
        )


def _of_service(
    owner: Resource, context: Context, container: Container, asker: str, path: tuple[str, ...]
) -> Iterator[Problem]:
    """The kubelet asks the pod itself, where the port of a Service means nothing."""
    port, declared = container.get(*path), declared_ports(container)
    if not declared or any(port == number for c in containers_of(owner, context) for _, number in declared_ports(c)):
        return
    for service in services_of(owner, context):
        for entry in dicts(service.get("spec", "ports")):
            if entry.get("port") == port and entry.get("targetPort") not in (None, port):
                yield container.has(
                    f"{asker} asks port {port}, which is a port of {service.ref} and none of the container",
                    *path,
                    help=f"it has {list_ports(declared)}",
                    severity=Severity.WARNING,
                )
                return
