"""What if new images never become ready: where rollouts stop, who still serves, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from kplan.k8s.image_pattern import is_like
from kplan.model import ObjectRef
from kplan.planner.cluster import run
from kplan.planner.model import Policy, WhatIf, WhatIfStep
from kplan.planner.sentence import plural
from kplan.planner.simulation import Options, Simulation
from kplan.simulator.whatif import up
from kplan.simulator.world import World

_DEADLINE_S = 600
_NEVER = 2**31 - 1
_UNDONE = ("Deployment", "StatefulSet", "DaemonSet")


def bad_images(simulation: Simulation, replaced: Collection[ObjectRef], options: Options) -> Iterator[WhatIf]:
    """One for each workload of the component whose pods have such an image and never become ready."""
    for resource in simulation.component.after:
        if resource.kind not in _UNDONE or not _has_bad_image(resource.data, options.never_ready):
            continue
        world = run([simulation.component], replaced, options).world
        world.namespace = resource.ref.namespace
        if _broken(world, resource.ref):
            yield _what_if(world, resource.ref, options.policy)


def _has_bad_image(data: dict[str, Any], patterns: Collection[str]) -> bool:
    from kplan.kinds import pod_spec_path

    spec: Any = data
    for part in pod_spec_path(str(data.get("kind"))) or ():
        spec = spec.get(part) if isinstance(spec, dict) else None
    containers = spec.get("containers") if isinstance(spec, dict) else None
    return any(is_like(str(one.get("image") or ""), patterns) for one in containers or () if isinstance(one, dict))


def _pods(world: World, ref: ObjectRef) -> list[Any]:
    """The workload's pods."""
    found = world.pods(ref.namespace)
    owners = [pod.owner and (pod.owner.owner or pod.owner) for pod in found]
    wanted = (ref.kind, ref.name)
    return [pod for pod, owner in zip(found, owners, strict=True) if owner and (owner.kind, owner.name) == wanted]


def _broken(world: World, ref: ObjectRef) -> list[Any]:
    return [pod for pod in _pods(world, ref) if pod.active and not pod.ready and world.store.kubelet.is_broken(pod)]


def _what_if(world: World, ref: ObjectRef, policy: Policy) -> WhatIf:
    broken, serving = _broken(world, ref), sum(pod.active and pod.ready for pod in _pods(world, ref))
    bad = f"{plural(len(broken), 'pod')} never {'becomes' if len(broken) == 1 else 'become'} ready"
    good = f"{plural(serving, 'earlier pod')} {'goes' if serving == 1 else 'go'} on serving"
    outages = _outages(world, ref)
    steps = (
        WhatIfStep(0, f"the rollout stops: {bad}, {good if serving else 'and there is no other'}"),
        *_deadline(world, ref),
    )
    text, commands = _undo(world, ref, policy)
    title = f"the new image of {ref} never becomes ready"
    down = (f"{outage} has nothing ready" for outage in outages)
    return WhatIf("bad-image", title, (*down, text), steps, outages, tuple(commands))


def _outages(world: World, ref: ObjectRef) -> tuple[ObjectRef, ...]:
    """The Services and workloads of its component that have nothing ready."""
    from kplan.planner.cluster import named_ref

    return tuple(named_ref(named) for named, count in up(world).items() if not count and named[1] == ref.namespace)


def _deadline(world: World, ref: ObjectRef) -> Iterator[WhatIfStep]:
    """Let the progress deadline pass."""
    obj = world.get(ref.kind, ref.name)
    if obj is None or ref.kind != "Deployment":
        return
    seconds = obj.spec.get("progressDeadlineSeconds")
    seconds = _DEADLINE_S if seconds is None else int(seconds)
    if seconds >= _NEVER:
        return
    start_s = world.store.now_s
    world.wait(seconds + 1)
    shown = world.snapshot()["deployments"].get(ref.name) or {}
    if str((shown.get("conditions") or {}).get("Progressing", "")).startswith("False"):
        yield WhatIfStep(
            world.store.now_s - start_s - 1,
            f"progressDeadlineSeconds is over: Progressing is False, ProgressDeadlineExceeded; "
            f"{ref} stays as it is, and `kubectl rollout status` fails",
        )


def _undo(world: World, ref: ObjectRef, policy: Policy) -> tuple[str, list[str]]:
    """Go back to the revision before, as `kubectl rollout undo` does: what comes of it, and the commands it takes."""
    from kplan.simulator import kubectl

    rc, _ = kubectl.run(world, f"rollout undo {ref}")
    if rc:
        return "there is no earlier revision to go back to: correct the image and apply again", []
    commands = [f"kubectl rollout undo {ref}{_space(ref)}"]
    waves = _settle(world, policy)
    if stuck := _broken(world, ref):
        for pod in stuck:
            world.store.delete_pod(pod)
        world.settle()
        waves += _settle(world, policy)
        commands.append(f"kubectl delete pod {' '.join(pod.alias for pod in stuck)}{_space(ref)}")
    if _broken(world, ref):
        return "the revision before does not become ready either", []
    undo = "undone" if len(commands) == 1 else "undone, and with the broken pod deleted by hand"
    word = "wave" if policy == "batch" else "step"
    return f"{undo}, all serve again {plural(waves, word)} later", commands


def _settle(world: World, policy: Policy) -> int:
    """Let all be done that can be done; how many steps that takes."""
    return sum(1 for _ in world.run(policy))


def _space(ref: ObjectRef) -> str:
    return f" -n {ref.namespace}" if ref.namespace not in ("", "default") else ""
