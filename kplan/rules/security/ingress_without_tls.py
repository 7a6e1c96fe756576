"""An Ingress that serves plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule

_ENDED_BEFORE = ("cert", "ssl", "tls", "https")
"""Parts of annotations by which a load balancer in front ends TLS."""

_ISSUER = "cert-manager.io/"
"""Begins annotations that make a certificate, for the hosts in `tls` alone."""


@rule(severity=Severity.WARNING, kinds=("networking.k8s.io/Ingress",), since="0.1")
def check(ingress: Resource, context: Context) -> Iterator[Problem]:
    annotations = ingress.get("metadata", "annotations")
    keys = [str(key).lower() for key in annotations] if isinstance(annotations, dict) else []
    ended = any(part in key for key in keys if not key.startswith(_ISSUER) for part in _ENDED_BEFORE)
    if not ingress.get("spec", "tls") and not ended:
        yield Problem(
            ("spec", "tls"),
            "it serves plain HTTP",
            help="add `tls` with a Secret for its hosts",
            place=("metadata", "name"),
        )
