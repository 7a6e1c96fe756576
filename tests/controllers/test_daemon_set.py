"""DaemonSets, as Kubernetes describes them; the recordings of a real one are in tests/conformance/traces."""

from __future__ import annotations

from typing import Any

import pytest
from workload import acts, apply, daemon_set, revisions, rolling, started

from kplan.simulator.world import World

POOLS = {f"node-{number}": {"metadata": {"labels": {"pool": pool}}} for number, pool in enumerate("aabbb", 1)}


def status(world: World) -> dict[str, Any]:
    shown: dict[str, Any] = world.snapshot()["daemonsets"]["agent"]
    return shown


def pods(world: World) -> dict[str, int]:
    shown: dict[str, int] = world.snapshot()["pods"].get("agent", {})
    return shown


def nodes(world: World) -> list[str]:
    return sorted(str(pod.node or pod.target) for pod in world.pods())


def taint(key: str, effect: str) -> dict[str, Any]:
    return {"spec": {"taints": [{"key": key, "effect": effect}]}}


def test_each_node_gets_a_pod_bound_to_it() -> None:
    world = World(minor=36)
    apply(world, daemon_set())
    assert acts(world)[:3] == ["bind agent#1@node-1", "bind agent#2@node-2", "bind agent#3@node-3"]
    assert nodes(world) == ["node-1", "node-2", "node-3"]


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        ({"nodeSelector": {"pool": "a"}}, ["node-1", "node-2"]),
        ({"nodeSelector": {"pool": "c"}}, []),
        ({"nodeName": "node-4"}, ["node-4"]),
    ],
)
def test_only_nodes_that_match_get_one(pod: dict[str, Any], expected: list[str]) -> None:
    world = started(daemon_set(pod=pod), nodes=POOLS)
    assert nodes(world) == expected
    shown = status(world)
    assert (shown["desired"], shown["current"], shown["ready"], shown["misscheduled"]) == (*[len(expected)] * 3, 0)


@pytest.mark.parametrize(
    ("tainted", "pod", "expected"),
    [
        (taint("gpu", "NoSchedule"), {}, ["node-2"]),
        (taint("gpu", "NoSchedule"), {"tolerations": [{"operator": "Exists"}]}, ["node-1", "node-2"]),
        (taint("gpu", "PreferNoSchedule"), {}, ["node-1", "node-2"]),
        (taint("node.kubernetes.io/not-ready", "NoExecute"), {}, ["node-1", "node-2"]),
        (taint("node.kubernetes.io/not-ready", "NoSchedule"), {}, ["node-2"]),
        (taint("node.kubernetes.io/disk-pressure", "NoSchedule"), {}, ["node-1", "node-2"]),
        (taint("node.kubernetes.io/network-unavailable", "NoSchedule"), {}, ["node-2"]),
        (taint("node.kubernetes.io/network-unavailable", "NoSchedule"), {"hostNetwork": True}, ["node-1", "node-2"]),
        ({"spec": {"unschedulable": True}}, {}, ["node-1", "node-2"]),
    ],
)
def test_taints_and_what_a_daemon_tolerates(tainted: dict[str, Any], pod: dict[str, Any], expected: list[str]) -> None:
    world = started(daemon_set(pod=pod), nodes={"node-1": tainted, "node-2": {}})
    assert nodes(world) == expected


def test_a_pod_stays_on_a_node_that_takes_no_new_one() -> None:
    world = started(daemon_set(), nodes={"node-1": {}, "node-2": {}})
    world.store.nodes["node-1"] = taint("gpu", "NoSchedule")
    apply(world, daemon_set("v1", minReadySeconds=1))
    assert nodes(world) == ["node-1", "node-2"]
    assert status(world)["misscheduled"] == 1
    assert status(world)["desired"] == 1


def test_a_pod_leaves_a_node_that_it_must_not_run_on() -> None:
    world = started(daemon_set(), nodes=POOLS)
    apply(world, daemon_set(pod={"nodeSelector": {"pool": "b"}}))
    world.settle_ready()
    assert nodes(world) == ["node-3", "node-4", "node-5"]
    assert status(world)["misscheduled"] == 0


@pytest.mark.parametrize(
    ("count", "strategy", "gone", "made"),
    [
        (5, {"type": "RollingUpdate"}, 1, 0),
        (5, rolling(maxUnavailable=2), 2, 0),
        (5, rolling(maxUnavailable="10%"), 1, 0),
        (5, rolling(maxUnavailable="50%"), 3, 0),
        (5, rolling(maxUnavailable="100%"), 5, 0),
        (5, rolling(maxSurge=2, maxUnavailable=0), 0, 2),
        (5, rolling(maxSurge="50%", maxUnavailable=0), 0, 3),
        (5, {"type": "OnDelete"}, 0, 0),
    ],
)
def test_how_many_nodes_an_update_takes_at_once(count: int, strategy: dict[str, Any], gone: int, made: int) -> None:
    world = started(daemon_set(updateStrategy=strategy), nodes=count)
    apply(world, daemon_set("v2", updateStrategy=strategy))
    shown = pods(world)
    assert (shown.get("terminating", 0), shown.get("unscheduled", 0)) == (gone, made)


