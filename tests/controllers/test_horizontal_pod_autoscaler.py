"""HorizontalPodAutoscalers without metrics, as Kubernetes describes them."""

from __future__ import annotations

from typing import Any

import pytest
from batch_job import Map, applied, started

from kplan.simulator import kubectl
from kplan.simulator.world import World

LABELS = {"app": "web"}
TEMPLATE = {
    "metadata": {"labels": LABELS},
    "spec": {"containers": [{"name": "app", "image": "registry.example/app:v1"}]},
}
NO_METRICS = {"AbleToScale": "True:SucceededGetScale", "ScalingActive": "False:FailedGetResourceMetric"}


def workload(replicas: int | None = None, kind: str = "Deployment", name: str = "web") -> Map:
    size = {} if replicas is None else {"replicas": replicas}
    spec = {**size, "selector": {"matchLabels": LABELS}, "template": TEMPLATE}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def autoscaler(least: int | None = 2, most: int = 5, kind: str = "Deployment", name: str = "auto", **spec: Any) -> Map:
    target = {"apiVersion": "apps/v1", "kind": kind, "name": "web"}
    bounds = {"maxReplicas": most, **({} if least is None else {"minReplicas": least})}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {"scaleTargetRef": target, **bounds, **spec},
    }


def size(world: World, kind: str = "Deployment") -> int:
    obj = world.get(kind, "web")
    assert obj is not None
    return obj.replicas


def shown(world: World, name: str = "auto") -> Map:
    entry: Map = world.snapshot()["hpas"][name]
    return entry


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
@pytest.mark.parametrize(("replicas", "expected"), [(None, 2), (1, 2), (3, 3), (9, 5), (0, 0)])
def test_the_target_is_held_within_the_bounds(kind: str, replicas: int | None, expected: int) -> None:
    world = started(workload(replicas, kind), autoscaler(kind=kind))
    assert size(world, kind) == expected


def test_what_it_says_after_it_has_scaled() -> None:
    entry = shown(started(workload(1), autoscaler()))
    assert entry == {"min": 2, "max": 5, "current": 2, "desired": 2, "conditions": NO_METRICS}


def test_within_bounds_it_desires_nothing() -> None:
    entry = shown(started(workload(3), autoscaler()))
    assert (entry["current"], entry["desired"], entry["conditions"]) == (3, 0, NO_METRICS)


def test_no_replicas_switch_it_off() -> None:
    world = started(workload(3), autoscaler())
    kubectl.run(world, "scale deployment/web --replicas=0")
    assert shown(world)["conditions"]["ScalingActive"] == "False:ScalingDisabled"
    kubectl.run(world, "scale deployment/web --replicas=1")
    assert size(world) == 2
    assert shown(world)["conditions"] == NO_METRICS


def test_no_minimum_means_one() -> None:
    world = started(workload(1), autoscaler(None))
    assert (size(world), shown(world)["min"]) == (1, 1)


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        (
            {
                "type": "Pods",
                "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "1"}},
            },
            "FailedGetPodsMetric",
        ),
        (
            {"type": "External", "external": {"metric": {"name": "m"}, "target": {"type": "Value", "value": "1"}}},
            "FailedGetExternalMetric",
        ),
    ],
)
def test_the_first_metric_is_the_one_that_fails(metric: Map, reason: str) -> None:
    world = started(workload(3), autoscaler(metrics=[metric]))
    assert shown(world)["conditions"]["ScalingActive"] == f"False:{reason}"


def test_a_target_that_is_not_there_or_has_no_size() -> None:
    world = started(autoscaler())
    assert shown(world)["conditions"] == {"AbleToScale": "False:FailedGetScale"}
    applied(world, workload(1))
    assert (size(world), shown(world)["conditions"]) == (2, NO_METRICS)
    kubectl.run(world, "delete deployment/web")
    assert shown(world)["conditions"]["AbleToScale"] == "False:FailedGetScale"
    assert shown(started(workload(kind="DaemonSet"), autoscaler(kind="DaemonSet")))["current"] == 0


def test_two_autoscalers_of_the_same_pods_notice_each_other() -> None:
    world = started(workload(3), autoscaler(), autoscaler(name="other"))
    assert {shown(world, name)["conditions"]["ScalingActive"] for name in ("auto", "other")} == {
        "False:AmbiguousSelector"
    }
    kubectl.run(world, "delete hpa/other")
    assert shown(world)["conditions"] == NO_METRICS


def test_replicas_taken_out_of_the_manifest_go_through_one() -> None:
    world = started(workload(4), autoscaler())
    applied(world, workload())
    assert size(world) == 2


def test_replicas_that_were_never_in_the_manifest_stay() -> None:
    world = started(workload(), autoscaler(least=4))
    assert [one.verb for one in world.apply([workload()])] == ["unchanged"]
    assert size(world) == 4


def test_with_server_side_apply_the_size_is_the_autoscalers_once_it_has_scaled() -> None:
    world = World(minor=36)
    world.apply([workload(1), autoscaler()], server_side=True)
    (refused,) = world.apply([workload(1)], server_side=True)
    assert "kube-controller-manager" in refused.message
    (kept,) = world.apply([workload()], server_side=True)
    assert (kept.verb, size(world)) == ("unchanged", 2)


def test_two_autoscalers_that_fight_come_to_rest() -> None:
    world = started(workload(3), autoscaler(1, 2), autoscaler(4, 5, name="other"))
    assert size(world) in (2, 4)
    world.settle_ready()
