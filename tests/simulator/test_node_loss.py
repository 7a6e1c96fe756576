"""Losing a node: who serves, who is evicted when, and who comes back."""

from __future__ import annotations

from typing import Any

import pytest
from cluster import deployment, rolled_out, service, status

from kplan.errors import UsageError
from kplan.simulator.event import fire
from kplan.simulator.node import is_lost, lost, plain_nodes, restored
from kplan.simulator.node_loss import spared_nodes
from kplan.simulator.world import World

Map = dict[str, Any]

UNREACHABLE = {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}


def lose(world: World, *names: str) -> None:
    fire(world, {"lose_node": list(names)}, {})


def run(world: World, seconds: float = 0) -> None:
    world.wait(seconds)
    for _ in world.run():
        pass


def pods(world: World, owner: str) -> Map:
    return next(counts for name, counts in world.snapshot()["pods"].items() if name.startswith(owner))


def ready(world: World, name: str = "web") -> int:
    return int(world.snapshot()["services"][name]["ready"])


def stateful_set(replicas: int = 3) -> Map:
    made = deployment("db", replicas=replicas, serviceName="db")
    return {**made, "kind": "StatefulSet"}


def daemon_set() -> Map:
    made = deployment("agent", replicas=None)
    return {**made, "kind": "DaemonSet"}


def test_the_pods_of_a_lost_node_stop_serving_at_once() -> None:
    world = rolled_out(deployment(replicas=4), service(), nodes=2)
    lose(world, "node-2")
    assert (ready(world), status(world)["available"]) == (2, 2)
    assert pods(world, "web") == {"ready": 2, "unready": 2}
    assert world.step() is None


def test_they_are_evicted_after_five_minutes_and_made_anew_elsewhere() -> None:
    world = rolled_out(deployment(replicas=4), service(), nodes=2)
    lose(world, "node-2")
    run(world, 299)
    assert pods(world, "web") == {"ready": 2, "unready": 2}
    run(world, 1)
    assert pods(world, "web") == {"ready": 4, "terminating": 2}
    assert {pod.node for pod in world.pods() if pod.ready} == {"node-1"}
    fire(world, {"restore_node": "node-2"}, {})
    run(world)
    assert pods(world, "web") == {"ready": 4}


def test_a_node_that_comes_back_in_time_keeps_its_pods() -> None:
    world = rolled_out(deployment(replicas=4), service(), nodes=2)
    lose(world, "node-2")
    run(world, 200)
    fire(world, {"restore_node": "node-2"}, {})
    run(world, 400)
    assert pods(world, "web") == {"ready": 4}
    assert {pod.node for pod in world.pods()} == {"node-1", "node-2"}


@pytest.mark.parametrize(
    ("tolerations", "seconds", "left"),
    [
        ([{**UNREACHABLE, "tolerationSeconds": 30}], 30, 2),
        ([{**UNREACHABLE, "tolerationSeconds": 30}], 29, 0),
        ([{"key": "node.kubernetes.io/unreachable", "operator": "Exists"}], 3600, 0),
        ([{"operator": "Exists"}], 3600, 0),
        ([{"key": "other", "operator": "Exists"}], 300, 2),
    ],
)
def test_tolerations_say_how_long_a_pod_stays(tolerations: list[Map], seconds: float, left: int) -> None:
    made = deployment(replicas=4)
    made["spec"]["template"]["spec"]["tolerations"] = tolerations
    world = rolled_out(made, nodes=2)
    lose(world, "node-2")
    world.wait(seconds)
    assert pods(world, "web").get("terminating", 0) == left


def test_a_stateful_set_waits_for_the_node() -> None:
    world = rolled_out(stateful_set(), nodes=3)
    lose(world, "node-2")
    run(world, 3600)
    assert pods(world, "db") == {"ready": 2, "terminating": 1}
    fire(world, {"delete_node": "node-2"}, {})
    run(world)
    assert pods(world, "db") == {"ready": 3}
    assert {pod.node for pod in world.pods()} == {"node-1", "node-3"}


def test_a_daemon_set_keeps_its_pod_there() -> None:
    world = rolled_out(daemon_set(), nodes=3)
    lose(world, "node-2")
    run(world, 3600)
    assert pods(world, "agent") == {"ready": 2, "unready": 1}


def test_nobody_is_evicted_when_all_nodes_are_lost() -> None:
    world = rolled_out(deployment(replicas=4), service(), nodes=2)
    lose(world, "node-1", "node-2")
    run(world, 3600)
    assert (ready(world), pods(world, "web")) == (0, {"unready": 4})


@pytest.mark.parametrize(
    ("nodes", "gone", "spared"), [(3, 2, 0), (5, 2, 0), (5, 3, 3), (4, 3, 3), (6, 3, 0), (3, 3, 3), (60, 40, 0)]
)
def test_many_lost_nodes_of_a_small_zone_are_taken_for_a_network_fault(nodes: int, gone: int, spared: int) -> None:
    found = plain_nodes(nodes)
    for name in list(found)[:gone]:
        found[name] = lost(name, found[name])
    assert len(spared_nodes(found)) == spared


def test_a_restored_node_is_as_it_was() -> None:
    node = plain_nodes(1)["node-1"]
    gone = lost("node-1", node)
    assert is_lost(gone)
    assert not is_lost(restored("node-1", gone))


def test_an_unknown_node() -> None:
    with pytest.raises(UsageError, match="there is no node `node-9`; the nodes are node-1, node-2"):
        lose(World(minor=36, nodes=2), "node-9")


def test_lets_chat_loses_worker2() -> None:
    """As a tutorial on k3s shows it: mongo and some of ten web pods are on the worker that is halted."""
    world = World(minor=36, nodes=["controller", "worker1", "worker2"])
    chat = deployment("letschat", "sdelements/lets-chat", replicas=10)
    world.apply([chat, service("letschat")])
    world.settle_ready()
    world.apply([deployment("mongo", "mongo", replicas=1), service("mongo")])
    world.settle_ready()
    mongo = next(pod.node for pod in world.pods() if pod.owner and pod.owner.name.startswith("mongo"))
    there = sum(pod.node == mongo for pod in world.pods()) - 1
    lose(world, str(mongo))
    assert (ready(world, "mongo"), status(world, "mongo")["available"]) == (0, 0)
    assert status(world, "letschat")["available"] == 10 - there
    # the web pods need mongo: all but one of those that still run fail
    fire(world, {"unready_pod": {"owner": "letschat", "count": "all"}}, {})
    survivor = next(pod for pod in world.pods() if pod.sick and pod.node != mongo)
    survivor.sick = False
    world.store.kubelet.note(survivor)
    run(world)
    assert status(world, "letschat")["ready"] == 1
    run(world, 300)
    assert ready(world, "mongo") == 1
    fire(world, {"recover": True}, {})
    run(world)
    assert status(world, "letschat")["available"] == 10
    assert pods(world, "letschat") == {"ready": 10, "terminating": there}
    assert pods(world, "mongo") == {"ready": 1, "terminating": 1}
    fire(world, {"kubectl": "scale deployment/letschat --replicas=1"}, {})
    run(world)
    assert pods(world, "letschat") == {"ready": 1, "terminating": there}
