"""Small Jobs and CronJobs, and worlds that run them."""

from __future__ import annotations

from typing import Any

from kplan.simulator.world import World

Map = dict[str, Any]


def job_spec(pod: Map | None = None, **spec: Any) -> Map:
    containers = [{"name": "app", "image": "registry.example/app:v1"}]
    pod_spec = {"restartPolicy": "Never", "containers": containers, **(pod or {})}
    return {**spec, "template": {"spec": pod_spec}}


def job(name: str = "task", pod: Map | None = None, **spec: Any) -> Map:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": job_spec(pod, **spec)}


def indexed(name: str = "task", **spec: Any) -> Map:
    return job(name, completionMode="Indexed", **spec)


def cron_job(schedule: str, name: str = "cron", job: Map | None = None, **spec: Any) -> Map:
    template = {"spec": job or job_spec()}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name},
        "spec": {"schedule": schedule, "jobTemplate": template, **spec},
    }


def applied(world: World, *objects: Map) -> World:
    refused = [one.message for one in world.apply(objects) if one.verb == "refused"]
    assert refused == []
    return world


def started(*objects: Map, minor: int = 36, **options: Any) -> World:
    """A world in which the objects were just applied."""
    return applied(World(minor=minor, **options), *objects)


def acts(world: World, number: int | None = None, policy: Any = "seq") -> list[str]:
    """What the kubelet does next, up to `number` acts."""
    done = []
    while number is None or len(done) < number:
        step = world.step(policy)
        if step is None:
            break
        done.append(step.act if isinstance(step.act, str) else " ".join(step.act))
    return done


def until(world: World, act: str) -> None:
    """Play single acts up to and including the first of a kind."""
    while not acts(world, 1)[0].startswith(act):
        pass


def counts(world: World, name: str = "task") -> Map:
    """A Job's status without what is zero or empty."""
    entry = world.snapshot()["jobs"][name]
    return {key: value for key, value in entry.items() if value and key not in ("parallelism", "completions")}


def conditions(world: World, name: str = "task") -> dict[str, str]:
    found: dict[str, str] = world.snapshot()["jobs"][name]["conditions"]
    return found


def pods(world: World, owner: str = "task") -> dict[str, int]:
    found: dict[str, int] = world.snapshot()["pods"].get(owner, {})
    return found
