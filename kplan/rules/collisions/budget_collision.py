"""Two PodDisruptionBudgets for one pod."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kplan.k8s.selector import label_selector
from kplan.model import FieldPath, ObjectRef, Problem, Resource, Severity
from kplan.rules.claim import Claims, gather, milder, rivals
from kplan.rules.context import Context
from kplan.rules.rule import rule

_KINDS = ("policy/PodDisruptionBudget",)
_SELECTOR: FieldPath = ("spec", "selector")


@rule(severity=Severity.ERROR, kinds=_KINDS, since="0.1")
def check(budget: Resource, context: Context) -> Iterator[Problem]:
    claims = context.once(_all_claims)
    told: set[ObjectRef] = set()
    for what, path in _claims(budget, context):
        for other, there in rivals(what, budget, claims, context):
            if other.ref not in told:
                told.add(other.ref)
                yield Problem(
                    path,
                    f"the pods of {what} have a budget already: {other.ref}",
                    help="pods with two budgets cannot be evicted at all, so that a drain of their node never ends",
                    related=((other, there, f"selected by {other.ref}"),),
                    severity=milder(other, budget),
                )


def _all_claims(context: Context) -> Claims:
    return gather(context, _KINDS, _claims)


def _claims(budget: Resource, context: Context) -> Iterator[tuple[Hashable, FieldPath]]:
    for source in context.selected_pods(label_selector(budget.get(*_SELECTOR)), budget.ref.namespace):
        yield source.owner.ref, _SELECTOR
