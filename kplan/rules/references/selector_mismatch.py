"""A workload whose selector does not select the pods of its own template."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.label import clean_labels, format_labels
from kplan.k8s.selector import Requirement, Selector, label_selector, map_selector, selector_problems
from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule

_APPS = ("apps/DaemonSet", "apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet")


@rule(severity=Severity.ERROR, kinds=(*_APPS, "batch/Job", "ReplicationController"), since="0.1")
def check(workload: Resource, context: Context) -> Iterator[Problem]:
    if workload.kind == "Job" and workload.get("spec", "manualSelector") is not True:
        return  # the API server makes the selector and the label
    if context.misread.may_hold(workload, ("spec", "template", "metadata", "labels")):
        return
    selector, labels = _selector(workload), _template_labels(workload)
    missing = [r for r in selector.requirements if not r.matches(labels)] if labels is not None else []
    if missing and labels is not None:
        yield Problem(
            ("spec", "template", "metadata", "labels"),
            f"selector `{selector}` does not match the labels of the template",
            help="; ".join(_remedy(r, labels) for r in missing),
            related=((workload, ("spec", "selector"), "the selector"),),
        )


def _selector(workload: Resource) -> Selector:
    """The selector; one without requirements where it is invalid, which is another rule's business."""
    written = workload.get("spec", "selector")
    if workload.kind == "ReplicationController":
        return map_selector(written)
    if not isinstance(written, dict) or any(selector_problems(written)):
        return Selector(())
    return label_selector(written)


def _template_labels(workload: Resource) -> dict[str, str] | None:
    """The labels of the template; None where they are of a wrong type, which is another rule's business."""
    value = workload.get("spec", "template")
    for key in ("metadata", "labels"):
        if not isinstance(value, dict):
            break
        value = value.get(key)
    if value is None:
        return {}
    labels = clean_labels(value)
    return labels if isinstance(value, dict) and len(labels) == len(value) else None


def _remedy(missing: Requirement, labels: dict[str, str]) -> str:
    have = labels.get(missing.key)
    if have is None:
        return f"the template has {'no labels' if not labels else f'no label `{missing.key}`'}"
    return f"the template has `{format_labels({missing.key: have})}`"
