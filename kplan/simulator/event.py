"""Events of a scenario: what is done to the cluster between the kubelet's acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kplan.controllers.state import READY, TERMINATING, UNREADY, Pod
from kplan.errors import UsageError
from kplan.k8s.selector import map_selector
from kplan.model import Manifest, Resource, Severity
from kplan.schema import check
from kplan.simulator import kubectl, node_loss
from kplan.simulator.store import Store
from kplan.simulator.world import World

Manifests = Mapping[str, Manifest]
"""What can be applied, by name."""

Fired = tuple[str, int | None, str]
"""What to call the step, kubectl's exit code (None where it was no kubectl), and what was wrong."""


def fire(world: World, event: Mapping[str, Any], manifests: Manifests) -> Fired:
    """Do what one event says and settle. Raises UsageError for an event that is none."""
    for name, action in _EVENTS.items():
        if name in event:
            return action(world, event, manifests)
    raise UsageError(f"an event is one of {', '.join(_EVENTS)}, not {', '.join(map(str, event)) or 'nothing'}")


def _apply(world: World, event: Mapping[str, Any], manifests: Manifests) -> Fired:
    name, server_side = str(event["apply"]), bool(event.get("server_side"))
    force, prune = bool(event.get("force")), event.get("prune")
    if name not in manifests:
        raise UsageError(f"the event `apply: {name}` names no manifest of the scenario")
    manifest = manifests[name]
    wrong = [finding.message for finding in manifest.findings if finding.severity >= Severity.ERROR]
    sound = []
    for resource in manifest:
        if problem := _undecodable(resource, world.minor):
            wrong.append(f"{resource.ref}: {problem}")
        else:
            sound.append(resource)
    done = world.apply([resource.data for resource in sound], server_side=server_side, force=force)
    wrong += [one.message for one in done if one.verb == "refused"]
    if prune:
        _prune(world, str(prune), {(one.kind, one.namespace, one.name) for one in done})
    label = f"apply -f {name}"
    label += " --server-side --field-manager oracle" if server_side else ""
    label += " --force-conflicts" if server_side and force else ""
    label += f" --prune -l {prune}" if prune else ""
    return label, 1 if wrong else 0, "; ".join(wrong)


def _undecodable(resource: Resource, minor: int) -> str | None:
    """Why the API server does not take the object for what it says it is, or None."""
    problems = (problem.message for rule, problem in check(resource, minor) if rule != "deprecated-api")
    return next(problems, None)


def _prune(world: World, selector: str, kept: set[tuple[str, str, str]]) -> None:
    """Delete what was applied before, matches the selector, and is not among what is applied now."""
    matcher = map_selector(dict(pair.split("=", 1) for pair in selector.replace("==", "=").split(",") if "=" in pair))
    for kind in list(world.store.objects):
        for obj in list(world.store.of_kind(kind)):
            applied = obj.last_applied is not None and matcher.matches(obj.labels)
            if applied and (kind, obj.namespace, obj.name) not in kept:
                world.delete(kind, obj.name, obj.namespace)


def _kubectl(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    line = str(event["kubectl"])
    rc, message = kubectl.run(world, line)
    return f"kubectl {line}", rc, message


def _chosen(world: World, choice: Mapping[str, Any]) -> list[Pod]:
    """The pods an event means: `owner` names a workload or its ReplicaSet, `index` counts in the kubelet's order."""
    owner = choice.get("owner")
    pods = [
        pod
        for pod in world.pods()
        if pod.state < TERMINATING and pod.owner and owner in (pod.owner.name, pod.owner.name.rsplit("-", 1)[0])
    ]
    index = choice.get("index", 0)
    if choice.get("count") == "all" or not pods:
        return pods
    return [pods[number % len(pods)] for number in ([index] if isinstance(index, int) else index)]


def _delete_pod(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    pods = _chosen(world, event["delete_pod"])
    for pod in pods:
        world.store.delete_pod(pod)
    world.settle()
    return "delete_pod " + ",".join(pod.alias for pod in pods), None, ""


def _unready_pod(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    pods = _chosen(world, event["unready_pod"])
    for pod in pods:
        pod.sick = True
        if pod.state == READY:
            world.store.set_pod(pod, UNREADY)
    world.settle()
    return "unready_pod " + ",".join(pod.alias for pod in pods), None, ""


def _recover(world: World, _event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    world.recover()
    return "recover: sick pods may become ready again", None, ""


def _never_ready(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    images = list(event["never_ready"])
    world.set_never_ready(images)
    return f"never_ready={images}", None, ""


def _lose_node(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    return _nodes(world, "lose_node", event, node_loss.lose_nodes)


def _restore_node(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    return _nodes(world, "restore_node", event, node_loss.restore_nodes)


def _delete_node(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    return _nodes(world, "delete_node", event, node_loss.remove_nodes)


def _nodes(world: World, name: str, event: Mapping[str, Any], do: Callable[[Store, list[str]], None]) -> Fired:
    given = event[name]
    names = [given] if isinstance(given, str) else list(given)
    do(world.store, names)
    world.settle()
    return f"{name} {','.join(names)}", None, ""


def _wait(world: World, event: Mapping[str, Any], _manifests: Manifests) -> Fired:
    world.wait(float(event["wait"]))
    return f"wait {event['wait']}s", None, ""


KEYS = {
    "apply": ("server_side", "force", "prune"),
    "kubectl": (),
    "delete_pod": (),
    "unready_pod": (),
    "recover": (),
    "never_ready": (),
    "lose_node": (),
    "restore_node": (),
    "delete_node": (),
    "wait": (),
}
"""The events there are, and what else each may say beside `after_acts` and `after_batches`."""

_EVENTS: dict[str, Callable[[World, Mapping[str, Any], Manifests], Fired]] = {
    "apply": _apply,
    "kubectl": _kubectl,
    "delete_pod": _delete_pod,
    "unready_pod": _unready_pod,
    "recover": _recover,
    "never_ready": _never_ready,
    "lose_node": _lose_node,
    "restore_node": _restore_node,
    "delete_node": _delete_node,
    "wait": _wait,
}
