"""Workloads to try controllers on, and short forms of what they do."""

from __future__ import annotations

from typing import Any

from kplan.simulator.world import World

CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def workload(kind: str, name: str, image: str, **spec: Any) -> dict[str, Any]:
    pod_spec = {"containers": [{"name": "app", "image": f"registry.example/app:{image}"}], **spec.pop("pod", {})}
    body = {
        "selector": {"matchLabels": {"app": name}},
        "template": {"metadata": {"labels": {"app": name}}, "spec": pod_spec},
        **spec,
    }
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": body}


def stateful_set(image: str = "v1", replicas: int = 3, **spec: Any) -> dict[str, Any]:
    return workload("StatefulSet", "db", image, serviceName="db", replicas=replicas, **spec)


def daemon_set(image: str = "v1", **spec: Any) -> dict[str, Any]:
    return workload("DaemonSet", "agent", image, **spec)


def rolling(**fields: Any) -> dict[str, Any]:
    return {"type": "RollingUpdate", "rollingUpdate": fields}


def apply(world: World, *objects: dict[str, Any]) -> None:
    refused = [done.message for done in world.apply(objects) if done.verb == "refused"]
    assert not refused


def started(*objects: dict[str, Any], **options: Any) -> World:
    world = World(**{"minor": 36, **options})
    apply(world, *objects)
    world.settle_ready()
    return world


def acts(world: World) -> list[str]:
    """What the kubelet does until nothing is left to do, one act at a time."""
    return [str(step.act) for step in world.run("seq")]


def revisions(world: World) -> list[tuple[str, int]]:
    """Image and number of each ControllerRevision, the lowest number first."""
    found = []
    for one in world.store.of_kind("ControllerRevision", world.namespace):
        template = one.data["data"]["spec"]["template"]
        found.append((template["spec"]["containers"][0]["image"].rpartition(":")[2], one.data["revision"]))
    return sorted(found, key=lambda pair: pair[1])


def images(world: World) -> dict[str, str]:
    """The image of each pod by its name."""
    return {
        pod.name: pod.cohort.images[0].rpartition(":")[2]
        for pod in sorted(world.pods(), key=lambda pod: (len(pod.name), pod.name))
    }


def claims(world: World) -> dict[str, list[str]]:
    """The owners of each claim; "going" where it only waits for its pod."""
    shown = world.snapshot().get("pvcs", {})
    return {name: entry["owners"] + ["going"] * bool(entry.get("terminating")) for name, entry in shown.items()}


def kill(world: World, name: str) -> None:
    (pod,) = [pod for pod in world.pods() if pod.name == name]
    world.store.delete_pod(pod)
    world.settle()
