"""What every rollout of a StatefulSet or DaemonSet obeys, tried on random histories."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from workload import apply, daemon_set, images, rolling, started, stateful_set

from kplan.controllers.stateful_set.member import ordinal
from kplan.simulator.world import World

POLICIES = st.sampled_from(("seq", "batch"))
IMAGES = st.sampled_from(("v1", "v2", "v3"))


def counts(world: World, kind: str, name: str) -> dict[str, Any]:
    shown: dict[str, Any] = world.snapshot()[kind][name]
    return shown


@settings(max_examples=60, deadline=None)
@given(
    history=st.lists(st.tuples(IMAGES, st.integers(0, 6)), min_size=1, max_size=4),
    parallel=st.booleans(),
    partition=st.integers(0, 4),
    policy=POLICIES,
)
def test_a_stateful_set_gets_there(history: list[tuple[str, int]], parallel: bool, partition: int, policy: Any) -> None:
    spec: dict[str, Any] = {"podManagementPolicy": "Parallel" if parallel else "OrderedReady"}
    spec["updateStrategy"] = rolling(partition=partition)
    world = started(stateful_set("v1", replicas=3, **spec))
    for image, replicas in history:
        apply(world, stateful_set(image, replicas=replicas, **spec))
        for _ in world.run(policy, max_steps=500):
            pass
        shown = counts(world, "statefulsets", "db")
        assert [shown[key] for key in ("spec", "replicas", "ready", "available")] == [replicas] * 4
        assert sorted(map(ordinal, world.pods())) == list(range(replicas))
        newest = {name for name, made_from in images(world).items() if made_from == image}
        assert newest >= {f"db-{number}" for number in range(partition, replicas)}


@settings(max_examples=60, deadline=None)
@given(replicas=st.integers(1, 7), parallel=st.booleans(), policy=POLICIES)
def test_a_stateful_set_takes_one_pod_down_at_a_time(replicas: int, parallel: bool, policy: Any) -> None:
    spec: dict[str, Any] = {"podManagementPolicy": "Parallel" if parallel else "OrderedReady", "replicas": replicas}
    world = started(stateful_set("v1", **spec))
    apply(world, stateful_set("v2", **spec))
    for step in world.run(policy, max_steps=500):
        assert step.state["pods"]["db"].get("ready", 0) >= replicas - 1
    assert set(images(world).values()) == {"v2"}


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 7),
    surge=st.booleans(),
    step=st.one_of(st.integers(1, 4), st.sampled_from(("1%", "34%", "50%", "100%"))),
    pictures=st.lists(IMAGES, min_size=1, max_size=3),
    policy=POLICIES,
)
def test_a_daemon_set_stays_within_its_bounds(
    count: int, surge: bool, step: int | str, pictures: list[str], policy: Any
) -> None:
    percent = isinstance(step, str)
    allowed = -(-int(str(step).rstrip("%")) * count // 100) if percent else int(step)
    strategy = rolling(maxSurge=step, maxUnavailable=0) if surge else rolling(maxUnavailable=step)
    world = started(daemon_set("v1", updateStrategy=strategy), nodes=count)
    for image in pictures:
        apply(world, daemon_set(image, updateStrategy=strategy))
        for moment in world.run(policy, max_steps=500):
            shown = moment.state["pods"]["agent"]
            assert shown.get("ready", 0) >= count - (0 if surge else allowed)
            living = sum(number for name, number in shown.items() if name != "terminating")
            assert living <= count + (allowed if surge else 0)
        shown = counts(world, "daemonsets", "agent")
        assert [shown[key] for key in ("desired", "current", "ready", "available", "updated")] == [count] * 5
