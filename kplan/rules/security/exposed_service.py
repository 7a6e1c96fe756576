"""A Service that can be reached from outside of the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=("Service",), since="0.1")
def check(service: Resource, context: Context) -> Iterator[Problem]:
    kind, path = service.get("spec", "type"), ("spec", "type")
    annotations = service.get("metadata", "annotations")
    said = " ".join(f"{k}={v}" for k, v in annotations.items()) if isinstance(annotations, dict) else ""
    is_internal = "internal" in said.lower()  # each cloud has an annotation of its own
    if kind == "NodePort":
        yield Problem(path, "every node opens a port for it", help="use ClusterIP behind an Ingress or a Gateway")
    elif kind == "LoadBalancer" and not is_internal and not service.get("spec", "loadBalancerSourceRanges"):
        yield Problem(
            path,
            "a load balancer of its own makes it reachable for everyone",
            help="set `loadBalancerSourceRanges`, or use ClusterIP behind an Ingress or a Gateway",
        )
