"""Label selectors of policies, budgets and monitors that select nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.label import format_labels
from kplan.k8s.selector import Selector, label_selector
from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.context import Context


def selector_at(resource: Resource, *path: str | int) -> Selector:
    """The LabelSelector at a path; one that selects nothing where there is none."""
    return label_selector(resource.get(*path))


def without_pods(resource: Resource, path: FieldPath, context: Context, *, sure: bool = False) -> Iterator[Problem]:
    """The problem of a LabelSelector that selects no pod of the object's namespace, with the pod it comes closest to.

    Where nothing comes close it is reported only where `sure`, and never where the namespace has no pods among the
    manifests, or an operator may run some.
    """
    selector, namespace = label_selector(resource.get(*path)), resource.ref.namespace
    if not selector.requirements or context.selected_pods(selector, namespace):
        return
    if context.may_be_filled_in(selector.pairs, namespace) or not context.pods.get(namespace):
        return
    if any(_may_gain(source.labels, selector) for source in context.pods_that_label_themselves.get(namespace, ())):
        return
    closest = context.nearest_pods(selector.pairs, namespace)
    is_operated = bool(context.operated_namespaces & {"", namespace})
    if closest is None and (is_operated or not sure):
        return
    labels: FieldPath = (*closest.path, "metadata", "labels") if closest else ()
    yield Problem(
        path,
        f"selector `{selector}` matches no pod",
        help=f"the closest pod has the labels `{format_labels(closest.labels)}`" if closest else None,
        related=((closest.owner, labels, f"labels of {closest.owner.ref}"),) if closest else (),
        severity=Severity.WARNING if is_operated or closest is None else None,
    )


def _may_gain(labels: dict[str, Any], selector: Selector) -> bool:
    return all(labels.get(key, value) == value for key, value in selector.pairs.items())
