"""A backend's port that its Service does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.selector import similar
from kplan.kinds.reference import Reference
from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.link import Links
from kplan.rules.link_rule import referring_kinds
from kplan.rules.pod import dicts
from kplan.rules.rule import rule

Port = tuple[int, str]


@rule(severity=Severity.ERROR, kinds=referring_kinds("dangling-backend", "dangling-webhook-service"), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    links = context.once(Links)
    for reference in links.written.get(id(resource), ()):
        if reference.port is not None and reference.target.kind == "Service":
            services = links.targets(reference, resource)
            ports = [port for service in services for port in _ports(service)]
            if ports and reference.port[1] not in (part for port in ports for part in port):
                yield _problem(reference, services[0], ports)


def _ports(service: Resource) -> Iterator[Port]:
    for port in dicts(service.get("spec", "ports")):
        number, name = port.get("port"), port.get("name")
        if type(number) is int:
            yield number, name if isinstance(name, str) else ""


def _problem(reference: Reference, service: Resource, ports: list[Port]) -> Problem:
    path, wanted = reference.port or (reference.path, 0)
    names = [name for _, name in ports if isinstance(wanted, str) and name and similar(wanted, name)]
    has = ", ".join(f"{number} (`{name}`)" if name else str(number) for number, name in dict.fromkeys(ports))
    what = f"port named `{wanted}`" if isinstance(wanted, str) else f"port {wanted}"
    return Problem(
        path,
        f"Service `{service.ref.name}` has no {what}: {reference.row.loss}",
        help=f"did you mean `{names[0]}`?" if names else f"it has {has}",
        related=((service, ("spec", "ports"), "its ports"),),
    )
