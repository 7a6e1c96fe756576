"""Which pods a ReplicaSet gives up first when it is scaled down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from math import log2

from kplan.controllers.state import PENDING, READY, UNREADY, UNSCHEDULED, Pod

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


def first_to_go(pods: Sequence[Pod], related: Iterable[Pod], number: int, now_s: float) -> list[Pod]:
    """The `number` pods to delete, of all the active pods of one ReplicaSet.

    Not bound before bound, pending before running, not ready before ready, lower deletion cost, more pods of the same
    workload on its node (`related`), ready later, made later. The last two compare ages by their power of two, so that
    pods of about one age are equal; the real choice between equals is random, here the youngest goes.

    Source: kubernetes v1.36 pkg/controller/replicaset getPodsToDelete, pkg/controller ActivePodsWithRanks.
    """
    if number >= len(pods):
        return list(pods)
    on_node = Counter(pod.node for pod in related if pod.active)
    now_ns = now_s * 1e9

    def rank(pod: Pod) -> tuple[int, ...]:
        return (
            pod.node is not None,
            _PHASE[pod.state],
            pod.state == READY,
            deletion_cost(pod),
            -on_node[pod.node],
            _age(pod.ready_s, now_ns) if pod.state == READY else 0,
            _age(pod.created_s, now_ns),
            -pod.uid,
        )

    return nsmallest(number, pods, key=rank)


_PHASE = {UNSCHEDULED: 0, PENDING: 0, UNREADY: 1, READY: 1}


def _age(time_s: float | None, now_ns: float) -> int:
    """The age as a power of two nanoseconds; -1 where it is none. API times are whole seconds."""
    age_ns = now_ns - int(time_s or 0) * 1e9
    return int(log2(age_ns)) if age_ns > 0 else -1


def deletion_cost(pod: Pod) -> int:
    """The pod's deletion cost: 0 where its annotation is absent or no number."""
    if not pod.annotations:
        return 0
    try:
        return int(pod.annotations.get(DELETION_COST, ""))
    except ValueError:
        return 0
