"""Which pods belong to a StatefulSet: those with its name and a number, that its selector matches.

Source: kubernetes v1.36 pkg/controller/statefulset getPodsForStatefulSet, stateful_set_utils.go.
"""

from __future__ import annotations

from functools import lru_cache

from kplan.controllers.action import Effects, Own
from kplan.controllers.state import Obj, Pod, State

_LARGEST = 2**31 - 1


def ordinal(pod: Pod) -> int:
    """The number at the end of the pod's name, -1 where there is none."""
    return _parent_and_ordinal(pod.name)[1]


def is_member(stateful_set: Obj, pod: Pod) -> bool:
    """Whether the pod's name is the StatefulSet's and a number."""
    return _parent_and_ordinal(pod.name)[0] == stateful_set.name


@lru_cache(maxsize=16384)
def _parent_and_ordinal(name: str) -> tuple[str, int]:
    """Source: kubernetes v1.36 pkg/controller/statefulset getParentNameAndOrdinal."""
    parent, dash, digits = name.rpartition("-")
    if not dash or not digits.isascii() or not digits.isdigit():
        return "", -1
    return parent, int(digits) if len(digits) < 20 and int(digits) <= _LARGEST else -1


def claim_members(state: State, stateful_set: Obj) -> Effects:
    """Release pods that the selector no longer matches or that are named otherwise; adopt orphans that fit."""
    selector = state.selector(stateful_set)
    pairs = selector.pairs.items() if len(selector.pairs) == len(selector.requirements) else None
    for cohort in list(state.cohorts_of.get(stateful_set.uid, ())):
        matched = selector.matches(cohort.labels) if pairs is None else pairs <= cohort.labels.items()
        for pod in list(cohort.pods.values()):
            if not matched or not is_member(stateful_set, pod):
                yield Own(pod, None, "it no longer belongs to the StatefulSet")
    for cohort in state.orphan_cohorts(stateful_set.namespace):
        if not selector.matches(cohort.labels):
            continue
        for pod in [pod for pod in cohort.pods.values() if pod.active and is_member(stateful_set, pod)]:
            yield Own(pod, stateful_set, "it has the name of one of the StatefulSet's pods")
