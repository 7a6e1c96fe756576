"""Pods that a namespace refuses: the Deployment is accepted, and its new ReplicaSet cannot make them."""

from __future__ import annotations

from typing import Any

import pytest
from cluster import deployment, rolled_out, sizes, status

from kplan.simulator.world import World

Map = dict[str, Any]


def quota(**hard: Any) -> Map:
    fields = {"hard": {key.replace("_", "."): value for key, value in hard.items()}}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": fields}


def limits(**item: Any) -> Map:
    spec = {"limits": [{"type": "Container", **item}]}
    return {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "l"}, "spec": spec}


def sized(image: str = "app:v1", replicas: int = 3, **resources: Any) -> Map:
    made = deployment(image=image, replicas=replicas)
    made["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
    return made


def test_no_room_for_the_surge() -> None:
    world = rolled_out(quota(pods=3), deployment())
    world.apply([deployment(image="app:v2")])
    assert sizes(world) == [3, 1]
    assert status(world)["conditions"]["ReplicaFailure"] == "True:FailedCreate"
    assert status(world)["available"] == 3
    assert world.step() is None


def test_room_is_used_as_soon_as_there_is_some() -> None:
    world = rolled_out(quota(pods=3), deployment())
    world.apply([deployment(image="app:v2")])
    world.apply([quota(pods=4)])
    world.settle_ready()
    assert status(world)["updated"] == 3
    assert "ReplicaFailure" not in status(world)["conditions"]


def test_terminating_pods_still_count() -> None:
    recreate = {"strategy": {"type": "Recreate"}}
    world = rolled_out(quota(pods=3), deployment(**recreate))
    world.apply([deployment(image="app:v2", **recreate)])
    world.settle_ready()
    assert status(world)["ready"] == 3


@pytest.mark.parametrize(
    ("hard", "resources", "fits"),
    [
        ({"requests_cpu": "300m"}, {"requests": {"cpu": "100m"}}, 3),
        ({"cpu": "250m"}, {"requests": {"cpu": "100m"}}, 2),
        ({"requests_memory": "3Gi"}, {"limits": {"memory": "1Gi"}}, 3),
        ({"limits_memory": "2Gi"}, {"limits": {"memory": "1Gi"}}, 2),
        ({"limits_cpu": "10"}, {"requests": {"cpu": "100m"}}, 0),
        ({"count/pods": 1}, {}, 1),
        ({"services": 1}, {}, 3),
    ],
)
def test_what_fits(hard: Map, resources: Map, fits: int) -> None:
    world = rolled_out(quota(**hard), sized(**resources))
    assert status(world)["ready"] == fits


@pytest.mark.parametrize(
    ("item", "resources", "fits"),
    [
        ({"max": {"cpu": "200m"}}, {"limits": {"cpu": "200m"}}, 3),
        ({"max": {"cpu": "200m"}}, {"limits": {"cpu": "300m"}}, 0),
        ({"max": {"cpu": "200m"}}, {}, 3),
        ({"min": {"memory": "64Mi"}}, {"requests": {"memory": "32Mi"}}, 0),
        ({"min": {"memory": "64Mi"}}, {}, 3),
        ({"maxLimitRequestRatio": {"cpu": "2"}}, {"requests": {"cpu": "1"}, "limits": {"cpu": "3"}}, 0),
        ({"maxLimitRequestRatio": {"cpu": "2"}}, {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}, 3),
        ({"type": "Pod", "max": {"cpu": "1"}}, {"limits": {"cpu": "2"}}, 0),
    ],
)
def test_limit_ranges(item: Map, resources: Map, fits: int) -> None:
    world = rolled_out(limits(**item), sized(**resources))
    assert status(world)["ready"] == fits


def test_defaults_of_a_limit_range_count_in_a_quota() -> None:
    world = rolled_out(limits(default={"cpu": "100m"}), quota(requests_cpu="200m"), sized())
    assert status(world)["ready"] == 2


def test_a_bare_pod_is_refused() -> None:
    world = World(minor=36)
    spec = {"containers": [{"name": "a", "image": "b"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": spec}
    done = world.apply([quota(pods=0), pod])
    assert done[1].verb == "refused"
    assert "exceeded quota: q" in done[1].message


def claim(storage: str = "1Gi", name: str = "data", **labels: str) -> Map:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    }


def service(type_: str, ports: int = 1) -> Map:
    spec = {"type": type_, "selector": {"a": "b"}, "ports": [{"name": f"p{n}", "port": 80 + n} for n in range(ports)]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


def config(name: str, **data: str) -> Map:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def answers(*applied: list[Map]) -> list[str]:
    """What becomes of the last objects, after the ones before were applied in turn."""
    world = World(minor=36)
    for objects in applied[:-1]:
        world.apply(objects)
    return [f"{each.verb} {each.message}".strip() for each in world.apply(applied[-1])]


def test_claims_are_bounded_when_they_change_too() -> None:
    bounds = limits(type="PersistentVolumeClaim", max={"storage": "2Gi"})
    why = "maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi"
    assert answers([bounds], [claim("3Gi")]) == [f'refused PersistentVolumeClaim "data" is forbidden: {why}']
    assert answers([claim("3Gi")], [bounds], [claim("3Gi")]) == ["unchanged"]
    assert why in answers([claim("3Gi")], [bounds], [claim("3Gi", team="a")])[0]
    assert answers([claim("2Gi")], [bounds], [claim("2Gi", team="a")]) == ["configured"]


def test_quotas_measure_growth() -> None:
    two = quota(requests_storage="2Gi")
    assert answers([two], [claim()], [claim("1Gi", "other")]) == ["created"]
    (why,) = answers([two], [claim()], [claim("1536Mi", "other")])
    assert why.endswith("requested: requests.storage=1536Mi, used: requests.storage=1Gi, limited: requests.storage=2Gi")
    assert answers([claim("3Gi")], [two], [claim("3Gi", team="a")]) == ["configured"]


def test_services_are_measured_again_when_they_change() -> None:
    ports = quota(**{"services.nodeports": 2})
    assert answers([ports], [service("NodePort", 2)], [service("ClusterIP", 2)]) == ["configured"]
    assert answers([ports], [service("ClusterIP", 3)], [service("NodePort", 3)])[0].endswith(
        "exceeded quota: q, requested: services.nodeports=3, used: services.nodeports=0, limited: services.nodeports=2"
    )
    assert "limited: services.nodeports=2" in answers([ports], [service("NodePort", 2)], [service("NodePort", 3)])[0]


def test_other_objects_count_when_they_are_made() -> None:
    one = quota(**{"count/configmaps": 1, "configmaps": 5})
    assert answers([one], [config("a")], [config("b")])[0].endswith(
        "exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1"
    )
    assert answers([config("a"), config("b")], [one], [config("b", k="v")]) == ["configured"]


def test_pods_that_change_are_not_measured_again() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": "x:1"}]},
    }
    bounds = limits(min={"cpu": "1"})
    changed = {**pod, "metadata": {"name": "p", "labels": {"a": "b"}}}
    assert answers([pod], [bounds], [changed]) == ["configured"]
    assert answers([pod], [quota(pods=0)], [changed]) == ["configured"]
