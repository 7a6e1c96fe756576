"""Two autoscalers of one workload."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.claim import Claims, gather, milder, rivals
from kplan.rules.context import Context
from kplan.rules.link import Links
from kplan.rules.link_rule import rule_of
from kplan.rules.rule import rule

_KINDS = ("autoscaling/HorizontalPodAutoscaler", "keda.sh/ScaledObject")


@rule(severity=Severity.ERROR, kinds=_KINDS, since="0.1")
def check(autoscaler: Resource, context: Context) -> Iterator[Problem]:
    claims = context.once(_all_claims)
    for what, path in _claims(autoscaler, context):
        for other, there in rivals(what, autoscaler, claims, context):
            yield Problem(
                path,
                f"{what} is scaled by {other.ref} already",
                help="with two of them the autoscaler scales nothing, or each undoes what the other does",
                related=((other, there, f"scaled by {other.ref}"),),
                severity=milder(other, autoscaler),
            )
            break


def _all_claims(context: Context) -> Claims:
    return gather(context, _KINDS, _claims)


def _claims(autoscaler: Resource, context: Context) -> Iterator[tuple[Hashable, FieldPath]]:
    for reference in context.once(Links).written.get(id(autoscaler), ()):
        if rule_of(reference.row) == "dangling-scale-target":
            yield reference.target, reference.path