@pytest.mark.parametrize("strategy", [rolling(maxUnavailable=2), rolling(maxSurge=2, maxUnavailable=0)])
def test_a_healthy_update_ends(strategy: dict[str, Any]) -> None:
    world = started(daemon_set(updateStrategy=strategy), nodes=7)
    apply(world, daemon_set("v2", updateStrategy=strategy))
    world.settle_ready()
    shown = status(world)
    assert (shown["desired"], shown["updated"], shown["available"], shown["unavailable"]) == (7, 7, 7, 0)
    assert len(shown["byRevision"]) == 1


def test_a_pod_that_does_not_serve_is_replaced_first() -> None:
    world = started(daemon_set(), nodes=5, never_ready=[":bad"])
    apply(world, daemon_set("bad"))
    assert len(acts(world)) == 2
    apply(world, daemon_set("v3"))
    assert pods(world) == {"ready": 4, "terminating": 1}
    world.settle_ready()
    assert status(world)["updated"] == 5


def test_a_broken_surge_takes_no_old_pod_down() -> None:
    strategy = rolling(maxSurge=1, maxUnavailable=0)
    world = started(daemon_set(updateStrategy=strategy), nodes=3, never_ready=[":bad"])
    apply(world, daemon_set("bad", updateStrategy=strategy))
    world.settle_ready()
    assert pods(world) == {"ready": 3, "pending": 1}
    assert status(world)["unavailable"] == 0


def test_with_surge_an_old_pod_leaves_a_node_only_when_enough_others_serve() -> None:
    strategy = rolling(maxSurge=1, maxUnavailable=0)
    world = started(daemon_set(updateStrategy=strategy, pod={"nodeSelector": {"pool": "a"}}), nodes=POOLS)
    assert nodes(world) == ["node-1", "node-2"]
    world.store.nodes["node-1"] = {**POOLS["node-1"], **taint("gpu", "NoSchedule")}
    apply(world, daemon_set("v2", updateStrategy=strategy, pod={"nodeSelector": {"pool": "a"}}))
    assert pods(world) == {"ready": 1, "terminating": 1, "unscheduled": 1}


def test_going_back_uses_the_old_revision_with_a_new_number() -> None:
    world = started(daemon_set())
    (first,) = status(world)["byRevision"]
    for image in ("v2", "v1"):
        apply(world, daemon_set(image))
        world.settle_ready()
    assert list(status(world)["byRevision"]) == [first]
    assert revisions(world) == [("v2", 2), ("v1", 3)]


@pytest.mark.parametrize(("limit", "kept"), [(0, ["v4"]), (1, ["v3", "v4"]), (10, ["v1", "v2", "v3", "v4"])])
def test_the_history_is_limited(limit: int, kept: list[str]) -> None:
    world = started(daemon_set(revisionHistoryLimit=limit))
    for image in ("v2", "v3", "v4"):
        apply(world, daemon_set(image, revisionHistoryLimit=limit))
        world.settle_ready()
    assert [image for image, _ in revisions(world)] == kept


def test_the_history_keeps_what_pods_are_of() -> None:
    spec: dict[str, Any] = {"updateStrategy": {"type": "OnDelete"}, "revisionHistoryLimit": 0}
    world = started(daemon_set(**spec))
    for image in ("v2", "v3"):
        apply(world, daemon_set(image, **spec))
    assert revisions(world) == [("v1", 1), ("v3", 3)]


def test_a_name_taken_by_another_template_is_a_collision() -> None:
    name = next(one.name for one in started(daemon_set()).store.of_kind("ControllerRevision"))
    world = World(minor=36)
    other = {"spec": {"template": {"metadata": {}, "spec": {"containers": []}}}}
    world.store.add("ControllerRevision", "default", name, {"data": other, "revision": 1})
    apply(world, daemon_set())
    names = sorted(one.name for one in world.store.of_kind("ControllerRevision"))
    assert len(names) == 2
    obj = world.get("DaemonSet", "agent")
    assert obj is not None
    assert obj.status.collision_count == 1


def test_orphaned_pods_are_taken_back() -> None:
    world = started(daemon_set())
    world.delete("DaemonSet", "agent", cascade="orphan")
    apply(world, daemon_set())
    assert acts(world) == []
    assert pods(world) == {"ready": 3}


def test_a_node_counts_as_served_after_min_ready_seconds() -> None:
    spec = {"minReadySeconds": 10}
    world = started(daemon_set(**spec), nodes=2, step_s=1)
    apply(world, daemon_set("v2", **spec))
    before_s = world.store.now_s
    world.settle_ready()
    assert status(world)["available"] == 2
    assert world.store.now_s - before_s >= 20


def test_a_refused_pod_is_made_when_there_is_room() -> None:
    def quota(pods: int) -> dict[str, Any]:
        spec = {"hard": {"pods": str(pods)}}
        return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": spec}

    world = started(quota(2), daemon_set())
    assert status(world)["current"] == 2
    apply(world, quota(5))
    world.settle_ready()
    assert status(world)["ready"] == 3


def test_deleting_it_takes_pods_and_revisions() -> None:
    world = started(daemon_set())
    world.delete("DaemonSet", "agent")
    world.settle_ready()
    assert world.snapshot() == {"pods": {}}
    assert revisions(world) == []
