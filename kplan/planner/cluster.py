"""All components in one cluster: where pods share nodes that can be full or lost, nothing goes by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from kplan.model import ObjectRef, Resource
from kplan.planner.component import Component
from kplan.planner.frame import Frame, frame
from kplan.planner.model import Stuck
from kplan.planner.simulation import Options, Simulation, apply_after
from kplan.simulator.whatif import Named, reach, waiting
from kplan.simulator.world import World

_GROUPS = {"Deployment": "apps", "ReplicaSet": "apps", "StatefulSet": "apps", "DaemonSet": "apps", "Job": "batch"}


@dataclass(slots=True)
class Cluster:
    """The world at the end of an apply, the frames of each namespace on the way, and what was refused.

    `reaches` are the ready endpoints of Services by node, frame by frame, where they are `asked` for.
    """

    world: World
    asked: bool = False
    frames: dict[str, list[Frame]] = field(default_factory=dict)
    refused: dict[ObjectRef, str] = field(default_factory=dict)
    reaches: list[dict[Named, dict[str, int]]] = field(default_factory=list)


def named_ref(named: Named) -> ObjectRef:
    """The identity of an object of the simulator's."""
    kind, namespace, name = named
    return ObjectRef(_GROUPS.get(kind, ""), kind, namespace, name)


def run(components: Sequence[Component], replaced: Collection[ObjectRef], options: Options) -> Cluster:
    """Bring up what there is before, apply what comes after, and let the kubelet act until nothing is left to do."""
    world = World(minor=options.minor, nodes=options.nodes, record=False)
    found = Cluster(world, options.lose_node is not None, {component.namespace: [] for component in components})
    for component in components:
        world.apply(objects(component.before if options.undo is None else component.after))
    world.settle_ready()
    world.set_never_ready(options.never_ready)
    if options.undo is not None:
        for component in components:
            _apply(found, _turned(component), options.undo, options.prune)
        world.settle_ready()
        found.refused.clear()
    world.report("before")
    _take(found)
    for component in components:
        _apply(found, component, replaced, options.prune)
    world.report("apply", event=0, rc=0)
    _take(found)
    for _ in world.run(options.policy):
        _take(found)
    return found


def simulations(cluster: Cluster, components: Sequence[Component], quiet: frozenset[ObjectRef]) -> list[Simulation]:
    """One simulation a namespace, all of the same cluster."""
    found = []
    for namespace, frames in cluster.frames.items():
        mine = [component for component in components if component.namespace == namespace]
        whole = Component(
            namespace,
            tuple(resource for component in mine for resource in component.before),
            tuple(resource for component in mine for resource in component.after),
        )
        refused = {ref: text for ref, text in cluster.refused.items() if ref.namespace == namespace}
        found.append(Simulation(whole, tuple(frames), refused, stuck(cluster.world, namespace), quiet))
    return found


def stuck(world: World, namespace: str) -> tuple[Stuck, ...]:
    """The pods of a namespace that cannot go on, and why."""
    return tuple(
        Stuck(named_ref(one.owner), one.pods, one.why, one.message)
        for one in waiting(world)
        if one.owner[1] == namespace
    )


def _turned(component: Component) -> Component:
    """What is going to be undone: `after` was there, and `before` was applied to it."""
    return Component(component.namespace, component.after, component.before)


def _take(found: Cluster) -> None:
    """One more frame of each namespace."""
    acted, scaled = found.world.happened
    if found.asked:
        found.reaches.append(reach(found.world))
    for namespace, frames in found.frames.items():
        acts: dict[str, list[str]] = {}
        for act, pod in acted:
            if pod.cohort.namespace == namespace:
                acts.setdefault(act, []).append(pod.alias)
        changes = [(name, before, after) for space, name, before, after in scaled if space == namespace]
        frames.append(frame(len(frames), acts, changes if frames else (), found.world.snapshot(namespace)))


def _apply(found: Cluster, component: Component, replaced: Collection[ObjectRef], prune: bool) -> None:
    found.refused |= apply_after(found.world, component, replaced, prune, objects(component.after))


def objects(resources: tuple[Resource, ...]) -> list[dict[str, Any]]:
    """The objects as written, each with its namespace; the last of those that stand twice counts."""
    return [_placed(resource) for resource in {resource.ref: resource for resource in resources}.values()]


def _placed(resource: Resource) -> dict[str, Any]:
    metadata = resource.data.get("metadata")
    if not resource.ref.namespace or not isinstance(metadata, dict) or metadata.get("namespace"):
        return resource.data
    return {**resource.data, "metadata": {**metadata, "namespace": resource.ref.namespace}}
