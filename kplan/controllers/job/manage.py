"""How many pods a Job runs, and which: makes those that are missing and deletes those that are too many.

Source: kubernetes v1.36 pkg/controller/job manageJob.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import groupby, islice
from typing import Any, TypeAlias

from kplan.controllers.action import Action, CreatePods, DeletePods, Seed, Wake
from kplan.controllers.job.census import FAILURES, IGNORED_FAILURES, Census, failures, indexes
from kplan.controllers.job.interval import merged, missing, total
from kplan.controllers.job.policy import failure_counts
from kplan.controllers.job.spec import (
    backoff_limit_per_index,
    completions,
    is_indexed,
    is_suspended,
    parallelism,
    replaces_only_failed,
)
from kplan.controllers.job.status import Backoff
from kplan.controllers.pod_rank import first_to_go
from kplan.controllers.state import Obj, Pod, State

INDEX = "batch.kubernetes.io/job-completion-index"
INDEX_LABEL_SINCE = 28
MOST_AT_ONCE = 500
"""The most pods made or deleted in one sync. Source: kubernetes v1.36 pkg/controller/job MaxPodCreateDeletePerSync."""

Managed: TypeAlias = Generator[Action, Any, tuple[Pod, ...]]


def manage(state: State, census: Census) -> Managed:
    """Delete or make pods, never both. The result is the pods that were deleted; they never count as ended."""
    job, active = census.job, census.active
    succeeded = succeeded_so_far(census)
    wanted = 0 if is_suspended(job) else wanted_active(job, succeeded, len(active))
    doomed = _for_removal(state, census, max(len(active) - wanted, 0))
    if is_suspended(job) or doomed:
        doomed = doomed if is_suspended(job) else doomed[:MOST_AT_ONCE]
        if doomed:
            yield DeletePods(tuple(doomed), "the Job is suspended" if is_suspended(job) else "more pods than wanted")
        return tuple(doomed)
    leaving = len(census.terminating) if replaces_only_failed(job) else 0
    lacking = min(wanted - leaving - len(active), MOST_AT_ONCE)
    if lacking > 0:
        yield from _create(state, census, lacking)
    return ()


def succeeded_so_far(census: Census) -> int:
    """The pods, or the indexes, that have succeeded."""
    if is_indexed(census.job):
        return total(census.completed_indexes)
    return census.status.succeeded + len(census.succeeded)


def wanted_active(job: Obj, succeeded: int, active: int) -> int:
    """How many pods should run. Without completions, the first success stops new ones; those that run go on."""
    wanted = completions(job)
    if wanted is None:
        return active if succeeded else parallelism(job)
    return max(min(wanted - succeeded, parallelism(job)), 0)


def _for_removal(state: State, census: Census, number: int) -> list[Pod]:
    """At least `number` pods: those without a valid index or whose index another has, then those that got least far.

    Source: kubernetes v1.36 pkg/controller/job activePodsForRemoval.
    """
    removed, left = _superfluous(state, census) if is_indexed(census.job) else ([], census.active)
    return [*removed, *_least_far(state, left, number - len(removed))]


def _superfluous(state: State, census: Census) -> tuple[list[Pod], list[Pod]]:
    removed = [pod for pod in census.active if not census.is_valid(pod)]
    left = []
    valid = sorted((pod for pod in census.active if census.is_valid(pod)), key=_index)
    for _, same in groupby(valid, key=_index):
        pods = list(same)
        surplus = _least_far(state, pods, len(pods) - 1)
        removed += surplus
        left += [pod for pod in pods if pod not in surplus]
    return removed, left


def _index(pod: Pod) -> int:
    return -1 if pod.index is None else pod.index


def _least_far(state: State, pods: Sequence[Pod], number: int) -> list[Pod]:
    return first_to_go(pods, (), number, state.now_s) if number > 0 else []


def _create(state: State, census: Census, number: int) -> Managed:
    """Make pods, unless failures delay them: all pods of the Job, or only those of the indexes that failed."""
    job = census.job
    if not is_indexed(job):
        if census.backoff.until_s() > state.now_s:
            yield _delayed(job, census.backoff.until_s())
            return ()
        labels = (job.template.get("metadata") or {}).get("labels") or {}
        yield CreatePods(job, job.template, labels, (Seed(),) * number, "fewer pods than wanted")
        return ()
    due = {index: _due_s(census, index) for index in _lowest_missing(census, number)}
    ready = [index for index, at_s in due.items() if at_s <= state.now_s]
    if due and not ready:
        yield _delayed(job, min(due.values()))
    for index in ready:
        if (yield _create_index(state, census, index)):
            break
    return ()


def _delayed(job: Obj, at_s: float) -> Wake:
    return Wake(job, at_s, waited_for=True)


def _lowest_missing(census: Census, number: int) -> list[int]:
    """The lowest indexes that have neither ended nor a pod.

    Source: kubernetes v1.36 pkg/controller/job firstPendingIndexes.
    """
    taken = [*census.completed_indexes, *indexes(census.active), *(census.failed_indexes or ())]
    if replaces_only_failed(census.job):
        taken += indexes(census.terminating)
    return list(islice(missing(merged(taken), census.end), number))


def _due_s(census: Census, index: int) -> float:
    """The time from which a pod of this index may be made.

    Source: kubernetes v1.36 pkg/controller/job getRemainingTimePerIndex.
    """
    if backoff_limit_per_index(census.job) is None:
        return census.backoff.until_s()
    before = census.to_replace.get(index)
    return 0.0 if before is None else Backoff(sum(failures(before)) + 1, before.ended_s).until_s()


def _create_index(state: State, census: Census, index: int) -> CreatePods:
    job = census.job
    labels = dict((job.template.get("metadata") or {}).get("labels") or {})
    if state.minor >= INDEX_LABEL_SINCE:
        labels[INDEX] = str(index)
    seed = Seed(index=index, annotations=((INDEX, str(index)), *_failure_annotations(census, index)))
    return CreatePods(job, job.template, labels, (seed,), "its index has no pod")


def _failure_annotations(census: Census, index: int) -> list[tuple[str, str]]:
    """Source: kubernetes v1.36 pkg/controller/job addIndexFailureCountAnnotation."""
    if backoff_limit_per_index(census.job) is None:
        return []
    before = census.to_replace.get(index)
    counted, ignored = (0, 0) if before is None else failures(before)
    if before is not None:
        counts = failure_counts(census.job, before)
        counted, ignored = counted + counts, ignored + (not counts)
    return [(FAILURES, str(counted)), *([(IGNORED_FAILURES, str(ignored))] if ignored else [])]
