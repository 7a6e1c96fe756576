"""Pods against a Pod Security Standard, whatever their namespace asks for."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.pod_security import Policy, violations
from kplan.model import FieldPath, Problem, Resource
from kplan.rules.container import Pods, pods_of
from kplan.rules.context import Context


def against_standard(resource: Resource, context: Context, level: str) -> Iterator[Problem]:
    """What the pods of an object do against a level of the standard, in the API server's words, fault by fault."""
    pods = pods_of(resource, context)
    if pods is None:
        return
    template = resource.get(*pods.path[:-1]) or {}
    for violation in violations(template, Policy(level), context.minor):
        path = (*pods.path[:-1], *violation.paths[0])
        yield Problem(path, f"not {level}: {violation}", place=_place(pods, path))


def _place(pods: Pods, path: FieldPath) -> FieldPath | None:
    """The name of the container where the field is not there; None where it is."""
    if pods.owner.get(*path) is not None:
        return None
    container = next((c for c in pods.containers if path[: len(c.path)] == c.path), None)
    return (*container.path, "name") if container else None
