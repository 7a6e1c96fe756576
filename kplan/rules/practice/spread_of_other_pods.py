"""A spread constraint that does not count the pods it is written for."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.label import format_labels
from kplan.k8s.selector import label_selector
from kplan.kinds.reference import has_hole
from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.pod import pod_source
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods, source = pods_of(resource, context), pod_source(resource)
    constraints = pods.spec.get("topologySpreadConstraints") if pods else None
    if pods is None or source is None or not isinstance(constraints, list) or context.misread.labels_of(source):
        return
    labels = (*source.path, "metadata", "labels")
    for index, constraint in enumerate(constraints):
        written = constraint.get("labelSelector") if isinstance(constraint, dict) else None
        if not isinstance(written, dict) or any(map(has_hole, label_selector(written).pairs.values())):
            continue
        selector = label_selector(written)
        if not source.carries(selector.pairs) or any(
            not r.matches(source.labels) for r in selector.requirements if r.key not in selector.pairs
        ):
            yield Problem(
                (*pods.path, "topologySpreadConstraints", index, "labelSelector"),
                f"`{selector}` counts other pods than these, which may all run in one place",
                help=f"its own pods have the labels `{format_labels(source.labels)}`",
                related=((resource, labels, "labels of its pods"),) if source.labels else (),
            )
