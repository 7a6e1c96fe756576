"""A PodDisruptionBudget that lets no pod be evicted."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from kplan.k8s.selector import label_selector
from kplan.model import Problem, Resource, Severity
from kplan.rules.admission import pod_count
from kplan.rules.context import Context
from kplan.rules.pod import PodSource
from kplan.rules.rule import rule
from kplan.rules.scaling import least_replicas


@rule(severity=Severity.WARNING, kinds=("policy/PodDisruptionBudget",), since="0.1")
def check(budget: Resource, context: Context) -> Iterator[Problem]:
    least, most = budget.get("spec", "minAvailable"), budget.get("spec", "maxUnavailable")
    if most in (0, "0", "0%"):
        yield _problem("maxUnavailable", f"`maxUnavailable: {most}` lets no pod be evicted")
        return
    if least == "100%":
        yield _problem("minAvailable", "`minAvailable: 100%` lets no pod be evicted")
        return
    pods = context.selected_pods(label_selector(budget.get("spec", "selector")), budget.ref.namespace)
    counts = [_count(source, context) for source in pods]
    total = sum(count for count in counts if count)
    if not pods or None in counts or total < 1:
        return
    needed = _scaled(least, total)
    if needed is not None and needed >= total:
        what = "pod there is" if total == 1 else f"{total} pods there are"
        yield _problem("minAvailable", f"`minAvailable: {least}` is all of the {what}: none may be evicted")


def _count(source: PodSource, context: Context) -> int | None:
    """How many pods there are at least; None where that is not known."""
    if source.owner.kind not in ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"):
        return None
    scaled = least_replicas(source.owner.ref, context)
    return pod_count(source.owner) if scaled is None else scaled or None


def _scaled(value: object, total: int) -> int | None:
    """The number of pods that must stay; a percentage rounds up.

    Source: kubernetes v1.36 pkg/controller/disruption getExpectedPodCount.
    """
    if type(value) is int:
        return value
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit():
        return ceil(int(value[:-1]) * total / 100)
    return None


def _problem(field: str, message: str) -> Problem:
    return Problem(
        ("spec", field),
        f"{message}, and a drain of their nodes never ends",
        help="let one pod be missing (`maxUnavailable: 1`), or run one more than the budget demands",
    )
