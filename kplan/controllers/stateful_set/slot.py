"""The places of a StatefulSet: one for each ordinal in its range, with or without its pod, and the pods beyond it.

Source: kubernetes v1.36 pkg/controller/statefulset updateStatefulSet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kplan.controllers.replica_set import min_ready_s
from kplan.controllers.revision import pod_revision
from kplan.controllers.state import TERMINATING, Obj, Pod, State
from kplan.controllers.stateful_set.member import ordinal
from kplan.controllers.stateful_set.status import status_of


@dataclass(frozen=True, slots=True)
class Missing:
    """A pod that is still to be made, and the revision that it will be made from."""

    ordinal: int
    revision: Obj


Slot: TypeAlias = Pod | Missing


@dataclass(frozen=True, slots=True)
class Plan:
    """The StatefulSet at the beginning of a sync.

    `slots` are in order of their ordinals from `start`, `condemned` are the pods out of range, highest first.
    `first_unavailable` is the lowest slot, or else the lowest condemned pod, that is not available.
    """

    owner: Obj
    start: int
    slots: tuple[Slot, ...]
    condemned: tuple[Pod, ...]
    newest: Obj
    first_unavailable: Slot | None
    min_ready_s: int

    @property
    def ordered(self) -> bool:
        """Whether pods are made and removed one after the other, and not all at once."""
        return self.owner.spec.get("podManagementPolicy") != "Parallel"


def start_ordinal(stateful_set: Obj) -> int:
    """The ordinal of the first pod."""
    return int((stateful_set.spec.get("ordinals") or {}).get("start") or 0)


def in_range(stateful_set: Obj, number: int) -> bool:
    """Whether the StatefulSet should have a pod of this ordinal."""
    return 0 <= number - start_ordinal(stateful_set) < stateful_set.replicas


def partition(stateful_set: Obj) -> int | None:
    """The number of the lowest pods that stay as they are; None where no rolling update is described."""
    rolling = (stateful_set.spec.get("updateStrategy") or {}).get("rollingUpdate")
    return None if rolling is None else int(rolling.get("partition") or 0)


def plan(state: State, stateful_set: Obj, current: Obj, newest: Obj) -> Plan:
    """Sort the StatefulSet's pods into its slots."""
    start = start_ordinal(stateful_set)
    slots: list[Slot | None] = [None] * stateful_set.replicas
    condemned: list[Pod] = []
    for pod in state.pods_of(stateful_set):
        number = ordinal(pod)
        if 0 <= number - start < stateful_set.replicas:
            slots[number - start] = pod
        elif number >= 0:
            condemned.append(pod)
    condemned.sort(key=ordinal, reverse=True)
    old = _kept_old(stateful_set)
    filled = tuple(
        slot or Missing(start + place, current if place < old else newest) for place, slot in enumerate(slots)
    )
    seconds = min_ready_s(stateful_set)
    first = next((slot for slot in (*filled, *reversed(condemned)) if not is_available(state, slot, seconds)), None)
    return Plan(stateful_set, start, filled, tuple(condemned), newest, first, seconds)


def _kept_old(stateful_set: Obj) -> int:
    """How many of the lowest slots get pods of the current revision when theirs are missing.

    Source: kubernetes v1.36 pkg/controller/statefulset newVersionedStatefulSetPod.
    """
    kept = partition(stateful_set)
    if kept is not None:
        return kept
    on_delete = (stateful_set.spec.get("updateStrategy") or {}).get("type") == "OnDelete"
    return 0 if on_delete else status_of(stateful_set).current


def is_available(state: State, slot: Slot, seconds: int) -> bool:
    """Whether the slot has a pod that serves: ready for long enough, and not being deleted."""
    return isinstance(slot, Pod) and slot.state < TERMINATING and state.is_available(slot, seconds)


def revision_name(slot: Slot) -> str:
    """The revision that a slot's pod is made from."""
    return slot.revision.name if isinstance(slot, Missing) else pod_revision(slot.cohort.labels)
