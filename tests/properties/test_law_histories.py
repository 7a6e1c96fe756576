"""The laws, on random histories: apply, ready, fail, scale, undo, lose a node, in any order and under both policies.

A history that once broke a law stands below as a case of its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.planner.step_law import bounds, broken_by_act
from kplan.simulator.kubectl import run
from kplan.simulator.node_loss import lose_nodes, restore_nodes
from kplan.simulator.world import World

Map = dict[str, Any]
Event = tuple[Any, ...]

NODES = ("node-1", "node-2", "node-3")
IMAGES = ("app:v1", "app:v2", "app:v3", "app:bad")
SECTIONS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}


class History(NamedTuple):
    """A workload of a kind with part of its spec, what happens to it, and the kubelet's policy."""

    kind: str
    spec: Map
    events: tuple[Event, ...]
    policy: Any = "batch"


def workload(history: History, image: str, replicas: int) -> Map:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": image}]}}
    size = {} if history.kind == "DaemonSet" else {"replicas": replicas}
    own = {"serviceName": "web"} if history.kind == "StatefulSet" else {}
    spec = {**size, **own, "selector": {"matchLabels": labels}, "template": template, **history.spec}
    return {"apiVersion": "apps/v1", "kind": history.kind, "metadata": {"name": "web"}, "spec": spec}


def play(history: History) -> None:
    """Play a history and assert all laws on the way and at its end."""
    world = World(minor=36, nodes=list(NODES))
    world.apply([workload(history, IMAGES[0], 3)])
    for event in history.events:
        before = world.snapshot()
        happen(world, event, history)
        keeps_replica_sets(event, before, world.snapshot())
    ends_well(world, history)


def happen(world: World, event: Event, history: History) -> None:
    match event:
        case ("apply", image, replicas):
            world.apply([workload(history, image, replicas)])
        case ("scale", replicas) if history.kind != "DaemonSet":
            run(world, f"scale {history.kind.lower()}/web --replicas={replicas}")
        case ("steps", number):
            act(world, history, number)
        case ("fail" | "delete", index) if world.pods():
            pod = world.pods()[index % len(world.pods())]
            if event[0] == "delete":
                world.store.delete_pod(pod)
            elif pod.state == 2:
                pod.sick = True
                world.store.set_pod(pod, 3)
            world.settle()
        case ("lose" | "restore", index):
            (lose_nodes if event[0] == "lose" else restore_nodes)(world.store, [NODES[index]])
            world.settle()
        case ("wait", seconds):
            world.wait(seconds)
        case ("recover",):
            world.recover()
        case ("break" | "heal",):
            world.set_never_ready(["bad"] if event[0] == "break" else [])
        case ("undo" | "pause" | "resume" | "restart" as verb,):
            names = set(world.snapshot().get("replicasets", {}))
            code, _ = run(world, f"rollout {verb} {history.kind.lower()}/web")
            if verb == "undo" and code == 0:
                assert set(world.snapshot().get("replicasets", {})) <= names, "rollback returns to the old hash"


def act(world: World, history: History, number: int = 1_000) -> None:
    """Let the kubelet act, and look at each act."""
    before, limits = world.snapshot(), bounds(world)
    for step in world.run(history.policy, number):
        after = step.state
        faults = [str(fault) for fault in broken_by_act(before, after, limits)]
        assert not faults, f"after {step.act}"
        before, limits = after, bounds(world)
    if number >= 1_000:
        assert world.step(history.policy) is None, "every healthy rollout ends"


def keeps_replica_sets(event: Event, before: Map, after: Map) -> None:
    """A change of size makes no ReplicaSet."""
    if event[0] == "scale" and before.get("replicasets"):
        assert set(after.get("replicasets", {})) <= set(before["replicasets"]), (
            "a scale-only change makes no ReplicaSet"
        )


def ends_well(world: World, history: History) -> None:
    """Once all is healthy again a rollout ends, and applying the same again changes nothing."""
    run(world, f"rollout resume {history.kind.lower()}/web")
    world.set_never_ready([])
    world.recover()
    restore_nodes(world.store, NODES)
    world.settle()
    written = workload(history, "app:last", 4)
    world.apply([written])
    act(world, history)
    unblock(world, history)
    shown = world.snapshot()[SECTIONS[history.kind]]["web"]
    wanted = shown["desired"] if history.kind == "DaemonSet" else 4
    assert shown["available"] == wanted, "every healthy rollout ends"
    if is_rolling(history):
        assert shown["updated"] == wanted, "every healthy rollout ends"
    before = world.snapshot()
    world.apply([written])
    assert world.step(history.policy) is None, "plan(apply(plan)) is empty"
    assert world.snapshot() == before, "plan(apply(plan)) is empty"


