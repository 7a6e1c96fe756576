"""ReplicationControllers: ReplicaSets whose selector is a plain map."""

from __future__ import annotations

from typing import Any

from workload import apply, started


def controller(replicas: int = 2, image: str = "v1") -> dict[str, Any]:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "app", "image": f"registry.example/app:{image}"}]},
    }
    return {
        "apiVersion": "v1",
        "kind": "ReplicationController",
        "metadata": {"name": "web"},
        "spec": {"replicas": replicas, "selector": {"app": "web"}, "template": template},
    }


def test_it_keeps_its_number_of_pods() -> None:
    world = started(controller())
    assert world.snapshot() == {
        "replicationcontrollers": {"web": {"spec": 2, "replicas": 2, "ready": 2, "available": 2}},
        "pods": {"web": {"ready": 2}},
    }
    apply(world, controller(replicas=1))
    assert world.snapshot()["pods"] == {"web": {"ready": 1, "terminating": 1}}


def test_a_changed_template_replaces_nothing() -> None:
    world = started(controller())
    apply(world, controller(image="v2"))
    assert world.snapshot()["pods"] == {"web": {"ready": 2}}


def test_it_takes_only_pods_that_its_selector_matches() -> None:
    stranger = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "other", "labels": {"app": "other"}},
        "spec": {"containers": [{"name": "app", "image": "x:1"}]},
    }
    match = {**stranger, "metadata": {"name": "spare", "labels": {"app": "web", "tier": "front"}}}
    world = started(stranger, match)
    apply(world, controller(replicas=1))
    assert world.snapshot()["pods"] == {"(none)/other": {"ready": 1}, "web": {"ready": 1}}
