"""CronJobs, as Kubernetes describes them. Virtual time begins at midnight of 1 January 2000, a Saturday."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from batch_job import Map, applied, cron_job, job, job_spec, pods, started

from kplan.controllers.cron_job import EPOCH_S, latest_due_s
from kplan.k8s.cron import parse_schedule
from kplan.simulator import kubectl
from kplan.simulator.world import World


def jobs(world: World) -> list[str]:
    return list(world.snapshot().get("jobs", {}))


def active(world: World) -> int:
    entry: Map = world.snapshot()["cronjobs"]["cron"]
    return int(entry["active"])


def name(minute: int) -> str:
    """The name of the Job of a run so many minutes after the beginning."""
    return f"cron-{EPOCH_S // 60 + minute}"


def test_a_run_makes_a_job_with_pods() -> None:
    world = started(cron_job("*/5 * * * *"))
    world.wait(299)
    assert (jobs(world), active(world)) == ([], 0)
    world.wait(1)
    assert (jobs(world), active(world)) == ([name(5)], 1)
    assert pods(world, name(5)) == {"unscheduled": 1}
    world.settle_ready()
    assert (jobs(world), active(world)) == ([name(5)], 0)


def test_the_job_tells_when_it_was_due() -> None:
    world = started(cron_job("0 6 * * *", timeZone="Asia/Tokyo"))
    world.wait(86_400)
    (made,) = world.store.of_kind("Job")
    stamp = made.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]
    assert stamp == "2000-01-02T06:00:00+09:00"
    assert made.name == name(21 * 60)


@pytest.mark.parametrize(
    ("policy", "running"),
    [("Allow", [name(1), name(2), name(3)]), ("Forbid", [name(1)]), ("Replace", [name(3)])],
)
def test_what_happens_to_a_job_that_still_runs(policy: str, running: list[str]) -> None:
    world = started(cron_job("* * * * *", concurrencyPolicy=policy))
    world.wait(185)
    assert (jobs(world), active(world)) == (running, len(running))


def test_a_forbidden_run_is_made_up_for_when_the_job_has_ended() -> None:
    world = started(cron_job("* * * * *", concurrencyPolicy="Forbid"))
    world.wait(130)
    for _ in range(3):
        world.step("batch")
    assert jobs(world) == [name(1), name(2)]


def test_only_so_many_finished_jobs_are_kept() -> None:
    world = started(cron_job("* * * * *", successfulJobsHistoryLimit=2))
    for _ in range(5):
        world.wait(60)
        world.settle_ready()
    assert jobs(world) == [name(4), name(5)]
    applied(world, cron_job("* * * * *", successfulJobsHistoryLimit=0))
    assert jobs(world) == []


def test_failed_jobs_have_a_limit_of_their_own() -> None:
    failing = {name(minute): 1 for minute in (1, 2)}
    world = started(cron_job("* * * * *", job=job_spec(backoffLimit=0)), job_fail=failing)
    for _ in range(3):
        world.wait(60)
        world.settle_ready()
    assert jobs(world) == [name(2), name(3)]


def test_a_suspended_cron_job_makes_up_for_one_missed_run_if_it_is_not_too_late() -> None:
    world = started(cron_job("*/10 * * * *", suspend=True))
    world.wait(3599)
    assert jobs(world) == []
    applied(world, cron_job("*/10 * * * *", suspend=False))
    assert jobs(world) == [name(50)]

    late = started(cron_job("*/10 * * * *", suspend=True, startingDeadlineSeconds=60))
    late.wait(3599)
    applied(late, cron_job("*/10 * * * *", suspend=False, startingDeadlineSeconds=60))
    assert jobs(late) == []
    late.wait(1)
    assert jobs(late) == [name(60)]


def test_a_schedule_or_zone_that_is_none_runs_nothing() -> None:
    world = started(cron_job("* * * * *"))
    obj = world.get("CronJob", "cron")
    assert obj is not None
    for spec in ({"schedule": "nonsense"}, {"timeZone": "Nowhere"}):
        world.store.replace(obj, {**obj.data, "spec": {**obj.spec, **spec}})
        world.wait(600)
        assert jobs(world) == []


def test_a_job_made_by_hand_counts_for_the_history_and_not_as_active() -> None:
    world = started(cron_job("@yearly", successfulJobsHistoryLimit=0))
    assert kubectl.run(world, "create job manual --from=cronjob/cron") == (0, "")
    assert (jobs(world), active(world)) == (["manual"], 0)
    world.settle_ready()
    assert jobs(world) == []


def test_its_jobs_go_with_it() -> None:
    world = started(cron_job("* * * * *"), job("other"))
    world.wait(60)
    assert kubectl.run(world, "delete cronjob/cron") == (0, "")
    assert jobs(world) == ["other"]


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        ("*/10 * * * *", "00:09", None),
        ("*/10 * * * *", "00:19", "00:10"),
        ("*/10 * * * *", "05:55", "05:50"),
        ("30 6-16/4 * * *", "06:31", "06:30"),
        ("30 6-16/4 * * *", "16:00", "14:30"),
        ("30 6-16/4 * * *", "23:59", None),  # a run at 18:30 or later would be found
        ("@every 7m", "01:00", "00:56"),
    ],
)
def test_the_latest_run_that_is_due(schedule: str, now: str, expected: str | None) -> None:
    def seconds(clock: str) -> int:
        hour, minute = clock.split(":")
        return EPOCH_S + int(hour) * 3600 + int(minute) * 60

    due = latest_due_s(EPOCH_S, seconds(now), parse_schedule(schedule), UTC)
    assert (None if due is None else f"{datetime.fromtimestamp(due, UTC):%H:%M}") == expected
