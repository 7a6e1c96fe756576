"""PodDisruptionBudgets, as Kubernetes describes them."""

from __future__ import annotations

from typing import Any

import pytest
from batch_job import Map, job, started
from test_horizontal_pod_autoscaler import LABELS, TEMPLATE, workload

from kplan.simulator import kubectl
from kplan.simulator.world import World


def budget(name: str = "budget", selector: Any = None, **spec: Any) -> Map:
    selector = {"matchLabels": LABELS} if selector is None else selector
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": {"selector": selector, **spec},
    }


def counts(world: World, name: str = "budget") -> tuple[int, int, int, int]:
    """Allowed disruptions, healthy, desired and expected pods."""
    entry = world.snapshot()["pdbs"][name]
    return entry["allowed"], entry["healthy"], entry["desired"], entry["expected"]


def condition(world: World, name: str = "budget") -> str:
    return str(world.snapshot()["pdbs"][name]["conditions"]["DisruptionAllowed"])


def ready(*objects: Map, **options: Any) -> World:
    world = started(*objects, **options)
    world.settle_ready()
    return world


@pytest.mark.parametrize(
    ("spec", "replicas", "expected"),
    [
        ({"minAvailable": 3}, 4, (1, 4, 3, 4)),
        ({"minAvailable": 9}, 4, (0, 4, 9, 4)),
        ({"minAvailable": 0}, 4, (4, 4, 0, 4)),
        ({"minAvailable": "50%"}, 5, (2, 5, 3, 5)),
        ({"minAvailable": "100%"}, 5, (0, 5, 5, 5)),
        ({"minAvailable": "1%"}, 5, (4, 5, 1, 5)),
        ({"maxUnavailable": 1}, 5, (1, 5, 4, 5)),
        ({"maxUnavailable": 9}, 5, (5, 5, 0, 5)),
        ({"maxUnavailable": 0}, 5, (0, 5, 5, 5)),
        ({"maxUnavailable": "30%"}, 5, (2, 5, 3, 5)),
        ({"maxUnavailable": "100%"}, 5, (5, 5, 0, 5)),
        ({}, 5, (0, 5, 0, 0)),
    ],
)
@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_numbers_and_percentages_round_up(
    kind: str, spec: Map, replicas: int, expected: tuple[int, int, int, int]
) -> None:
    world = ready(workload(replicas, kind), budget(**spec))
    assert counts(world) == expected
    assert condition(world) == ("True:SufficientPods" if expected[0] else "False:InsufficientPods")


def test_pods_that_are_not_ready_do_not_count_as_healthy() -> None:
    world = ready(workload(4), budget(minAvailable=2), budget("share", maxUnavailable="25%"), never_ready=["app:v1"])
    assert counts(world) == (0, 0, 2, 4)
    assert counts(world, "share") == (0, 0, 3, 4)


def test_a_number_counts_pods_and_a_percentage_counts_on_the_size_of_the_owner() -> None:
    world = ready(workload(4), budget(minAvailable=2), budget("share", maxUnavailable="25%"))
    kubectl.run(world, "scale deployment/web --replicas=2")
    assert world.snapshot()["pods"].popitem()[1] == {"ready": 2, "terminating": 2}
    assert counts(world) == (0, 2, 2, 4)
    assert counts(world, "share") == (1, 2, 1, 2)


def test_owners_are_counted_once_each() -> None:
    world = ready(workload(3), workload(2, "StatefulSet", "data"), budget(maxUnavailable=1))
    assert counts(world) == (1, 5, 4, 5)


def test_pods_without_an_owner_count_only_by_number() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare", "labels": LABELS}, "spec": TEMPLATE["spec"]}
    world = ready(pod, budget(minAvailable=1), budget("share", minAvailable="100%"))
    assert counts(world) == (0, 1, 1, 1)
    assert counts(world, "share") == (0, 1, 0, 0)


def test_an_owner_without_a_size_allows_nothing() -> None:
    selector = {"matchLabels": {"job-name": "task"}}
    world = started(job(parallelism=2), budget(selector=selector, maxUnavailable=1))
    for _ in range(2):
        world.step("batch")
    assert counts(world) == (0, 0, 0, 0)
    assert condition(world) == "False:SyncFailed"


@pytest.mark.parametrize(("selector", "expected"), [({}, 3), ({"matchLabels": {"app": "other"}}, 0)])
def test_an_empty_selector_selects_every_pod_of_the_namespace(selector: Map, expected: int) -> None:
    world = ready(workload(3), budget(selector=selector, minAvailable=1))
    assert counts(world)[3] == expected


def test_a_budget_without_pods_allows_nothing() -> None:
    world = started(budget(minAvailable=0))
    assert (counts(world), condition(world)) == ((0, 0, 0, 0), "False:InsufficientPods")


def test_a_changed_budget_is_counted_anew() -> None:
    world = ready(workload(4), budget(minAvailable=1))
    world.apply([budget(minAvailable=4)])
    assert counts(world) == (0, 4, 4, 4)