def is_rolling(history: History) -> bool:
    strategy = history.spec.get("updateStrategy") or {}
    return strategy.get("type") != "OnDelete" and not (strategy.get("rollingUpdate") or {}).get("partition")


def unblock(world: World, history: History) -> None:
    """A StatefulSet may wait for a pod that was broken when its revision went: that is deleted by hand."""
    if history.kind == "StatefulSet":
        for pod in [pod for pod in world.pods() if not pod.ready]:
            world.store.delete_pod(pod)
        world.settle()
        act(world, history)


LIMITS = st.integers(0, 4) | st.sampled_from(["0%", "10%", "25%", "50%", "100%"])


def zero(value: int | str) -> bool:
    return value in (0, "0%")


ROLLING = st.tuples(LIMITS, LIMITS).map(
    lambda pair: {"rollingUpdate": {"maxSurge": pair[0], "maxUnavailable": 1 if all(map(zero, pair)) else pair[1]}}
)
DAEMONS = st.one_of(
    st.sampled_from([1, 2, "34%", "100%"]).map(lambda n: {"rollingUpdate": {"maxUnavailable": n}}),
    st.sampled_from([1, 2, "50%"]).map(lambda n: {"rollingUpdate": {"maxSurge": n, "maxUnavailable": 0}}),
    st.just({"type": "OnDelete"}),
)
SETS = st.fixed_dictionaries(
    {
        "podManagementPolicy": st.sampled_from(["OrderedReady", "Parallel"]),
        "updateStrategy": st.one_of(
            st.just({"type": "OnDelete"}),
            st.integers(0, 3).map(lambda n: {"rollingUpdate": {"partition": n}}),
        ),
    }
)
SPECS = {
    "Deployment": st.fixed_dictionaries(
        {"strategy": st.just({"type": "Recreate"}) | ROLLING, "revisionHistoryLimit": st.integers(0, 3)}
    ),
    "StatefulSet": SETS,
    "DaemonSet": DAEMONS.map(lambda strategy: {"updateStrategy": strategy}),
}
EVENTS = st.one_of(
    st.tuples(st.just("apply"), st.sampled_from(IMAGES), st.integers(0, 6)),
    st.tuples(st.just("scale"), st.integers(0, 6)),
    st.tuples(st.just("steps"), st.integers(1, 8)),
    st.tuples(st.sampled_from(["fail", "delete"]), st.integers(0, 7)),
    st.tuples(st.sampled_from(["lose", "restore"]), st.integers(0, 2)),
    st.tuples(st.just("wait"), st.sampled_from([10.0, 400.0])),
    st.sampled_from([("undo",), ("pause",), ("resume",), ("restart",), ("recover",), ("heal",), ("break",)]),
)


def histories(kind: str) -> st.SearchStrategy[History]:
    events = st.lists(EVENTS, max_size=12).map(tuple)
    return st.builds(History, st.just(kind), SPECS[kind], events, st.sampled_from(["seq", "batch"]))


@given(histories("Deployment"))
def test_laws_hold_for_deployments(history: History) -> None:
    play(history)


@given(histories("StatefulSet"))
def test_laws_hold_for_stateful_sets(history: History) -> None:
    play(history)


@given(histories("DaemonSet"))
def test_laws_hold_for_daemon_sets(history: History) -> None:
    play(history)


RECREATE = {"strategy": {"type": "Recreate"}, "revisionHistoryLimit": 0}
ON_DELETE = {"updateStrategy": {"type": "OnDelete"}}
CASES = {
    "scaling to none lets the history limit drop a ReplicaSet": History(
        "Deployment",
        RECREATE,
        (("apply", "app:v2", 1), ("scale", 0)),
        "seq",
    ),
    "while paused it may drop the last ReplicaSet": History(
        "Deployment", RECREATE, (("pause",), ("apply", "app:v2", 1), ("scale", 0)), "seq"
    ),
    "no ReplicaSet is dropped while its pods stop": History(
        "Deployment", RECREATE, (("steps", 1), ("apply", "app:v2", 1), ("scale", 0)), "seq"
    ),
    "several pods come back before a StatefulSet gets smaller": History(
        "StatefulSet",
        {"podManagementPolicy": "OrderedReady", **ON_DELETE},
        (("scale", 5), ("steps", 8), ("lose", 0), ("wait", 400.0)),
        "seq",
    ),
    "a StatefulSet replaces a pod before it gets smaller": History(
        "StatefulSet",
        {"podManagementPolicy": "OrderedReady", **ON_DELETE},
        (("scale", 5), ("steps", 8), ("delete", 0)),
        "seq",
    ),
    "a daemon stays on a node that is lost, and counts no more": History(
        "DaemonSet", ON_DELETE, (("steps", 1), ("delete", 0), ("lose", 1), ("steps", 1)), "seq"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_history_that_once_broke_a_law(name: str) -> None:
    play(CASES[name])
