"""What stands behind Services, and what keeps it up: counts of pods, autoscalers, disruption budgets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from kplan.k8s.label import clean_labels
from kplan.k8s.selector import Selector, label_selector
from kplan.model import Resource
from kplan.rules.context import Context
from kplan.rules.pod import pod_source
from kplan.rules.scaling import scaler_of

SCALED_KINDS = ("apps/Deployment", "apps/StatefulSet", "argoproj.io/Rollout")
"""Kinds that run as many pods as they are told to."""


def services_of(owner: Resource, context: Context) -> list[Resource]:
    """The Services that send traffic to the pods of an object."""
    return context.once(_services).get(id(owner), [])


def _services(context: Context) -> Mapping[int, list[Resource]]:
    found: dict[int, list[Resource]] = defaultdict(list)
    for service in context.of_kinds(("Service",)):
        selector = clean_labels(service.get("spec", "selector"))
        for source in context.pods_with(selector, service.ref.namespace) if selector else ():
            found[id(source.owner)].append(service)
    return found


def is_autoscaled(owner: Resource, context: Context) -> bool:
    """Whether a HorizontalPodAutoscaler, or KEDA's ScaledObject, says how many pods there are."""
    return scaler_of(owner.ref, context) is not None


def budget_of(owner: Resource, context: Context) -> Resource | None:
    """A PodDisruptionBudget that counts the pods of an object."""
    source = pod_source(owner)
    for budget, selector in context.once(_budgets).get(owner.ref.namespace, ()):
        if source is not None and selector.matches(source.labels):
            return budget
    return None


def _budgets(context: Context) -> Mapping[str, list[tuple[Resource, Selector]]]:
    found: dict[str, list[tuple[Resource, Selector]]] = defaultdict(list)
    for budget in context.of_kinds(("policy/PodDisruptionBudget",)):
        found[budget.ref.namespace].append((budget, label_selector(budget.get("spec", "selector"))))
    return found
