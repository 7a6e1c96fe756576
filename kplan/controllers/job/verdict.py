"""Whether a Job is to end, and why.

Source: kubernetes v1.36 pkg/controller/job syncJob, newFailureCondition, newSuccessCondition.
"""

from __future__ import annotations

from kplan.controllers.job.census import Census
from kplan.controllers.job.interval import total
from kplan.controllers.job.manage import succeeded_so_far
from kplan.controllers.job.policy import failure_action, succeeds
from kplan.controllers.job.spec import DELAYED_SINCE, backoff_limit, completions, is_indexed, is_suspended
from kplan.controllers.job.status import (
    COMPLETE,
    FAILED,
    FAILURE_TARGET,
    SUCCESS_CRITERIA_MET,
    Condition,
    JobStatus,
)
from kplan.controllers.state import Obj, State


def verdict(state: State, census: Census, status: JobStatus) -> Condition | None:
    """The condition with which the Job stops making pods, None where it goes on.

    FailureTarget and SuccessCriteriaMet stand before Failed and Complete while pods still terminate.
    """
    if (met := status.condition(SUCCESS_CRITERIA_MET)) is not None:
        return met
    if (target := status.condition(FAILURE_TARGET)) is not None:
        return Condition(FAILED, target.reason)
    if any(failure_action(census.job, pod) == "FailJob" for pod in census.lost):
        return Condition(FAILURE_TARGET, "PodFailurePolicy")
    if (reason := _failure_reason(state, census, status)) is not None:
        return Condition(FAILURE_TARGET if state.minor >= DELAYED_SINCE else FAILED, reason)
    if is_indexed(census.job) and succeeds(census.job, census.completed_indexes, census.end):
        return Condition(SUCCESS_CRITERIA_MET, "SuccessPolicy")
    return None


def _failure_reason(state: State, census: Census, status: JobStatus) -> str | None:
    job = census.job
    if status.failed + census.counted_failures > backoff_limit(job):
        return "BackoffLimitExceeded"
    deadline = deadline_s(job, status)
    if deadline is not None and state.now_s >= deadline:
        return "DeadlineExceeded"
    if census.failed_indexes is None:
        return None
    failed, most = total(census.failed_indexes), job.spec.get("maxFailedIndexes")
    if most is not None and failed > int(most):
        return "MaxFailedIndexesExceeded"
    if failed and failed + total(census.completed_indexes) >= census.end:
        return "FailedIndexes"
    return None


def deadline_s(job: Obj, status: JobStatus) -> float | None:
    """The time at which the Job fails because it ran too long, None for never."""
    seconds = job.spec.get("activeDeadlineSeconds")
    if seconds is None or status.started_s is None or is_suspended(job):
        return None
    return status.started_s + int(seconds)


def success(minor: int) -> Condition:
    """The condition of a Job whose work is done."""
    if minor >= DELAYED_SINCE:
        return Condition(SUCCESS_CRITERIA_MET, "CompletionsReached")
    return Condition(COMPLETE, "")


def is_done(census: Census, active: int) -> bool:
    """Whether the work is done: enough pods have succeeded, or one has where no number is given, and none runs."""
    wanted, succeeded = completions(census.job), succeeded_so_far(census)
    enough = succeeded > 0 if wanted is None else succeeded >= wanted
    return enough and not active
