"""Pods that everybody in the cluster may talk to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from kplan.k8s.selector import Selector, label_selector
from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.pod import pod_source
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods, source, namespace = pods_of(resource, context), pod_source(resource), resource.ref.namespace
    if pods is None or source is None or not pods.stays or pods.spec.get("hostNetwork") is True:
        return
    if context.once(_namespaces_with_other_policies) & {"", namespace}:
        return
    if not any(selector.matches(source.labels) for selector in context.once(_selectors).get(namespace, ())):
        yield Problem(
            ("metadata", "name"),
            "no NetworkPolicy selects its pods: everything in the cluster may reach them",
            help="add one that lets in who uses them",
        )


def _selectors(context: Context) -> Mapping[str, list[Selector]]:
    found: dict[str, list[Selector]] = defaultdict(list)
    for policy in context.of_kinds(("networking.k8s.io/NetworkPolicy",)):
        found[policy.ref.namespace].append(label_selector(policy.get("spec", "podSelector") or {}))
    return found


def _namespaces_with_other_policies(context: Context) -> frozenset[str]:
    """Where policies of network plugins may select the pods; "" stands for every namespace."""
    return frozenset(
        "" if "Cluster" in r.kind or "Global" in r.kind or "Admin" in r.kind else r.ref.namespace
        for r in context.manifest
        if r.kind.endswith("NetworkPolicy") and r.ref.group != "networking.k8s.io"
    )
