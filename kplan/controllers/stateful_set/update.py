"""Rolling update of a StatefulSet: from the highest ordinal down to the partition, waiting for each pod.

Source: kubernetes v1.36 pkg/controller/statefulset updateStatefulSet; v1.37 updateStatefulSetAfterInvariantEstablished.
"""

from __future__ import annotations

from kplan.controllers.action import DeletePods, Effects
from kplan.controllers.fencepost import resolve
from kplan.controllers.state import TERMINATING, Pod, State
from kplan.controllers.stateful_set.slot import Plan, is_available, partition, revision_name

MAX_UNAVAILABLE_SINCE = 37
"""The first minor that looks at `maxUnavailable` by default; before, the field is dropped."""

_WHY = "new revision"


def update(state: State, plan: Plan) -> Effects:
    """Delete the pods whose turn it is to be made anew."""
    if state.minor >= MAX_UNAVAILABLE_SINCE:
        yield from _update_several(state, plan)
        return
    for slot in reversed(plan.slots[partition(plan.owner) or 0 :]):
        if isinstance(slot, Pod) and slot.state < TERMINATING and revision_name(slot) != plan.newest.name:
            yield DeletePods((slot,), _WHY)
            return
        if not is_available(state, slot, plan.min_ready_s):
            return


def _update_several(state: State, plan: Plan) -> Effects:
    """As many at once as `maxUnavailable` allows; with the policy Parallel, old pods that do not serve come on top."""
    unavailable = sum(not is_available(state, slot, plan.min_ready_s) for slot in plan.slots)
    budget = max_unavailable(plan) - unavailable
    outdated = _outdated(plan, partition(plan.owner) or 0)
    if plan.ordered:
        chosen = outdated[: max(0, budget)]
    else:
        broken = [pod for pod in outdated if not state.is_available(pod, plan.min_ready_s)]
        serving = [pod for pod in outdated if state.is_available(pod, plan.min_ready_s)]
        chosen = broken + serving[: max(0, budget)]
    if chosen:
        yield DeletePods(tuple(chosen), _WHY)


def _outdated(plan: Plan, begin: int) -> list[Pod]:
    """The pods of another revision that are not being deleted yet, the highest ordinal first."""
    return [
        slot
        for slot in reversed(plan.slots[begin:])
        if isinstance(slot, Pod) and slot.state < TERMINATING and revision_name(slot) != plan.newest.name
    ]


def max_unavailable(plan: Plan) -> int:
    """How many pods may be missing during an update: 1 where nothing is said, and at least 1; percentages round down.

    Source: kubernetes v1.37 pkg/controller/statefulset getStatefulSetMaxUnavailable.
    """
    rolling = (plan.owner.spec.get("updateStrategy") or {}).get("rollingUpdate") or {}
    value = rolling.get("maxUnavailable")
    return max(1, resolve(1 if value is None else value, plan.owner.replicas, up=False))
