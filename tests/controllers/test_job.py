"""Jobs, as Kubernetes describes them; the recordings of a real one are in tests/conformance/traces."""

from __future__ import annotations

from typing import Any

import pytest
from batch_job import Map, acts, applied, conditions, counts, indexed, job, pods, started, until

from kplan.controllers.job.interval import below, common, has, intervals, merged, missing, parse, text, total
from kplan.simulator import kubectl
from kplan.simulator.world import World

COMPLETE = {"SuccessCriteriaMet": "True:CompletionsReached", "Complete": "True:CompletionsReached"}


def failed(reason: str) -> dict[str, str]:
    return {"FailureTarget": f"True:{reason}", "Failed": f"True:{reason}"}


def exit_rule(action: str, *values: int, operator: str = "In", **codes: Any) -> Map:
    return {"action": action, "onExitCodes": {"operator": operator, "values": list(values), **codes}}


def policy(*rules: Map) -> Map:
    return {"podFailurePolicy": {"rules": list(rules)}}


@pytest.mark.parametrize(
    ("spec", "running"),
    [
        ({}, 1),
        ({"parallelism": 5, "completions": 2}, 2),
        ({"parallelism": 2, "completions": 5}, 2),
        ({"parallelism": 3}, 3),
        ({"parallelism": 0, "completions": 2}, 0),
        ({"suspend": True}, 0),
    ],
)
def test_no_more_pods_run_than_are_wanted(spec: Map, running: int) -> None:
    assert pods(started(job(**spec))).get("unscheduled", 0) == running


@pytest.mark.parametrize("completions", [1, 4])
@pytest.mark.parametrize("mode", ["Indexed", "NonIndexed"])
def test_a_job_ends_when_enough_pods_have_succeeded(mode: str, completions: int) -> None:
    world = started(job(completions=completions, parallelism=3, completionMode=mode))
    acts(world)
    assert counts(world)["succeeded"] == completions
    assert conditions(world) == COMPLETE


def test_before_1_31_there_is_only_the_terminal_condition() -> None:
    world = started(job(), minor=30)
    acts(world)
    assert conditions(world) == {"Complete": "True:"}


def test_without_completions_the_first_success_stops_new_pods() -> None:
    world = started(job(parallelism=3), job_fail={"task": 1})
    acts(world, 7)  # one has failed and is replaced
    assert pods(world) == {"failed": 1, "ready": 2, "unscheduled": 1}
    until(world, "complete")
    until(world, "complete")
    assert counts(world)["succeeded"] == 2
    assert conditions(world) == {}
    acts(world)
    assert conditions(world) == COMPLETE
    assert counts(world)["succeeded"] == 3


def test_pods_of_an_indexed_job_wear_their_index() -> None:
    world = started(indexed(completions=3, parallelism=2))
    labels = [pod.cohort.labels["batch.kubernetes.io/job-completion-index"] for pod in world.pods()]
    annotations = [pod.annotations["batch.kubernetes.io/job-completion-index"] for pod in world.pods()]
    assert labels == annotations == ["0", "1"]
    assert [pod.generate_name for pod in world.pods()] == ["task-0-", "task-1-"]


def test_a_failed_index_is_made_anew_before_a_higher_one() -> None:
    world = started(indexed(completions=4, parallelism=2), job_fail={"task": 1})
    acts(world, 5)
    assert [pod.index for pod in world.pods() if pod.active] == [1, 0]
    acts(world)
    assert counts(world)["completedIndexes"] == "0-3"


def test_failures_delay_new_pods_longer_and_longer() -> None:
    world = started(job(backoffLimit=3), job_fail={"task": 9})
    times = []
    for _ in range(4):
        until(world, "complete")
        times.append(world.store.now_s)
    assert times == [10, 30, 70, 70]
    assert counts(world) == {"failed": 4, "conditions": failed("BackoffLimitExceeded")}


def test_a_job_that_fails_takes_its_pods_with_it_and_waits_for_them() -> None:
    world = started(job(parallelism=3, completions=3, backoffLimit=0), job_fail={"task": 1})
    acts(world, 7)
    assert counts(world) == {
        "failed": 3,
        "terminating": 2,
        "conditions": {"FailureTarget": "True:BackoffLimitExceeded"},
    }
    acts(world)
    assert conditions(world) == failed("BackoffLimitExceeded")


def test_a_deadline_counts_from_the_start_and_not_while_suspended() -> None:
    world = started(job(suspend=True, activeDeadlineSeconds=100))
    world.wait(500)
    assert conditions(world) == {"Suspended": "True:JobSuspended"}
    applied(world, job(suspend=False, activeDeadlineSeconds=100))
    world.wait(99)
    assert conditions(world) == {"Suspended": "False:JobResumed"}
    world.wait(1)
    assert conditions(world) == {"Suspended": "False:JobResumed", **failed("DeadlineExceeded")}


