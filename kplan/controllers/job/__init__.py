"""Jobs: run pods until enough of them have succeeded, or too many have failed.

Source: kubernetes v1.36 pkg/controller/job, pkg/controller/ttlafterfinished.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from kplan.controllers.action import Action, Delete, DeletePods, Effects, SetStatus, Wake
from kplan.controllers.claim import claim_pods, claimants
from kplan.controllers.job.census import Census, take_census
from kplan.controllers.job.count import counted
from kplan.controllers.job.interval import text
from kplan.controllers.job.manage import manage
from kplan.controllers.job.spec import DELAYED_SINCE, REPLACEMENT_SINCE, is_managed_elsewhere, is_suspended
from kplan.controllers.job.status import SUSPENDED, Condition, JobStatus, status_of
from kplan.controllers.job.verdict import deadline_s, is_done, success, verdict
from kplan.controllers.registry import Controller
from kplan.controllers.state import ACTIVE, Cohort, Map, Obj, Pod, State

__all__ = ["CONTROLLER", "JobStatus", "status_of", "sync"]


def sync(state: State, job: Obj) -> Effects:
    """Reconcile one Job: look at its pods, end it or make and delete pods, then count.

    Source: kubernetes v1.36 pkg/controller/job syncJob.
    """
    status = status_of(job)
    if is_managed_elsewhere(job):
        return
    if status.finished:
        yield from _expire(state, job, status)
        return
    gone = status.tracked - frozenset(state.pods_of(job))
    if job.spec.get("selector") is not None:
        yield from claim_pods(state, job)
    if status.started_s is None and not is_suspended(job):
        status = replace(status, started_s=state.now_s)
    census = take_census(state, job, status, gone)
    end = verdict(state, census, status)
    if end is None:
        status, end, deleted = yield from _go_on(state, census, status)
    else:
        deleted = census.active
        if deleted:
            yield DeletePods(deleted, "the Job ends")
    status = _with_counts(state, census, status, deleted)
    yield SetStatus(job, counted(state, census, status, end, deleted))
    deadline = deadline_s(job, status)
    if deadline is not None and end is None:
        yield Wake(job, deadline)


def _go_on(
    state: State, census: Census, status: JobStatus
) -> Generator[Action, Any, tuple[JobStatus, Condition | None, tuple[Pod, ...]]]:
    """Make or delete pods; then the Job may be done, and else it says whether it is suspended."""
    job = census.job
    deleted = yield from manage(state, census)
    if is_done(census, state.count(job, ACTIVE)):
        return status, success(state.minor), deleted
    if is_suspended(job):
        return status.having(Condition(SUSPENDED, "JobSuspended")), None, deleted
    if status.holds(SUSPENDED):
        status = replace(status, started_s=state.now_s)
    return status.having(Condition(SUSPENDED, "JobResumed", "False")), None, deleted


def _with_counts(state: State, census: Census, status: JobStatus, deleted: tuple[Pod, ...]) -> JobStatus:
    """The pods that run and those that terminate.

    Minors before 1.31 see only in the next sync what became of the pods that they deleted in this one.
    """
    terminating, ready = len(census.terminating), len(census.ready)
    if state.minor >= DELAYED_SINCE:
        terminating += len(deleted)
        ready -= sum(1 for pod in deleted if pod in census.ready)
    return replace(
        status,
        active=state.count(census.job, ACTIVE),
        ready=ready,
        terminating=terminating if state.minor >= REPLACEMENT_SINCE else 0,
        backoff=census.backoff,
    )


def _expire(state: State, job: Obj, status: JobStatus) -> Effects:
    """Delete a finished Job when its time is over.

    Source: kubernetes v1.36 pkg/controller/ttlafterfinished.
    """
    seconds = job.spec.get("ttlSecondsAfterFinished")
    if seconds is None or status.finished_s is None:
        return
    at_s = status.finished_s + int(seconds)
    if at_s <= state.now_s:
        yield Delete(job, "it finished longer ago than ttlSecondsAfterFinished")
    else:
        yield Wake(job, at_s)


def shown(state: State, job: Obj) -> Map:
    """The Job's entry in a snapshot."""
    status = status_of(job)
    entry: Map = {
        "parallelism": job.spec.get("parallelism"),
        "completions": job.spec.get("completions"),
        "active": status.active,
        "ready": status.ready,
        "succeeded": status.succeeded,
        "failed": status.failed,
        "terminating": status.terminating,
    }
    if status.completed_indexes:
        entry["completedIndexes"] = text(status.completed_indexes)
    if status.failed_indexes:
        entry["failedIndexes"] = text(status.failed_indexes)
    if is_suspended(job):
        entry["suspend"] = True
    entry["conditions"] = {one.type: f"{one.status}:{one.reason}" for one in sorted(status.conditions)}
    return entry


def _woken_by_pods(state: State, cohort: Cohort) -> list[Obj]:
    """The Jobs with a selector of their own that could adopt orphaned pods."""
    return [] if cohort.owner else claimants(state, "Job", cohort.labels, cohort.namespace)


CONTROLLER = Controller("Job", "jobs", shown, sync, rank=0, woken_by_pods=_woken_by_pods)
