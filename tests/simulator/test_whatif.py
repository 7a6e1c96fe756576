"""Pods that do not fit, volumes that are elsewhere, and which loss of nodes is the worst."""

from __future__ import annotations

from typing import Any

import pytest
from cluster import acts, deployment, rolled_out, service, sizes, status

from kplan.errors import UsageError
from kplan.simulator.node import plain_nodes
from kplan.simulator.node_file import nodes_of_list
from kplan.simulator.whatif import chosen_nodes, lose, single_points, waiting, worst_nodes
from kplan.simulator.world import World

Map = dict[str, Any]


def needing(cpu: str, **more: Any) -> Map:
    made = deployment(**more)
    made["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": cpu}}
    return made


def small(number: int, cpu: str = "2") -> dict[str, Map]:
    return nodes_of_list([{"name": f"n{index}", "cpu": cpu} for index in range(1, number + 1)])


def counts(world: World, owner: str = "web") -> list[Map]:
    return [shown for name, shown in world.snapshot()["pods"].items() if name.startswith(owner)]


def test_pods_that_fit_no_node_stay_unscheduled() -> None:
    world = World(minor=36, nodes=small(2))
    world.apply([needing("1", replicas=5)])
    steps = list(world.run("batch"))
    assert acts(steps) == ["bind", "ready"]
    assert counts(world) == [{"ready": 4, "unscheduled": 1}]
    assert world.step("batch") is None
    assert world.step("seq") is None
    (one,) = waiting(world)
    assert (one.owner, one.pods, one.why) == (("Deployment", "default", "web"), 1, "unschedulable")
    assert one.message == "0/2 nodes are available: 2 Insufficient cpu."


@pytest.mark.parametrize("policy", ["seq", "batch"])
def test_they_are_bound_when_there_is_room(policy: Any) -> None:
    world = World(minor=36, nodes=small(2))
    world.apply([needing("1", replicas=5)])
    list(world.run(policy))
    world.apply([needing("1", replicas=4), needing("1", name="api", replicas=1)])
    list(world.run(policy))
    assert counts(world) == [{"ready": 4}]
    assert counts(world, "api") == [{"unscheduled": 1}]
    world.apply([needing("1", replicas=3)])
    list(world.run(policy))
    assert counts(world, "api") == [{"ready": 1}]
    assert waiting(world) == ()


def test_a_rollout_without_room_for_its_surge_is_stuck() -> None:
    strategy = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    world = rolled_out(needing("1", replicas=4, strategy=strategy), nodes=small(2))
    world.apply([needing("1", replicas=4, image="app:v2", strategy=strategy)])
    list(world.run())
    assert sizes(world) == [4, 1]
    assert status(world)["updated"] == 1
    assert waiting(world)[0].pods == 1


def test_the_same_rollout_goes_through_when_one_pod_may_be_missing() -> None:
    strategy = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    world = rolled_out(needing("1", replicas=4, strategy=strategy), nodes=small(2))
    world.apply([needing("1", replicas=4, image="app:v2", strategy=strategy)])
    list(world.run())
    assert sizes(world) == [0, 4]
    assert status(world)["available"] == 4


def test_without_constraints_nodes_of_known_size_change_nothing() -> None:
    def played(nodes: Any) -> list[Any]:
        world = rolled_out(deployment(replicas=7), service(), nodes=nodes)
        world.apply([deployment(replicas=7, image="app:v2")])
        return [step.as_dict() for step in world.run("seq")]

    assert played(3) == played(plain_nodes(3))


def test_a_pod_that_names_its_node_passes_the_scheduler_by() -> None:
    made = needing("100", replicas=1)
    made["spec"]["template"]["spec"]["nodeName"] = "n2"
    world = rolled_out(made, nodes=small(2))
    assert [pod.node for pod in world.pods()] == ["n2"]


def test_a_pod_with_a_scheduling_gate_waits_for_nobody() -> None:
    made = needing("1", replicas=1)
    made["spec"]["template"]["spec"]["schedulingGates"] = [{"name": "later"}]
    world = rolled_out(made, nodes=small(2))
    assert counts(world) == [{"unscheduled": 1}]
    assert waiting(world) == ()


def claim(mode: str = "ReadWriteOnce", **spec: Any) -> Map:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {"accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}}, **spec},
    }


