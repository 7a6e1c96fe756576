"""One component through the simulator: frames from the state before to the one in which it comes to rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kplan.model import ObjectRef, Resource
from kplan.planner.component import Component
from kplan.planner.frame import Frame, Map, frame
from kplan.planner.model import Policy, Stuck


@dataclass(frozen=True, slots=True)
class Options:
    """How to simulate.

    `never_ready` are parts of images whose pods never become ready; `nodes` are as a World's, and `lose_node` says
    which of them are lost after all is done: by name, or how many. `undo` makes it the way back: the state before is
    what came of applying `before` to `after`, where the objects in `undo` had to be made anew.
    """

    minor: int
    policy: Policy = "batch"
    prune: bool = False
    never_ready: tuple[str, ...] = ()
    nodes: int | tuple[str, ...] | Mapping[str, Any] = 3
    lose_node: str | None = None
    undo: frozenset[ObjectRef] | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """The frames of a component; the first is the state before.

    `refused` says what the API server did not accept, `stuck` which pods cannot go on at the end. `quiet` are objects
    that are only there because nodes are shared: neither they nor what is related to them changes.
    """

    component: Component
    frames: tuple[Frame, ...]
    refused: Mapping[ObjectRef, str]
    stuck: tuple[Stuck, ...] = ()
    quiet: frozenset[ObjectRef] = frozenset()

    @property
    def first(self) -> Frame:
        """The state before the apply."""
        return self.frames[0]

    @property
    def last(self) -> Frame:
        """The state when nothing is left to do."""
        return self.frames[-1]


def simulate(component: Component, replaced: Collection[ObjectRef], options: Options) -> Simulation:
    """Bring up what there is before, apply what comes after, and let the kubelet act until nothing is left to do.

    Objects in `replaced` are deleted and made anew.
    """
    from kplan.simulator.world import World

    world = World(minor=options.minor, nodes=options.nodes, namespace=component.namespace, record=False)
    if options.undo is not None:
        _do_first(world, component, options.undo, options)
    elif component.before:
        world.apply(_objects(component.before))
        world.settle_ready()
    world.set_never_ready(options.never_ready)
    world.report("before")
    frames = [frame(0, None, (), world.snapshot())]
    refused = apply_after(world, component, replaced, options.prune, _objects(component.after))
    step = world.report("apply", event=0, rc=0)
    frames.append(frame(1, None, step.rs_scaled, world.snapshot()))
    for step in world.run(options.policy):
        frames.append(frame(len(frames), step.act, step.rs_scaled, step.state))
    from kplan.planner.cluster import stuck

    return Simulation(component, tuple(frames), refused, stuck(world, component.namespace))


def _do_first(world: Any, component: Component, replaced: Collection[ObjectRef], options: Options) -> None:
    """What is going to be undone: all that is `after` was there, and `before` was applied to it."""
    world.apply(_objects(component.after))
    world.settle_ready()
    world.set_never_ready(options.never_ready)
    turned = replace(component, before=component.after, after=component.before)
    apply_after(world, turned, replaced, options.prune, _objects(turned.after))
    world.settle_ready()


def apply_after(
    world: Any, component: Component, replaced: Collection[ObjectRef], prune: bool, written: Sequence[Map]
) -> dict[ObjectRef, str]:
    """Apply `written`, the objects of `after`, and say what was refused. As kubectl does, prune when all is applied."""
    for resource in component.before:
        if resource.ref in replaced:
            world.delete(resource.kind, resource.ref.name, resource.ref.namespace)
            _await_end(world, resource.ref)
    done = world.apply(written)
    refs = {(resource.kind, resource.ref.name): resource.ref for resource in component.after}
    kept = set(refs.values())
    for resource in component.before if prune else ():
        if resource.ref not in kept:
            world.delete(resource.kind, resource.ref.name, resource.ref.namespace)
    return {refs[each.kind, each.name]: each.message for each in done if each.verb == "refused"}


def _await_end(world: Any, ref: ObjectRef) -> None:
    """A bare pod that stops keeps its name; kubectl makes the new one when the old one is gone."""
    pod = world.store.get("Pod", ref.namespace, ref.name) if ref.kind == "Pod" else None
    if pod is not None:
        world.store.forget_pod(pod.memo)
        world.settle()


def _objects(resources: tuple[Resource, ...]) -> list[dict[str, Any]]:
    """The objects as written; the last of those that stand twice counts."""
    return [resource.data for resource in {resource.ref: resource for resource in resources}.values()]
