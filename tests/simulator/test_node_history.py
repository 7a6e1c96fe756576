"""Laws that hold on nodes of limited size, whatever happens to pods and nodes."""

from __future__ import annotations

from typing import Any

from cluster import deployment, service, status
from hypothesis import given, settings
from hypothesis import strategies as st

from kplan.controllers.state import FAILED, READY, SUCCEEDED
from kplan.simulator.node_file import nodes_of_list
from kplan.simulator.node_loss import lose_nodes, restore_nodes
from kplan.simulator.world import World

Map = dict[str, Any]
NAMES = ["a", "b", "c", "d"]
EVENTS = st.one_of(
    st.tuples(st.just("web"), st.sampled_from(["v1", "v2", "bad"]), st.integers(0, 8)),
    st.tuples(st.just("api"), st.sampled_from(["v1", "v2"]), st.integers(0, 5)),
    st.tuples(st.just("steps"), st.integers(1, 6)),
    st.tuples(st.sampled_from(["lose", "restore"]), st.sampled_from(NAMES)),
    st.tuples(st.just("wait"), st.sampled_from([60, 300, 700])),
)


def needing(name: str, version: str, replicas: int) -> Map:
    """web spreads over the nodes, api keeps its pods apart."""
    made = deployment(name, f"app:{version}", replicas)
    spec = made["spec"]["template"]["spec"]
    spec["containers"][0]["resources"] = {"requests": {"cpu": "400m" if name == "web" else "100m"}}
    takes = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": name}}}
    if name == "web":
        spec["topologySpreadConstraints"] = [{**takes, "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule"}]
    else:
        spec["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [takes]}}
    return made


def happen(world: World, event: tuple[Any, ...], policy: Any) -> None:
    match event:
        case ("web" | "api", version, replicas):
            world.apply([needing(event[0], version, replicas)])
        case ("steps", number):
            list(world.run(policy, number))
        case ("lose", name):
            lose_nodes(world.store, [name])
            world.settle()
        case ("restore", name):
            restore_nodes(world.store, [name])
            world.settle()
        case ("wait", seconds):
            world.wait(seconds)


@settings(max_examples=100, deadline=None)
@given(st.lists(EVENTS, max_size=14), st.sampled_from(["seq", "batch"]))
def test_every_history_keeps_to_the_nodes(events: list[tuple[Any, ...]], policy: str) -> None:
    nodes = nodes_of_list([{"name": name, "cpu": "1", "pods": "5"} for name in NAMES])
    world = World(minor=36, nodes=nodes, never_ready=[":bad"])
    world.apply([service(), needing("web", "v1", 3), needing("api", "v1", 2)])
    for event in events:
        happen(world, event, policy)
        keeps_to_its_nodes(world)
    world.set_never_ready([])
    restore_nodes(world.store, NAMES)
    world.apply([needing("web", "v3", 4), needing("api", "v3", 3)])
    world.settle_ready()
    keeps_to_its_nodes(world)
    for name, replicas in (("web", 4), ("api", 3)):
        shown = status(world, name)
        assert (shown["updated"], shown["available"], shown["replicas"]) == (replicas, replicas, replicas)


def keeps_to_its_nodes(world: World) -> None:
    """What the scheduler believes of its nodes is so, no node is overfull, and a lost one serves nothing."""
    pods = [pod for pod in world.pods() if pod.node and pod.state not in (SUCCEEDED, FAILED)]
    ledger = world.store.scheduler.ledger
    for name, use in ledger.nodes.items():
        here = [pod for pod in pods if pod.node == name]
        cpu = sum(400 if pod.cohort.labels["app"] == "web" else 100 for pod in here)
        assert (use.pods, use.used.get("cpu", 0)) == (len(here), cpu)
        assert len(here) <= 5
        assert cpu <= 1000
        if name in world.store.kubelet.lost:
            assert not any(pod.state == READY for pod in here)
    order = list(world.store.scheduler.load.order("default"))
    assert order == sorted(NAMES, key=lambda name: (sum(pod.node == name for pod in pods), name))
    api = [pod.node for pod in pods if pod.cohort.labels["app"] == "api"]
    assert len(api) == len(set(api))
