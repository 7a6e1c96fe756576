"""Rules that the manifests bring themselves, in CEL, judged without an API server.

`custom_rule_problems` judges custom resources by the `x-kubernetes-validations` of their definitions,
`policy_problems` all objects by the ValidatingAdmissionPolicies; `check` does both. The library that
evaluates is imported only when there is a rule; without it each one is reported as not checked. Whether the API server
takes an expression at all is judged without it (`kplan.cel.compiled`, `kplan.cel.rule`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kplan.model import ObjectRef, Problem, Resource

RULES = ("custom-rule-broken", "admission-policy-denied", "cel-not-checked")
"""The ids of the rules whose problems are found here."""

_BINDINGS = frozenset(("ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding"))
"""Without a binding, no policy acts."""


def check(
    resources: Iterable[Resource],
    minor: int,
    *,
    definitions: Iterable[Resource] = (),
    before: Iterable[Resource] = (),
    unsound: Collection[tuple[str, ObjectRef]] = (),
) -> Iterator[tuple[str, Resource, Problem]]:
    """What the rules among the resources and `definitions` say against the resources: (rule id, object, problem).

    `before` are the objects as they were: what is there too is an update, and its transition rules are judged. The
    custom resources in `unsound`, by file and name, are such that the API server looks at none of their definitions'
    rules.
    """
    resources = tuple(resources)
    sources = (*resources, *definitions)
    kinds = {resource.kind for resource in sources}
    if "CustomResourceDefinition" not in kinds and kinds.isdisjoint(_BINDINGS):
        return
    old = {resource.ref: resource for resource in before}
    if "CustomResourceDefinition" in kinds:
        from kplan.cel.custom import custom_rule_problems

        yield from custom_rule_problems(resources, sources, minor, old, unsound)
    if not kinds.isdisjoint(_BINDINGS):
        from kplan.cel.policy import policy_problems

        yield from policy_problems(resources, sources, minor, old)
