"""Laws that hold after any history of a Deployment."""

from __future__ import annotations

from typing import Any

from cluster import deployment, sizes, status
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kplan.simulator.kubectl import run
from kplan.simulator.world import World

LIMITS = st.one_of(st.integers(0, 4), st.sampled_from(["0%", "10%", "25%", "50%", "100%"]))
STRATEGIES = st.one_of(
    st.just({"type": "Recreate"}),
    st.tuples(LIMITS, LIMITS).map(
        lambda pair: {
            "rollingUpdate": {"maxSurge": pair[0], "maxUnavailable": pair[1] if pair[0] not in (0, "0%") else 1}
        }
    ),
)
EVENTS = st.one_of(
    st.tuples(st.just("apply"), st.sampled_from(["v1", "v2", "v3", "bad"]), st.integers(0, 8)),
    st.tuples(st.just("scale"), st.integers(0, 8)),
    st.tuples(st.just("steps"), st.integers(1, 8)),
    st.tuples(st.just("lose"), st.integers(0, 7)),
    st.tuples(st.just("sick"), st.integers(0, 7)),
    st.sampled_from([("undo",), ("pause",), ("resume",), ("recover",), ("heal",), ("break",)]),
)


def happen(world: World, event: tuple[Any, ...], strategy: dict[str, Any], policy: Any) -> None:
    match event:
        case ("apply", version, replicas):
            world.apply([deployment(image=f"app:{version}", replicas=replicas, strategy=strategy)])
        case ("scale", replicas):
            run(world, f"scale deployment/web --replicas={replicas}")
        case ("steps", number):
            list(world.run(policy, number))
        case ("lose" | "sick", index) if world.pods():
            pod = world.pods()[index % len(world.pods())]
            if event[0] == "lose":
                world.store.delete_pod(pod)
            elif pod.state == 2:
                pod.sick = True
                world.store.set_pod(pod, 3)
            world.settle()
        case ("recover",):
            world.recover()
        case ("heal",):
            world.set_never_ready([])
        case ("break",):
            world.set_never_ready(["bad"])
        case (verb,):
            run(world, f"rollout {verb} deployment/web")


@settings(max_examples=150, deadline=None)
@given(STRATEGIES, st.lists(EVENTS, max_size=12), st.sampled_from(["seq", "batch"]))
def test_every_history_ends_well(strategy: dict[str, Any], events: list[tuple[Any, ...]], policy: str) -> None:
    world = World(minor=36)
    world.apply([deployment(strategy=strategy)])
    for event in events:
        happen(world, event, strategy, policy)
        agrees_with_its_pods(world)
    run(world, "rollout resume deployment/web")
    world.set_never_ready([])
    world.recover()
    written = deployment(image="app:last", replicas=3, strategy=strategy)
    world.apply([written])
    world.settle_ready()
    shown = status(world)
    assert (shown["updated"], shown["available"], shown["replicas"], shown["unavailable"]) == (3, 3, 3, 0)
    assert shown["conditions"]["Progressing"] == "True:NewReplicaSetAvailable"
    assert sum(sizes(world)) == 3
    before = world.snapshot()
    world.apply([written])
    assert world.step() is None
    assert world.snapshot() == before


def agrees_with_its_pods(world: World) -> None:
    """A ReplicaSet's status counts its pods, and the Deployment's sums up its ReplicaSets'."""
    state = world.snapshot()
    entries = state["replicasets"]
    for name, entry in entries.items():
        pods = state["pods"].get(name, {})
        active = sum(pods.get(one, 0) for one in ("unscheduled", "pending", "ready", "unready"))
        assert entry["spec"] == entry["replicas"] == active
        assert entry["ready"] == pods.get("ready", 0)
        assert entry["terminating"] == pods.get("terminating", 0)
        assert all(count > 0 for count in pods.values())
    for key in ("replicas", "ready", "available", "terminating"):
        assert state["deployments"]["web"][key] == sum(entry[key] for entry in entries.values())


@settings(max_examples=50, deadline=None)
@given(STRATEGIES, st.integers(1, 12), st.integers(0, 6))
def test_undo_returns_to_the_old_replica_set(strategy: dict[str, Any], replicas: int, steps: int) -> None:
    world = World(minor=36)
    world.apply([deployment(replicas=replicas, strategy=strategy)])
    world.settle_ready()
    (old,) = world.snapshot()["replicasets"]
    world.apply([deployment(replicas=replicas, strategy=strategy, image="app:v2")])
    list(world.run("batch", steps))
    # Before the new ReplicaSet is made there is nothing to go back from.
    assume(run(world, "rollout undo deployment/web")[0] == 0)
    world.settle_ready()
    entries = world.snapshot()["replicasets"]
    assert entries[old]["available"] == replicas
    assert sum(entry["spec"] for entry in entries.values()) == replicas


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_a_change_of_size_makes_no_replica_set(before: int, after: int, ready: bool) -> None:
    world = World(minor=36)
    world.apply([deployment(replicas=before)])
    if ready:
        world.settle_ready()
    world.apply([deployment(replicas=after)])
    assert sizes(world) == [after]
