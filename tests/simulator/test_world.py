"""A World: applying, settling, stepping, looking."""

from __future__ import annotations

import pytest
from cluster import deployment, rolled_out, service, sizes, status

from kplan.errors import UsageError
from kplan.simulator.world import World


def test_a_rollout_ends_with_all_pods_new_and_ready() -> None:
    world = rolled_out(deployment(replicas=10))
    world.apply([deployment(replicas=10, image="app:v2")])
    assert sizes(world) == [8, 5]
    assert [step.act and step.peak_pods for step in world.run("batch")] == [15, 18, 18, 13, 13]
    assert status(world)["updated"] == status(world)["available"] == 10
    assert world.step("batch") is None


def test_apply_says_what_it_did() -> None:
    world = World(minor=36)
    written = [deployment(), service()]
    assert [one.verb for one in world.apply(written)] == ["created", "created"]
    assert [one.verb for one in world.apply(written)] == ["unchanged", "unchanged"]
    assert [one.verb for one in world.apply([deployment(replicas=4), service()])] == ["configured", "unchanged"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"selector": {"matchLabels": {"app": "other"}}}, "`selector` does not match template `labels`"),
        ({"strategy": {"rollingUpdate": {"maxSurge": "0%", "maxUnavailable": 0}}}, "may not be 0"),
        ({"strategy": {"rollingUpdate": {"maxUnavailable": "150%"}}}, "must not be greater than 100%"),
        ({"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}}, "may not be specified"),
        ({"replicas": -1}, "must be greater than or equal to 0"),
        ({"progressDeadlineSeconds": 5, "minReadySeconds": 5}, "must be greater than minReadySeconds"),
        ({"replicas": "three"}, "replicas"),
    ],
)
def test_refused_objects_change_nothing(change: dict[str, object], message: str) -> None:
    world = World(minor=36)
    (done,) = world.apply([deployment(**change)])
    assert done.verb == "refused"
    assert message in done.message
    assert world.snapshot() == {"pods": {}}


def test_an_immutable_field_is_refused_and_the_others_go_on() -> None:
    world = rolled_out(deployment())
    changed = deployment()
    changed["spec"]["selector"] = {"matchLabels": {"app": "web2"}}
    changed["spec"]["template"]["metadata"] = {"labels": {"app": "web2"}}
    first, second = world.apply([changed, service()])
    assert (first.verb, second.verb) == ("refused", "created")
    assert "spec.selector" in first.message
    assert "immutable" in first.message


def test_namespaces_are_apart() -> None:
    shop = {**deployment(), "metadata": {"name": "web", "namespace": "shop"}}
    world = rolled_out(deployment(replicas=1), shop)
    assert status(world)["ready"] == 1
    assert world.snapshot("shop")["deployments"]["web"]["ready"] == 3


def test_without_recording_a_step_shows_only_its_own_moment() -> None:
    world = rolled_out(deployment(), record=False)
    world.apply([deployment(image="app:v2")])
    first = world.step("seq")
    assert first is not None
    assert first.state["deployments"]["web"]["updated"] == 1
    world.step("seq")
    with pytest.raises(UsageError, match="moved on"):
        _ = first.state


def test_deleting_leaves_nothing_and_orphaning_leaves_all() -> None:
    world = rolled_out(deployment())
    assert world.delete("Deployment", "web", cascade="orphan")
    assert sizes(world) == [3]
    world.apply([deployment()])
    assert sizes(world) == [3]
    assert world.delete("Deployment", "web")
    assert not world.delete("Deployment", "web")
    assert list(world.snapshot()["pods"].values()) == [{"terminating": 3}]
    world.settle_ready()
    assert world.snapshot() == {"pods": {}}


def test_a_taken_name_counts_as_a_hash_collision() -> None:
    world = World(minor=36)
    world.apply([deployment()])
    (name,) = world.snapshot()["replicasets"]
    world.delete("Deployment", "web")
    squatter = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name, "labels": {"app": "squatter"}},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {"app": "squatter"}},
            "template": {
                "metadata": {"labels": {"app": "squatter"}},
                "spec": {"containers": [{"name": "a", "image": "b"}]},
            },
        },
    }
    world.apply([squatter, deployment()])
    owned = [rs for rs, entry in world.snapshot()["replicasets"].items() if entry["owner"] == "web"]
    assert len(owned) == 1
    assert owned != [name]


def test_a_stalled_rollout_misses_its_deadline() -> None:
    world = rolled_out(deployment(progressDeadlineSeconds=60))
    world.set_never_ready(["v2"])
    world.apply([deployment(image="app:v2", progressDeadlineSeconds=60)])
    world.settle_ready()
    world.wait(59)
    assert status(world)["conditions"]["Progressing"].startswith("True")
    world.wait(3)
    assert status(world)["conditions"]["Progressing"] == "False:ProgressDeadlineExceeded"
    assert status(world)["available"] == 3
    world.set_never_ready([])
    world.settle_ready()
    assert status(world)["conditions"]["Progressing"] == "True:NewReplicaSetAvailable"


def test_min_ready_seconds_hold_up_the_rollout_in_virtual_time() -> None:
    world = rolled_out(deployment(minReadySeconds=30))
    began = world.store.now_s
    world.apply([deployment(image="app:v2", minReadySeconds=30)])
    world.settle_ready()
    assert world.store.now_s - began == 90
    assert status(world)["available"] == 3


def test_revision_history_is_cut() -> None:
    world = rolled_out(deployment(revisionHistoryLimit=1))
    for version in range(2, 5):
        world.apply([deployment(image=f"app:v{version}", revisionHistoryLimit=1)])
        world.settle_ready()
    assert [entry["revision"] for entry in world.snapshot()["replicasets"].values()] == ["3", "4"]


def test_custom_resources_of_a_known_kind_are_only_kept() -> None:
    world = World(minor=36)
    odd = {"apiVersion": "example.com/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": [1, 2]}
    assert [one.verb for one in world.apply([odd, {**odd, "kind": "Widget", "spec": "text"}])] == ["created"] * 2
    assert world.snapshot() == {"pods": {}}
