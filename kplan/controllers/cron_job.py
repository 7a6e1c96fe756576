"""CronJobs: make a Job whenever their schedule comes due.

Virtual time begins with the year 2000.

Source: kubernetes v1.36 pkg/controller/cronjob cronjob_controllerv2.go, utils.go.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from kplan.controllers.action import Action, Create, Delete, Effects, SetStatus, Wake
from kplan.controllers.job.status import COMPLETE, FAILED
from kplan.controllers.job.status import status_of as job_status
from kplan.controllers.registry import Controller
from kplan.controllers.state import Map, Obj, State
from kplan.k8s.cron import Schedule, next_run_s, parse_schedule, time_zone

EPOCH_S: Final = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
"""The Unix seconds at which virtual time begins."""
SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_SCHEDULED_AT_SINCE = 28


@dataclass(frozen=True, slots=True)
class CronJobStatus:
    """The Jobs that it made and that have not finished, and the time in Unix seconds of the last run it made."""

    active: tuple[Obj, ...] = ()
    last_s: int | None = None


def status_of(cron_job: Obj) -> CronJobStatus:
    """The status, empty before the first run."""
    return cron_job.status if isinstance(cron_job.status, CronJobStatus) else CronJobStatus()


def sync(state: State, cron_job: Obj) -> Effects:
    """Forget Jobs that have finished, delete the oldest of them, and make the Job that is due.

    Source: kubernetes v1.36 pkg/controller/cronjob syncCronJob.
    """
    jobs = state.children(cron_job, "Job")
    status = status_of(cron_job)
    status = replace(status, active=tuple(job for job in status.active if job in jobs and not job_status(job).finished))
    for job in _expired(cron_job, jobs):
        yield Delete(job, "more finished Jobs than the history keeps")
    timing = _timing(cron_job)
    if timing is not None and not cron_job.spec.get("suspend"):
        status = yield from _run(state, cron_job, status, *timing)
    yield SetStatus(cron_job, status)


def _expired(cron_job: Obj, jobs: list[Obj]) -> Iterator[Obj]:
    """The finished Jobs beyond the history limits, oldest first.

    Source: kubernetes v1.36 pkg/controller/cronjob cleanupFinishedJobs.
    """
    for kind, limit in ((COMPLETE, "successfulJobsHistoryLimit"), (FAILED, "failedJobsHistoryLimit")):
        most = cron_job.spec.get(limit)
        ended = sorted((job for job in jobs if job_status(job).holds(kind)), key=_start)
        if most is not None:
            yield from ended[: max(len(ended) - int(most), 0)]


def _start(job: Obj) -> tuple[float, str]:
    return job_status(job).started_s or 0.0, job.name


def _timing(cron_job: Obj) -> tuple[Schedule, tzinfo] | None:
    """The schedule and its time zone; None where one of them makes no sense, and then nothing runs."""
    try:
        schedule = parse_schedule(str(cron_job.spec.get("schedule") or ""))
        return schedule, time_zone(schedule.time_zone or cron_job.spec.get("timeZone"))
    except ValueError:
        return None


def _run(
    state: State, cron_job: Obj, status: CronJobStatus, schedule: Schedule, zone: tzinfo
) -> Generator[Action, Any, CronJobStatus]:
    """Make the Job of the latest run that is due, if it may be made, and wait for the next run."""
    now_s = EPOCH_S + int(state.now_s)
    due_s = latest_due_s(_earliest_s(cron_job, status, now_s), now_s, schedule, zone)
    if due_s is not None and due_s != status.last_s and not _is_too_late(cron_job, due_s, now_s):
        status = yield from _start_job(state, cron_job, status, due_s, zone)
    next_s = _next_s(_earliest_s(cron_job, status), now_s, schedule, zone)
    if next_s is not None:
        yield Wake(cron_job, float(next_s - EPOCH_S))
    return status


def _next_s(earliest_s: int, now_s: int, schedule: Schedule, zone: tzinfo) -> int | None:
    """The next run after now: `@every` counts from the run before.

    Source: kubernetes v1.36 pkg/controller/cronjob nextScheduleTimeDuration.
    """
    latest_s = latest_due_s(earliest_s, now_s, schedule, zone)
    next_s = next_run_s(schedule, earliest_s if latest_s is None else latest_s, zone)
    return next_s if next_s is None or next_s > now_s else next_run_s(schedule, now_s, zone)


def _earliest_s(cron_job: Obj, status: CronJobStatus, now_s: int | None = None) -> int:
    """The time after which runs count: the last run, or when the CronJob was made, or as far back as it looks."""
    earliest = EPOCH_S + int(cron_job.created_s) if status.last_s is None else status.last_s
    deadline = cron_job.spec.get("startingDeadlineSeconds")
    if deadline is None or now_s is None:
        return earliest
    return max(earliest, now_s - int(deadline))


def latest_due_s(earliest_s: int, now_s: int, schedule: Schedule, zone: tzinfo) -> int | None:
    """The latest run after `earliest_s` up to now; None where there is none. All are Unix seconds.

    Several missed runs are taken to be as far apart as the first two: where later gaps are longer, none is found.

    Source: kubernetes v1.36 pkg/controller/cronjob mostRecentScheduleTime.
    """
    first = next_run_s(schedule, earliest_s, zone)
    if first is None or now_s < first:
        return None
    second = next_run_s(schedule, first, zone)
    if second is None or now_s < second:
        return first
    between = second - first
    missed = (now_s - first) // between + 1
    latest, run = None, next_run_s(schedule, first + (missed - 2) * between, zone)
    while run is not None and run <= now_s:
        latest, run = run, next_run_s(schedule, run, zone)
    return latest


def _is_too_late(cron_job: Obj, due_s: int, now_s: int) -> bool:
    deadline = cron_job.spec.get("startingDeadlineSeconds")
    return deadline is not None and due_s + int(deadline) < now_s


def _start_job(
    state: State, cron_job: Obj, status: CronJobStatus, due_s: int, zone: tzinfo
) -> Generator[Action, Any, CronJobStatus]:
    """Make a Job, unless one runs and there may be no second; where it replaces those that run, they go first."""
    policy = cron_job.spec.get("concurrencyPolicy")
    if policy == "Forbid" and status.active:
        return status
    if policy == "Replace":
        for job in status.active:
            yield Delete(job, "the next run replaces it")
        status = replace(status, active=())
    data = _job(state, cron_job, due_s, zone)
    name = data["metadata"]["name"]
    job = yield Create("Job", cron_job.namespace, name, data, cron_job, "its schedule is due")
    return CronJobStatus((*status.active, *([job] if job else [])), due_s)


def _job(state: State, cron_job: Obj, due_s: int, zone: tzinfo) -> Map:
    """The Job of a run, named after the run's minute.

    Source: kubernetes v1.36 pkg/controller/cronjob getJobFromTemplate2.
    """
    from kplan.defaults import stored

    template = cron_job.spec.get("jobTemplate") or {}
    written = template.get("metadata") or {}
    metadata = {key: dict(written[key]) for key in ("labels", "annotations") if written.get(key)}
    if state.minor >= _SCHEDULED_AT_SINCE:
        stamp = datetime.fromtimestamp(due_s, zone).isoformat().replace("+00:00", "Z")
        metadata["annotations"] = {**metadata.get("annotations", {}), SCHEDULED_AT: stamp}
    named = {**metadata, "name": f"{cron_job.name}-{due_s // 60}", "namespace": cron_job.namespace}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": named, "spec": template.get("spec") or {}}
    return stored(job, state.minor)


def shown(state: State, cron_job: Obj) -> Map:
    """The CronJob's entry in a snapshot."""
    return {"active": len(status_of(cron_job).active), "suspend": cron_job.spec.get("suspend")}


CONTROLLER = Controller("CronJob", "cronjobs", shown, sync, rank=1)
