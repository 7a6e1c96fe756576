"""A Job's pods at the beginning of a sync: which are active, and which ends are still to be counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kplan.controllers.job.interval import Intervals, below, has, intervals, merged
from kplan.controllers.job.policy import failure_action, failure_counts
from kplan.controllers.job.spec import backoff_limit_per_index, completions, is_indexed, replaces_only_failed
from kplan.controllers.job.status import Backoff, JobStatus
from kplan.controllers.state import FAILED, READY, SUCCEEDED, TERMINATING, Obj, Pod, State

FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED_FAILURES = "batch.kubernetes.io/job-index-ignored-failure-count"


@dataclass(frozen=True)
class Census:
    """The pods of a Job, oldest first, as they were before the controller acted.

    `tracked` are those whose end is still to be counted: `gone` of them have vanished, `lost` have failed or were
    deleted before they could succeed. `succeeded` and `failed` are the new ends that count for a completion.
    """

    job: Obj
    status: JobStatus
    active: tuple[Pod, ...]
    ready: frozenset[Pod]
    terminating: tuple[Pod, ...]
    counted: frozenset[Pod]
    tracked: tuple[Pod, ...]
    gone: frozenset[Pod]
    lost: frozenset[Pod]
    succeeded: tuple[Pod, ...]
    failed: tuple[Pod, ...]

    @cached_property
    def end(self) -> int:
        """The number of completion indexes."""
        return completions(self.job) or 0

    def is_valid(self, pod: Pod) -> bool:
        """Whether the pod's completion index, if it must have one, is in range."""
        return _is_valid(self.job, pod)

    @cached_property
    def counted_failures(self) -> int:
        """How many of the new failures count towards the back-off limit."""
        return sum(1 for pod in self.failed if failure_counts(self.job, pod))

    @cached_property
    def backoff(self) -> Backoff:
        """The record of failures with the new ends; indexes that are counted apart keep their own."""
        if self.failed_indexes is not None:
            return self.status.backoff
        return self.status.backoff.after(self.succeeded, self.failed)

    @cached_property
    def completed_indexes(self) -> Intervals:
        """The indexes that have succeeded; those out of range are forgotten."""
        new = intervals(pod.index for pod in self.succeeded if pod.index is not None)
        return merged((*below(self.status.completed_indexes, self.end), *new))

    @cached_property
    def failed_indexes(self) -> Intervals | None:
        """The indexes that have failed; None where indexes are not counted apart.

        Source: kubernetes v1.36 pkg/controller/job calculateFailedIndexes.
        """
        if backoff_limit_per_index(self.job) is None:
            return None
        new = intervals(pod.index for pod in self.failed if pod.index is not None and self._fails_index(pod))
        return merged((*below(self.status.failed_indexes or (), self.end), *new))

    def _fails_index(self, pod: Pod) -> bool:
        action = failure_action(self.job, pod)
        if action == "FailIndex":
            return True
        return action != "Ignore" and failures(pod)[0] >= (backoff_limit_per_index(self.job) or 0)

    @cached_property
    def to_replace(self) -> dict[int, Pod]:
        """For each index that waits for a new pod, the last failed one: it is counted when it has been replaced.

        Source: kubernetes v1.36 pkg/controller/job getPodsWithDelayedDeletionPerIndex.
        """
        if self.failed_indexes is None:
            return {}
        settled = merged((*self.completed_indexes, *self.failed_indexes, *indexes(self.active)))
        last: dict[int, Pod] = {}
        for pod in self.failed:
            if pod.index is None or has(settled, pod.index):
                continue
            if pod.index not in last or _is_later(pod, last[pod.index]):
                last[pod.index] = pod
        return last


def _is_later(pod: Pod, other: Pod) -> bool:
    return sum(failures(pod)) >= sum(failures(other)) and (pod.ended_s or 0.0) >= (other.ended_s or 0.0)


def indexes(pods: Iterable[Pod]) -> Intervals:
    """The completion indexes of pods."""
    return intervals(pod.index for pod in pods if pod.index is not None)


def failures(pod: Pod) -> tuple[int, int]:
    """The failures of the pod's index before it: those that count, and those that a rule ignored."""
    return _number(pod.annotations.get(FAILURES)), _number(pod.annotations.get(IGNORED_FAILURES))


def _number(written: str | None) -> int:
    return int(written) if written and written.isdecimal() else 0


def take_census(state: State, job: Obj, status: JobStatus, gone: frozenset[Pod]) -> Census:
    """Look at all pods. `gone` are those that were tracked and have vanished."""
    pods = sorted(state.pods_of(job), key=_uid)
    tracked = tuple(sorted((pod for pod in (*pods, *gone) if pod not in status.counted), key=_uid))
    lost = frozenset(pod for pod in tracked if pod in gone or _is_lost(job, pod))
    return Census(
        job,
        status,
        active=tuple(pod for pod in pods if pod.active),
        ready=frozenset(pod for pod in pods if pod.state == READY),
        terminating=tuple(pod for pod in pods if pod.state >= TERMINATING),
        counted=status.counted & frozenset(pods),
        tracked=tracked,
        gone=gone,
        lost=lost,
        succeeded=tuple(pod for pod in tracked if pod.state == SUCCEEDED and _is_valid(job, pod)),
        failed=tuple(pod for pod in tracked if pod in lost and _is_valid(job, pod)),
    )


def _uid(pod: Pod) -> int:
    return pod.uid


def _is_lost(job: Obj, pod: Pod) -> bool:
    """Source: kubernetes v1.36 pkg/controller/job isPodFailed."""
    return pod.state == FAILED or (pod.state >= TERMINATING and not replaces_only_failed(job))


def _is_valid(job: Obj, pod: Pod) -> bool:
    return not is_indexed(job) or (pod.index is not None and pod.index < (completions(job) or 0))
