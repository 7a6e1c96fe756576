"""Pods and claims outside the bounds of their namespace's LimitRange."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.limit_range import Excess, claim_excesses, pod_excesses
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.admission import POD_KINDS, asked_claims, asked_pods, limit_items, together
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.ERROR, kinds=("PersistentVolumeClaim", *POD_KINDS), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for limit_range in context.of_kinds(("LimitRange",)):
        if together(limit_range, resource, context):
            try:
                yield from _problems(resource, limit_range, context)
            except (ValueError, TypeError, AttributeError):
                continue  # not of the API's types: the schema check says so


def _problems(resource: Resource, limit_range: Resource, context: Context) -> Iterator[Problem]:
    limits = limit_items(limit_range)
    asked = asked_pods(resource, context)
    if asked is not None:
        refused = "" if resource.kind == "Pod" else "its pods are refused: "
        for excess in pod_excesses(asked.spec, limits):
            yield _problem(excess, asked.path, refused, limit_range)
    for spec, path, _ in asked_claims(resource):
        refused = "" if resource.kind == "PersistentVolumeClaim" else "its claims are refused: "
        for excess in claim_excesses(spec, limits):
            yield _problem(excess, path, refused, limit_range)


def _problem(excess: Excess, path: FieldPath, refused: str, limit_range: Resource) -> Problem:
    here = (limit_range, ("spec", "limits"), f"bounds of {limit_range.ref}")
    return Problem((*path, *excess.path), refused + excess.message, related=(here,))
