"""The kubelet and the scheduler, played by rule: which act on which pod comes next.

An act is `finish` (a terminating pod is gone), `bind` (to a node), `ready` (it runs and passes its check) or
`complete` (a Job's pod ends). Acts are ordered by kind, then by pod: first seen first, then by when its owner was
first seen, owner name, ordinal, node, pod name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final

from kplan.controllers.state import (
    FAILED,
    PENDING,
    READY,
    SUCCEEDED,
    TERMINATING,
    UNREADY,
    UNSCHEDULED,
    Cohort,
    Pod,
)
from kplan.k8s.image_pattern import is_like

if TYPE_CHECKING:
    from kplan.simulator.store import Store

ACTS: Final = ("finish", "bind", "ready", "complete")
Key = tuple[Any, ...]


class Kubelet:
    """The acts that are due. Told of every change to a pod, it never looks at all of them.

    A pod whose image contains one of `never_ready`, or which is sick, is bound but never becomes ready. On the nodes
    in `lost` nothing happens.
    """

    def __init__(self, never_ready: Collection[str] = ()) -> None:
        self.never_ready = tuple(never_ready)
        self.lost: set[str] = set()
        self._due: dict[str, list[tuple[Key, int, Pod]]] = {act: [] for act in ACTS}
        self._broken: dict[int, tuple[Cohort, bool]] = {}

    def note(self, pod: Pod) -> None:
        """A pod is new, or its condition, node or owner changed."""
        pod.key = _key(pod)
        act = self._act(pod)
        if act is not None:
            heappush(self._due[act], (pod.key, pod.uid, pod))

    def set_never_ready(self, images: Collection[str], pods: Iterator[Pod]) -> None:
        """Replace the images that never become ready; `pods` are all pods there are."""
        self.never_ready = tuple(images)
        self._broken.clear()
        self.look_again(pods)

    def look_again(self, pods: Iterator[Pod]) -> None:
        """Ask again which pods may become ready."""
        self._due["ready"].clear()
        for pod in pods:
            if pod.state in (PENDING, UNREADY):
                self.note(pod)

    def next_act(self) -> tuple[str, Pod] | None:
        """The act of the policy `seq`: the first that is due, taken off the list."""
        for act, heap in self._due.items():
            while heap:
                key, _, pod = heappop(heap)
                if key is pod.key and self._act(pod) == act:
                    return act, pod
        return None

    def wave(self) -> list[tuple[str, Pod]]:
        """The acts of the policy `batch`: all that are due, in order, taken off the list."""
        due = []
        for act, heap in self._due.items():
            for key, _, pod in sorted(heap, key=lambda entry: entry[:2]):
                if key is pod.key and self._act(pod) == act:
                    due.append((act, pod))
            heap.clear()
        return due

    def _act(self, pod: Pod) -> str | None:
        state = pod.state
        if pod.node in self.lost:
            return None
        if state >= TERMINATING:
            return "finish"
        if state == UNSCHEDULED:
            return None if (pod.cohort.template.get("spec") or {}).get("schedulingGates") else "bind"
        if state in (PENDING, UNREADY):
            return None if self.is_broken(pod) else "ready"
        if state == READY and pod.owner is not None and pod.owner.kind == "Job":
            return "complete"
        return None

    def is_broken(self, pod: Pod) -> bool:
        """Whether a pod is bound but never becomes ready."""
        if pod.sick or not self.never_ready:
            return pod.sick
        known = self._broken.get(id(pod.cohort))
        if known is None or known[0] is not pod.cohort:
            broken = any(is_like(image, self.never_ready) for image in pod.cohort.images)
            known = self._broken[id(pod.cohort)] = (pod.cohort, broken)
        return known[1]


def _key(pod: Pod) -> Key:
    owner = pod.cohort.owner
    place = pod.node or pod.target or ""
    if owner is None:
        return pod.since, 0, "", pod.index or 0, place, pod.name
    return pod.since, owner.since, owner.name, pod.index or 0, place, pod.name


def finish_job_pod(store: Store, pod: Pod, fails: dict[str, int]) -> None:
    """A Job's pod ends: the first `fails[job]` of them fail, the others succeed."""
    job = pod.owner.name if pod.owner else ""
    left = fails.get(job, 0)
    if left > 0:
        fails[job] = left - 1
    store.set_pod(pod, FAILED if left > 0 else SUCCEEDED)