def on_claim(image: str = "app:v1", replicas: int = 1) -> Map:
    made = deployment(image=image, replicas=replicas)
    made["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    return made


def test_a_volume_on_another_node_holds_up_the_new_pod() -> None:
    world = rolled_out(claim(), on_claim(), nodes=plain_nodes(2))
    world.apply([on_claim("app:v2")])
    list(world.run())
    assert counts(world) == [{"ready": 1}, {"pending": 1}]
    (one,) = waiting(world)
    assert (one.why, one.message) == ("volume", 'Multi-Attach error for volume of "data": node-1 has it')
    world.delete("Pod", "nothing")
    for pod in list(world.pods()):
        if pod.ready:
            world.store.delete_pod(pod)
    world.settle()
    list(world.run())
    assert waiting(world) == ()
    assert status(world)["updated"] == status(world)["available"] == 1


@pytest.mark.parametrize(("mode", "nodes"), [("ReadWriteMany", 2), ("ReadWriteOnce", 1)])
def test_a_volume_that_can_be_shared_holds_up_nobody(mode: str, nodes: int) -> None:
    world = rolled_out(claim(mode), on_claim(), nodes=plain_nodes(nodes))
    world.apply([on_claim("app:v2")])
    list(world.run())
    assert status(world)["updated"] == status(world)["available"] == 1


def test_a_claim_for_one_pod_takes_no_second() -> None:
    world = rolled_out(claim("ReadWriteOncePod"), on_claim(replicas=2), nodes=plain_nodes(2))
    assert counts(world) == [{"ready": 1, "unscheduled": 1}]


def test_a_local_volume_ties_its_pod_to_its_node() -> None:
    expression = {"key": "kubernetes.io/hostname", "operator": "In", "values": ["node-2"]}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "disk"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "local": {"path": "/disk"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}},
        },
    }
    world = rolled_out(volume, claim(volumeName="disk"), on_claim(), nodes=plain_nodes(2))
    assert [pod.node for pod in world.pods()] == ["node-2"]


def test_a_volume_is_taken_from_a_lost_node_six_minutes_after_the_eviction() -> None:
    world = rolled_out(claim(), on_claim(), service(), nodes=plain_nodes(2))
    loss = lose(world, ["node-1"])
    web = ("Service", "default", "web")
    assert [(moment.at_s, moment.up[web]) for moment in loss.moments] == [(0, 1), (0, 0), (300, 0), (660, 1)]
    assert loss.moments[2].waiting[0].why == "volume"


def test_losing_a_node_moment_by_moment() -> None:
    made = deployment("db", replicas=2, serviceName="db")
    world = rolled_out(deployment(replicas=2), service(), {**made, "kind": "StatefulSet"}, service("db"), nodes=2)
    loss = lose(world, ["node-1"])
    web, db = ("Service", "default", "web"), ("Service", "default", "db")
    assert [moment.at_s for moment in loss.moments] == [0, 0, 300]
    assert [moment.up[web] for moment in loss.moments] == [2, 1, 2]
    assert [moment.up[db] for moment in loss.moments] == [2, 1, 1]
    assert loss.moments[-1].kept == ("db-0",)
    assert (loss.pods, loss.moments[-1].evicted, loss.moments[-1].fresh) == (2, 2, 1)


def test_without_room_elsewhere_evicted_pods_wait() -> None:
    world = rolled_out(needing("1", replicas=4), service(), nodes=small(2))
    last = lose(world, ["n1"]).moments[-1]
    assert last.up["Service", "default", "web"] == 2
    assert last.waiting[0].message == (
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s)."
    )


def test_losing_all_nodes_evicts_nobody() -> None:
    world = rolled_out(deployment(replicas=2), service(), nodes=2)
    loss = lose(world, ["node-1", "node-2"])
    assert loss.spared
    assert [moment.up["Service", "default", "web"] for moment in loss.moments] == [2, 0]


def test_the_worst_node_is_the_one_that_leaves_a_service_with_nothing() -> None:
    world = rolled_out(deployment(replicas=2), service(), nodes=3)
    world.apply([deployment("api", replicas=1), service("api")])
    world.settle_ready()
    assert single_points(world) == ((("Service", "default", "api"), "node-3", 1),)
    assert worst_nodes(world, 1) == ("node-3",)
    assert worst_nodes(world, 2) == ("node-1", "node-3")
    assert chosen_nodes(world, "node-2,node-1") == ("node-2", "node-1")
    with pytest.raises(UsageError, match="there are 3 nodes"):
        worst_nodes(world, 4)
    with pytest.raises(UsageError, match="there is no node `x`"):
        chosen_nodes(world, "x")


def test_many_nodes_are_taken_one_by_one() -> None:
    world = rolled_out(deployment(replicas=60), service(), nodes=60)
    assert len(worst_nodes(world, 5)) == 5


def test_what_a_quota_refuses_is_said() -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "few"},
        "spec": {"hard": {"pods": "3"}},
    }
    world = rolled_out(quota, deployment(replicas=5))
    (one,) = waiting(world)
    assert (one.owner, one.pods, one.why) == (("Deployment", "default", "web"), 2, "refused")
    assert "exceeded quota: few" in one.message
