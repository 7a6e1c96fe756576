"""Two Services with the same port of the nodes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.claim import Claims, gather, milder, rivals
from kplan.rules.context import Context
from kplan.rules.rule import rule

_KINDS = ("Service",)


@rule(severity=Severity.ERROR, kinds=_KINDS, since="0.1")
def check(service: Resource, context: Context) -> Iterator[Problem]:
    claims = context.once(_all_claims)
    for what, path in _claims(service, context):
        for other, there in rivals(what, service, claims, context):
            yield Problem(
                path,
                f"node port {service.get(*path)} is that of {other.ref} already",
                help="leave `nodePort` out, and the API server gives each one its own",
                related=((other, there, f"taken by {other.ref}"),),
                severity=milder(other, service),
            )
            break


def _all_claims(context: Context) -> Claims:
    return gather(context, _KINDS, _claims)


def _claims(service: Resource, _context: Context) -> Iterator[tuple[Hashable, FieldPath]]:
    ports = service.get("spec", "ports")
    if service.get("spec", "type") not in ("NodePort", "LoadBalancer") or not isinstance(ports, list):
        return
    for index, port in enumerate(ports):
        if isinstance(port, dict) and type(port.get("nodePort")) is int and port["nodePort"]:
            yield (port["nodePort"], str(port.get("protocol") or "TCP")), ("spec", "ports", index, "nodePort")
