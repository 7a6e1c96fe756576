"""Pods that the Pod Security Standard of their namespace forbids."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.label import clean_labels
from kplan.k8s.pod_security import MODES, Policy, describe, policy_of, violations
from kplan.model import ObjectRef, Problem, Resource, Severity
from kplan.rules.admission import POD_KINDS
from kplan.rules.context import Context
from kplan.rules.pod import PodSource, pod_source
from kplan.rules.rule import rule

_FIRST_MINOR = 23
"""The minor from which API servers heed the labels."""

_SEVERITY = {"enforce": None, "warn": Severity.WARNING, "audit": Severity.NOTE}


@rule(severity=Severity.ERROR, kinds=POD_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    source, namespaces = (
        pod_source(resource),
        context.by_ref.get(ObjectRef("", "Namespace", "", resource.ref.namespace)),
    )
    if source is None or not namespaces or context.minor < _FIRST_MINOR:
        return
    namespace = namespaces[0]
    labels = clean_labels(namespace.get("metadata", "labels"))
    for mode in MODES:
        problem = _problem(source, namespace, mode, policy_of(labels, mode), context.minor)
        if problem is not None:
            yield problem
            return


def _problem(source: PodSource, namespace: Resource, mode: str, policy: Policy, minor: int) -> Problem | None:
    template = source.owner.get(*source.path) if source.path else source.owner.data
    found = violations(template, policy, minor) if isinstance(template, dict) else ()
    if not found:
        return None
    violates = "violates" if mode == "enforce" else "would violate"
    refused = "its pods are refused: " if mode == "enforce" and source.path else ""
    label = f"pod-security.kubernetes.io/{mode}"
    return Problem(
        (*source.path, *found[0].paths[0]),
        f'{refused}{violates} PodSecurity "{policy}": {describe(found)}',
        related=((namespace, ("metadata", "labels", label), f"set for namespace `{namespace.ref.name}`"),),
        severity=_SEVERITY[mode],
    )
