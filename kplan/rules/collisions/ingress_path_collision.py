"""Two Ingresses with the same host and path."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from kplan.kinds.reference import has_hole
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.claim import Claims, gather, rivals
from kplan.rules.context import Context
from kplan.rules.rule import rule

_KINDS = ("networking.k8s.io/Ingress",)
_OWN_BALANCER = ("alb", "gce", "gce-internal")
_SHARED = ("nginx.ingress.kubernetes.io/canary", "nginx.org/mergeable-ingress-type")
"""Annotations of Ingresses that share a host and path on purpose."""


@rule(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(ingress: Resource, context: Context) -> Iterator[Problem]:
    claims = context.once(_all_claims)
    for what, path in _claims(ingress, context):
        for other, there in rivals(what, ingress, claims, context):
            host = ingress.get(*path[:3], "host") or "every host"
            yield Problem(
                path,
                f"`{_path(ingress.get(*path))}` of {host} is claimed by {other.ref}{_where(other, ingress)} already",
                help="controllers serve one of them, mostly the older one, or refuse the other",
                related=((other, there, f"claimed by {other.ref}"),),
            )
            break


def _where(other: Resource, ingress: Resource) -> str:
    return f" in namespace `{other.ref.namespace}`" if other.ref.namespace != ingress.ref.namespace else ""


def _all_claims(context: Context) -> Claims:
    return gather(context, _KINDS, _claims)


def _claims(ingress: Resource, _context: Context) -> Iterator[tuple[Hashable, FieldPath]]:
    """Class, host, path and path type: controllers tell paths of different types apart."""
    notes = ingress.get("metadata", "annotations")
    notes = notes if isinstance(notes, dict) else {}
    name = ingress.get("spec", "ingressClassName") or notes.get("kubernetes.io/ingress.class")
    if name in _OWN_BALANCER or any(note in notes for note in _SHARED):
        return
    rules = ingress.get("spec", "rules")
    for number, one in enumerate(rules if isinstance(rules, list) else ()):
        paths = ingress.get("spec", "rules", number, "http", "paths")
        host = str(one.get("host") or "") if isinstance(one, dict) else ""
        for index, path in enumerate(paths if isinstance(paths, list) and not has_hole(host) else ()):
            if isinstance(path, dict):
                what = (str(name), host, _path(path), str(path.get("pathType")))
                yield what, ("spec", "rules", number, "http", "paths", index)


def _path(item: Any) -> str:
    path = item.get("path") if isinstance(item, dict) else None
    return path if isinstance(path, str) and path else "/"
