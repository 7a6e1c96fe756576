"""Deleting a namespace takes all that is in it, and nothing else."""

from __future__ import annotations

from cluster import Map, deployment, rolled_out, service

from kplan.simulator import kubectl


def inside(namespace: str, obj: Map) -> Map:
    return {**obj, "metadata": {**obj["metadata"], "namespace": namespace}}


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
BARE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "bare"},
    "spec": {"containers": [{"name": "app", "image": "app:v1"}]},
}


def test_objects_go_and_pods_terminate() -> None:
    world = rolled_out(NAMESPACE, *(inside("shop", obj) for obj in (deployment(), service(), BARE)), deployment())
    assert kubectl.run(world, "delete namespace shop") == (0, "")
    shown = world.snapshot("shop")
    assert set(shown) == {"pods"}
    assert list(shown["pods"].values()) == [{"terminating": 1}, {"terminating": 3}]
    assert world.get("Namespace", "shop", "") is None
    list(world.run())
    assert world.snapshot("shop") == {"pods": {}}
    assert world.snapshot()["deployments"]["web"]["ready"] == 3


def test_a_namespace_that_was_not_applied_is_there_while_something_is_in_it() -> None:
    world = rolled_out(deployment())
    assert kubectl.run(world, "delete ns/default") == (0, "")
    list(world.run())
    assert world.snapshot() == {"pods": {}}
    assert kubectl.run(world, "delete ns default other") == (
        1,
        'Error from server (NotFound): namespaces "default" not found; '
        'Error from server (NotFound): namespaces "other" not found',
    )
