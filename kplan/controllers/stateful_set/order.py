"""Keeping a StatefulSet's pods: make the missing ones from the lowest up, remove the surplus from the highest down.

Each function's result says whether the rest may go on in this sync.

Source: kubernetes v1.36 pkg/controller/statefulset processReplica, processCondemned.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from kplan.controllers.action import Action, CreatePods, DeletePods, Effects, Seed
from kplan.controllers.revision import HASH_LABEL, template_of
from kplan.controllers.state import FAILED, PENDING, READY, SUCCEEDED, TERMINATING, UNSCHEDULED, Obj, Pod, State
from kplan.controllers.stateful_set.claim import is_stale, make_claims, own_claims
from kplan.controllers.stateful_set.member import ordinal
from kplan.controllers.stateful_set.slot import Missing, Plan, Slot
from kplan.controllers.volume_claim import POD_NAME

INDEX_LABEL = "apps.kubernetes.io/pod-index"
_INDEX_LABEL_SINCE = 28
_NOT_STARTED = (UNSCHEDULED, PENDING, TERMINATING)

Steps = Generator[Action, Any, bool]


def keep(state: State, plan: Plan) -> Steps:
    """Make, replace and remove pods; whether all that the policy waits for is in order, so that updates may go on."""
    if plan.ordered:
        for slot in plan.slots:
            if _is_settled(state, plan, slot):
                continue  # by far the most slots
            if not (yield from _keep_in_order(state, plan, slot)):
                return False
    elif not (yield from _keep_all(state, plan)):
        return False
    for pod in plan.condemned:
        yield from own_claims(state, plan.owner, pod)
    for pod in plan.condemned:
        yield from _condemn(state, plan, pod)
        if plan.ordered:
            return False
    return True


def _is_settled(state: State, plan: Plan, slot: Slot) -> bool:
    """Whether nothing is to be done for a slot, and nothing to wait for."""
    serves = isinstance(slot, Pod) and slot.state == READY and state.is_available(slot, plan.min_ready_s)
    return serves and not plan.owner.spec.get("volumeClaimTemplates")


def _keep_all(state: State, plan: Plan) -> Steps:
    """All slots at once, in batches that double; a batch with a failure is the last."""
    for batch in _batches(plan.slots):
        failed = False
        for slot in batch:
            if _is_settled(state, plan, slot):
                continue
            failed |= not (yield from _keep_one(state, plan, slot))
        if failed:
            return False
    return True


def _batches(slots: Sequence[Slot]) -> Iterator[Sequence[Slot]]:
    """Source: kubernetes v1.36 pkg/controller/statefulset slowStartBatch."""
    begin, size = 0, 1
    while begin < len(slots):
        yield slots[begin : begin + size]
        begin, size = begin + size, min(2 * size, 500)


def _keep_one(state: State, plan: Plan, slot: Slot) -> Steps:
    """Whether nothing failed."""
    if isinstance(slot, Missing):
        return is_stale(state, plan.owner, slot.ordinal) or (yield from _create(state, plan, slot))
    if slot.state in (SUCCEEDED, FAILED):
        yield DeletePods((slot,), "it has ended")
    else:
        yield from _keep_claims(state, plan, slot)
        yield from own_claims(state, plan.owner, slot)
    return True


def _keep_in_order(state: State, plan: Plan, slot: Slot) -> Steps:
    """Whether the slot's pod serves, so that the next one's turn has come."""
    if isinstance(slot, Missing) or slot.state in (SUCCEEDED, FAILED):
        yield from _keep_one(state, plan, slot)
        return False
    yield from _keep_claims(state, plan, slot)
    if slot.state >= TERMINATING or not state.is_available(slot, plan.min_ready_s):
        return False
    yield from own_claims(state, plan.owner, slot)
    return True


def _keep_claims(state: State, plan: Plan, pod: Pod) -> Effects:
    """A pod that has not started gets the claims that it lacks."""
    if pod.state in _NOT_STARTED:
        yield from make_claims(state, plan.owner, ordinal(pod))
        yield from own_claims(state, plan.owner, pod)


def _create(state: State, plan: Plan, slot: Missing) -> Steps:
    """Make the pod with its claims; whether the API server took it."""
    owner = plan.owner
    name = f"{owner.name}-{slot.ordinal}"
    yield from make_claims(state, owner, slot.ordinal)
    if _is_taken(state, owner, name):
        return False
    template = template_of(slot.revision)
    written = (template.get("metadata") or {}).get("labels") or {}
    labels = {**written, HASH_LABEL: slot.revision.name, POD_NAME: name}
    if state.minor >= _INDEX_LABEL_SINCE:
        labels[INDEX_LABEL] = str(slot.ordinal)
    seed = Seed(name=name, index=slot.ordinal)
    refused = yield CreatePods(owner, template, labels, (seed,), f"revision {slot.revision.name}")
    if refused:
        return False
    yield from own_claims(state, owner, name)
    return True


def _is_taken(state: State, owner: Obj, name: str) -> bool:
    """Whether a pod that is not the StatefulSet's has the name."""
    strangers = state.orphan_cohorts(owner.namespace)
    return any(pod.name == name for cohort in strangers for pod in cohort.pods.values())


def _condemn(state: State, plan: Plan, pod: Pod) -> Effects:
    """Remove a pod out of range; with the policy OrderedReady a broken one waits for the broken ones before it."""
    serves = state.is_available(pod, plan.min_ready_s)
    if pod.state < TERMINATING and (serves or not plan.ordered or pod is plan.first_unavailable):
        yield DeletePods((pod,), "scaled down")
