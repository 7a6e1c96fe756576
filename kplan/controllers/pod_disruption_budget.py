"""PodDisruptionBudgets: how many of the pods that they select may be evicted now.

A change to a pod tells only one of the budgets that select it, chosen by chance; here all of them are told.

Source: kubernetes v1.36 pkg/controller/disruption.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kplan.controllers.action import Effects, SetStatus
from kplan.controllers.fencepost import resolve
from kplan.controllers.registry import Controller
from kplan.controllers.state import READY, Cohort, Map, Obj, State

KIND = "PodDisruptionBudget"
CONDITION = "DisruptionAllowed"
_SCALED = ("ReplicationController", "ReplicaSet", "StatefulSet")
"""The kinds of owner whose size is known, beside Deployments, which own pods through ReplicaSets."""


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """Pods: how many may be evicted, are ready, must be ready, and are counted on. `reason` is the condition's."""

    allowed: int = 0
    healthy: int = 0
    desired: int = 0
    expected: int = 0
    reason: str | None = None


def status_of(budget: Obj) -> BudgetStatus:
    """The status, all zero before the controller has seen the budget."""
    return budget.status if isinstance(budget.status, BudgetStatus) else BudgetStatus()


def sync(state: State, budget: Obj) -> Effects:
    """Count the pods. Where the size of an owner cannot be known, nothing may be evicted.

    Source: kubernetes v1.36 pkg/controller/disruption trySync, failSafe.
    """
    cohorts = list(selected(state, budget))
    healthy = sum(cohort.counts[READY] for cohort in cohorts)
    counts = expected_and_desired(budget.spec, cohorts)
    if counts is None:
        yield SetStatus(budget, replace(status_of(budget), allowed=0, reason="SyncFailed"))
        return
    expected, desired = counts
    allowed = max(healthy - desired, 0) if expected > 0 else 0
    reason = "SufficientPods" if allowed else "InsufficientPods"
    yield SetStatus(budget, BudgetStatus(allowed, healthy, desired, expected, reason))


def selected(state: State, budget: Obj) -> Iterator[Cohort]:
    """The pods that the budget's selector matches: all of the namespace where it is empty, none where it is absent."""
    selector = state.selector(budget)
    for cohort in state.cohorts.get(budget.namespace, {}).values():
        if selector.matches(cohort.labels):
            yield cohort


def expected_and_desired(spec: Map, cohorts: Iterable[Cohort]) -> tuple[int, int] | None:
    """The pods that are counted on and those that must be ready; None where an owner has no size.

    Percentages are of the owners' sizes, rounded up: for `maxUnavailable` this allows one more disruption.

    Source: kubernetes v1.36 pkg/controller/disruption getExpectedPodCount.
    """
    most: Any = spec.get("maxUnavailable")
    least: Any = spec.get("minAvailable")
    if most is None and least is None:
        return 0, 0
    if most is None and isinstance(least, int):
        return sum(len(cohort.pods) for cohort in cohorts), least
    scale = expected_scale(cohorts)
    if scale is None:
        return None
    if most is None:
        return scale, resolve(least, scale, up=True)
    return scale, max(scale - resolve(most, scale, up=True), 0)


def expected_scale(cohorts: Iterable[Cohort]) -> int | None:
    """The sizes of all owners of the pods together; pods without an owner count for nothing.

    None where an owner has no size: a DaemonSet, a Job, or one that is gone.

    Source: kubernetes v1.36 pkg/controller/disruption getExpectedScale.
    """
    sizes: dict[int, int] = {}
    for cohort in cohorts:
        owner = cohort.owner
        if owner is None:
            continue
        if owner.kind == "ReplicaSet" and owner.owner is not None and owner.owner.kind == "Deployment":
            owner = owner.owner
        elif owner.kind not in _SCALED:
            return None
        if owner.deleting:
            return None
        sizes[owner.uid] = owner.replicas
    return sum(sizes.values())


def shown(state: State, budget: Obj) -> Map:
    """The budget's entry in a snapshot."""
    status = status_of(budget)
    entry: Map = {
        "allowed": status.allowed,
        "healthy": status.healthy,
        "desired": status.desired,
        "expected": status.expected,
        "conditions": {},
    }
    if status.reason is not None:
        entry["conditions"][CONDITION] = f"{status.reason == 'SufficientPods'}:{status.reason}"
    return entry


def _woken_by_pods(state: State, cohort: Cohort) -> list[Obj]:
    if KIND not in state.objects:
        return []
    return [one for one in state.of_kind(KIND, cohort.namespace) if state.selector(one).matches(cohort.labels)]


CONTROLLER = Controller(KIND, "pdbs", shown, sync, rank=3, woken_by_pods=_woken_by_pods)
