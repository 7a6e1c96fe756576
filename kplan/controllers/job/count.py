"""What a Job counts of its pods' ends, and when it is finished.

Source: kubernetes v1.36 pkg/controller/job trackJobStatusAndRemoveFinalizers, enactJobFinished.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kplan.controllers.job.census import Census
from kplan.controllers.job.interval import total
from kplan.controllers.job.policy import failure_counts
from kplan.controllers.job.spec import DELAYED_SINCE, is_indexed
from kplan.controllers.job.status import COMPLETE, FAILED, FAILURE_TARGET, SUCCESS_CRITERIA_MET, Condition, JobStatus
from kplan.controllers.state import SUCCEEDED, Pod, State


def counted(
    state: State, census: Census, status: JobStatus, end: Condition | None, released: Iterable[Pod]
) -> JobStatus:
    """The status with all ends counted. `released` are the pods that the controller has just deleted."""
    ended = [pod for pod in census.tracked if end is not None or _is_final(census, pod)]
    failed = [pod for pod in ended if _counts_as_failed(census, pod, end)]
    done = census.counted | frozenset(ended) | frozenset(released)
    succeeded = status.succeeded + len(census.succeeded)
    status = replace(
        status,
        succeeded=total(census.completed_indexes) if is_indexed(census.job) else succeeded,
        failed=status.failed + len(failed),
        completed_indexes=census.completed_indexes,
        failed_indexes=census.failed_indexes,
        counted=done,
        tracked=(frozenset(state.pods_of(census.job)) | census.gone) - done,
    )
    return status if end is None else _ended(state, status, end)


def _is_final(census: Census, pod: Pod) -> bool:
    """Whether the end of a pod can be counted: not before the pod that takes its index over is there.

    Source: kubernetes v1.36 pkg/controller/job canRemoveFinalizer.
    """
    if pod.state == SUCCEEDED:
        return True
    return pod in census.lost and (pod.index is None or census.to_replace.get(pod.index) is not pod)


def _counts_as_failed(census: Census, pod: Pod, end: Condition | None) -> bool:
    """Whether a pod is a failed one. When a Job fails, all pods that have not succeeded are."""
    if pod.state == SUCCEEDED or not census.is_valid(pod):
        return False
    fails_all = end is not None and end.type != SUCCESS_CRITERIA_MET
    return (pod in census.lost or fails_all) and failure_counts(census.job, pod)


def _ended(state: State, status: JobStatus, end: Condition) -> JobStatus:
    """The status of a Job that ends: finished at once, or from 1.31 on when no pod terminates any more."""
    if end.type in (FAILURE_TARGET, SUCCESS_CRITERIA_MET):
        status = status.having(end)
        end = Condition(FAILED if end.type == FAILURE_TARGET else COMPLETE, end.reason)
    if state.minor >= DELAYED_SINCE and status.terminating:
        return status
    return replace(status.having(end), finished_s=state.now_s)