def test_suspending_deletes_the_pods_without_counting_them() -> None:
    world = started(job(parallelism=2, completions=2))
    acts(world, 3)
    applied(world, job(parallelism=2, completions=2, suspend=True))
    assert counts(world) == {"terminating": 2, "suspend": True, "conditions": {"Suspended": "True:JobSuspended"}}
    applied(world, job(parallelism=2, completions=2, suspend=False))
    assert pods(world) == {"terminating": 2, "unscheduled": 2}
    acts(world)
    assert conditions(world) == {"Suspended": "False:JobResumed", **COMPLETE}
    assert "failed" not in counts(world)


def test_less_parallelism_deletes_the_pods_that_got_least_far() -> None:
    world = started(job(parallelism=3, completions=5))
    acts(world, 4)
    applied(world, job(parallelism=1, completions=5))
    assert pods(world) == {"ready": 1, "terminating": 2}
    acts(world)
    assert counts(world) == {"succeeded": 5, "conditions": COMPLETE}


def test_completions_of_an_indexed_job_change_with_its_parallelism() -> None:
    world = started(indexed(completions=3, parallelism=3))
    acts(world, 6)
    applied(world, indexed(completions=5, parallelism=5))
    assert [pod.index for pod in world.pods()] == [0, 1, 2, 3, 4]
    applied(world, indexed(completions=2, parallelism=2))
    assert pods(world) == {"ready": 2, "terminating": 1}
    acts(world)
    assert counts(world) == {"succeeded": 2, "completedIndexes": "0,1", "conditions": COMPLETE}
    (refused,) = world.apply([indexed(completions=4, parallelism=2)])
    assert "spec.completions" in refused.message


def test_indexes_out_of_range_are_forgotten() -> None:
    world = started(indexed(completions=4, parallelism=4), job_fail={"task": 1})
    acts(world, 3, "batch")
    assert counts(world)["completedIndexes"] == "1-3"
    applied(world, indexed(completions=2, parallelism=2))
    assert counts(world)["completedIndexes"] == "1"
    assert counts(world)["succeeded"] == 1


def test_each_index_survives_its_own_failures() -> None:
    world = started(indexed(completions=2, parallelism=2, backoffLimitPerIndex=1), job_fail={"task": 3})
    acts(world, 3, "batch")
    assert (world.store.now_s, counts(world)) == (10, {"active": 2, "failed": 2})
    annotations = [pod.annotations["batch.kubernetes.io/job-index-failure-count"] for pod in world.pods() if pod.active]
    assert annotations == ["1", "1"]
    acts(world)
    assert counts(world) == {
        "succeeded": 1,
        "failed": 3,
        "completedIndexes": "1",
        "failedIndexes": "0",
        "conditions": failed("FailedIndexes"),
    }


def test_too_many_failed_indexes_end_the_job() -> None:
    spec = {"completions": 5, "parallelism": 2, "backoffLimitPerIndex": 0, "maxFailedIndexes": 1}
    world = started(indexed(**spec), job_fail={"task": 2})
    acts(world)
    assert counts(world)["failedIndexes"] == "0,1"
    assert conditions(world) == failed("MaxFailedIndexesExceeded")


@pytest.mark.parametrize(
    ("rules", "succeeded"),
    [
        ([{"succeededCount": 1}], "0"),
        ([{"succeededIndexes": "0-1"}], "0,1"),
        ([{"succeededIndexes": "1-3", "succeededCount": 2}], "0-2"),
        ([{"succeededIndexes": "3"}, {"succeededIndexes": "2"}], "0-2"),
        ([{"succeededCount": 4}], "0-3"),
    ],
)
def test_a_success_policy_ends_the_job_early(rules: list[Map], succeeded: str) -> None:
    world = started(indexed(completions=4, parallelism=1, successPolicy={"rules": rules}))
    acts(world)
    assert counts(world)["completedIndexes"] == succeeded
    assert conditions(world) == dict.fromkeys(COMPLETE, "True:SuccessPolicy")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (exit_rule("FailJob", 1, 2), failed("PodFailurePolicy")),
        (exit_rule("FailJob", 2), COMPLETE),
        (exit_rule("FailJob", 2, operator="NotIn"), failed("PodFailurePolicy")),
        (exit_rule("FailJob", 1, containerName="app"), failed("PodFailurePolicy")),
        (exit_rule("FailJob", 1, containerName="init"), COMPLETE),
        (exit_rule("Count", 1), COMPLETE),
        ({"action": "FailJob", "onPodConditions": [{"type": "Ready", "status": "False"}]}, failed("PodFailurePolicy")),
        ({"action": "FailJob", "onPodConditions": [{"type": "DisruptionTarget"}]}, COMPLETE),
    ],
)
def test_a_failure_policy_looks_at_exit_codes_and_conditions(rule: Map, expected: dict[str, str]) -> None:
    init = {"initContainers": [{"name": "init", "image": "registry.example/init:v1"}]}
    containers = [{"name": "app", "image": "registry.example/app:v1"}]
    world = started(job(pod={"containers": containers, **init}, **policy(rule)), job_fail={"task": 1})
    acts(world)
    assert conditions(world) == expected
    assert counts(world)["failed"] == 1


