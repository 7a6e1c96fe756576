"""Small objects and worlds for tests."""

from __future__ import annotations

from typing import Any

from kplan.simulator.step import Step
from kplan.simulator.world import World

Map = dict[str, Any]


def deployment(name: str = "web", image: str = "app:v1", replicas: int | None = 3, **spec: Any) -> Map:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": image}]}}
    size = {} if replicas is None else {"replicas": replicas}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {**size, "selector": {"matchLabels": labels}, "template": template, **spec},
    }


def service(name: str = "web", **spec: Any) -> Map:
    fields = {"selector": {"app": name}, "ports": [{"port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": fields}


def rolled_out(*objects: Map, **options: Any) -> World:
    world = World(minor=36, **options)
    world.apply(objects)
    world.settle_ready()
    return world


def sizes(world: World) -> list[int]:
    """The sizes of the ReplicaSets, oldest first."""
    return [entry["spec"] for entry in world.snapshot().get("replicasets", {}).values()]


def status(world: World, name: str = "web") -> Map:
    found: Map = world.snapshot()["deployments"][name]
    return found


def acts(steps: list[Step]) -> list[str]:
    return [step.act if isinstance(step.act, str) else " ".join(step.act) for step in steps]