def test_the_first_rule_that_is_met_decides_and_ignored_failures_do_not_count() -> None:
    rules = policy(exit_rule("Ignore", 1), exit_rule("FailJob", 1))
    world = started(job(backoffLimit=0, **rules), job_fail={"task": 2})
    acts(world)
    assert counts(world) == {"succeeded": 1, "conditions": COMPLETE}
    assert pods(world) == {"failed": 2, "succeeded": 1}


def test_a_rule_may_fail_only_the_index() -> None:
    rules = policy(exit_rule("FailIndex", 1))
    world = started(indexed(completions=2, backoffLimitPerIndex=5, **rules), job_fail={"task": 1})
    acts(world)
    assert (counts(world)["failedIndexes"], counts(world)["completedIndexes"]) == ("0", "1")


@pytest.mark.parametrize(
    ("replacement", "at_once", "after"),
    [
        ("TerminatingOrFailed", {"terminating": 1, "unscheduled": 1}, {"unscheduled": 1}),
        ("Failed", {"terminating": 1}, {"unscheduled": 1}),
    ],
)
def test_a_deleted_pod_is_replaced_at_once_or_when_it_is_gone(
    replacement: str, at_once: dict[str, int], after: dict[str, int]
) -> None:
    world = started(job(podReplacementPolicy=replacement))
    acts(world, 1)
    world.store.delete_pod(world.pods()[0])
    world.settle()
    assert pods(world) == at_once
    acts(world, 1)
    assert pods(world) == after
    assert counts(world)["failed"] == 1


def test_a_finished_job_goes_after_its_time_with_its_pods() -> None:
    world = started(job(ttlSecondsAfterFinished=60))
    acts(world)
    world.wait(59)
    assert pods(world) == {"succeeded": 1}
    world.wait(1)
    assert world.snapshot() == {"pods": {}}


def test_a_time_to_live_that_is_given_later_counts_from_the_end() -> None:
    world = started(job())
    acts(world)
    world.wait(100)
    applied(world, job(ttlSecondsAfterFinished=50))
    assert world.snapshot() == {"pods": {}}


def test_a_job_of_another_controller_is_left_alone() -> None:
    assert counts(started(job(managedBy="example.com/queue"))) == {}
    assert counts(started(job(managedBy="kubernetes.io/job-controller"))) == {"active": 1}


def test_nothing_to_do_is_done_also_while_suspended() -> None:
    assert conditions(started(job(completions=0))) == COMPLETE
    assert conditions(started(job(completions=0, suspend=True))) == COMPLETE


def test_a_quota_holds_pods_back_until_there_is_room() -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": {"pods": "2"}}}
    world = started(quota, job(parallelism=3, completions=3))
    assert counts(world) == {"active": 2}
    acts(world)
    assert conditions(world) == COMPLETE


def test_orphaned_pods_of_a_deleted_job_go_on() -> None:
    world = started(indexed(completions=1))
    assert kubectl.run(world, "delete job/task --cascade=orphan") == (0, "")
    assert acts(world) == ["bind task#1[0]", "ready task#1[0]"]
    assert world.snapshot() == {"pods": {"(none)/task-0-*": {"ready": 1}}}


def test_the_template_may_not_change() -> None:
    world = started(job())
    (done,) = world.apply([job(pod={"containers": [{"name": "app", "image": "registry.example/app:v2"}]})])
    assert done.verb == "refused"
    assert "spec.template" in done.message


def test_a_selector_of_its_own_adopts_pods_that_run() -> None:
    labels = {"run": "mine"}
    containers = [{"name": "app", "image": "registry.example/app:v1"}]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "early", "labels": labels},
        "spec": {"containers": containers},
    }
    manual = job(parallelism=2, completions=2, manualSelector=True, selector={"matchLabels": labels})
    manual["spec"]["template"]["metadata"] = {"labels": labels}
    world = World(minor=36)
    applied(world, pod)
    applied(world, manual)
    assert pods(world) == {"unscheduled": 2}


def test_sets_of_indexes() -> None:
    runs = intervals([9, 3, 1, 0, 4, 5])
    assert runs == ((0, 1), (3, 5), (9, 9))
    assert text(runs) == "0,1,3-5,9"
    assert parse(text(runs), 100) == runs
    assert parse("", 5) == parse("x-y,-1", 5) == ()
    assert total(runs) == 6
    assert [index for index in range(10) if has(runs, index)] == [0, 1, 3, 4, 5, 9]
    assert list(missing(runs, 11)) == [2, 6, 7, 8, 10]
    assert below(runs, 4) == ((0, 1), (3, 3))
    assert merged((*runs, (2, 2))) == ((0, 5), (9, 9))
    assert common(runs, ((1, 4),)) == 3
