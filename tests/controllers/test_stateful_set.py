"""StatefulSets, as Kubernetes describes them; the recordings of a real one are in tests/conformance/traces."""

from __future__ import annotations

from typing import Any

import pytest
from workload import CLAIM, acts, apply, claims, images, kill, revisions, rolling, started, stateful_set

from kplan.simulator.world import World

PARALLEL = {"podManagementPolicy": "Parallel"}


def status(world: World) -> dict[str, Any]:
    shown: dict[str, Any] = world.snapshot()["statefulsets"]["db"]
    return shown


def pods(world: World) -> dict[str, int]:
    shown: dict[str, int] = world.snapshot()["pods"].get("db", {})
    return shown


def test_pods_are_made_one_after_the_other() -> None:
    world = World(minor=36)
    apply(world, stateful_set())
    assert acts(world) == ["bind db-0", "ready db-0", "bind db-1", "ready db-1", "bind db-2", "ready db-2"]


def test_parallel_pods_are_made_at_once() -> None:
    world = World(minor=36)
    apply(world, stateful_set(replicas=5, **PARALLEL))
    assert pods(world) == {"unscheduled": 5}


def test_pods_carry_their_name_number_and_revision() -> None:
    world = started(stateful_set(replicas=1))
    (pod,) = world.pods()
    assert pod.cohort.labels == {
        "app": "db",
        "controller-revision-hash": status(world)["updateRevision"],
        "statefulset.kubernetes.io/pod-name": "db-0",
        "apps.kubernetes.io/pod-index": "0",
    }


def test_the_index_label_is_new_in_1_28() -> None:
    world = started(stateful_set(replicas=1), minor=27)
    assert "apps.kubernetes.io/pod-index" not in world.pods()[0].cohort.labels


def test_an_update_goes_from_the_highest_ordinal_down() -> None:
    world = started(stateful_set())
    apply(world, stateful_set("v2"))
    assert [act for act in acts(world) if act.startswith("finish")] == ["finish db-2", "finish db-1", "finish db-0"]
    shown = status(world)
    assert shown["currentRevision"] == shown["updateRevision"]
    assert (shown["current"], shown["updated"]) == (3, 3)


def test_a_partition_keeps_the_pods_below_it() -> None:
    canary = stateful_set("v2", replicas=4, updateStrategy=rolling(partition=2))
    world = started(stateful_set(replicas=4))
    apply(world, canary)
    world.settle_ready()
    assert images(world) == {"db-0": "v1", "db-1": "v1", "db-2": "v2", "db-3": "v2"}
    kill(world, "db-0")
    world.settle_ready()
    assert images(world)["db-0"] == "v1"
    assert status(world)["currentRevision"] != status(world)["updateRevision"]


@pytest.mark.parametrize(("start", "kept"), [(0, {"db-0": "v1"}), (5, {"db-5": "v1"})])
def test_a_partition_counts_pods_and_not_ordinals(start: int, kept: dict[str, str]) -> None:
    ordinals = {"ordinals": {"start": start}, "updateStrategy": rolling(partition=1)}
    world = started(stateful_set(**ordinals))
    apply(world, stateful_set("v2", **ordinals))
    world.settle_ready()
    assert {name: image for name, image in images(world).items() if image == "v1"} == kept


def test_on_delete_only_deleted_pods_are_updated() -> None:
    world = started(stateful_set(updateStrategy={"type": "OnDelete"}))
    apply(world, stateful_set("v2", updateStrategy={"type": "OnDelete"}))
    assert acts(world) == []
    kill(world, "db-1")
    assert acts(world) == ["finish db-1", "bind db-1", "ready db-1"]
    assert images(world) == {"db-0": "v1", "db-1": "v2", "db-2": "v1"}


def test_without_a_partition_a_missing_low_pod_comes_back_old() -> None:
    """A strategy of a bare type has no partition, not even 0: what is not updated yet keeps its revision."""
    bare = {"updateStrategy": {"type": "RollingUpdate"}}
    world = started(stateful_set(**bare), never_ready=[":v2"])
    apply(world, stateful_set("v2", **bare))
    assert acts(world) == ["finish db-2", "bind db-2"]
    kill(world, "db-0")
    assert acts(world) == ["finish db-0", "bind db-0", "ready db-0"]
    assert images(world) == {"db-0": "v1", "db-1": "v1", "db-2": "v2"}


def test_a_broken_revision_blocks_until_its_pod_is_deleted() -> None:
    world = started(stateful_set(), never_ready=[":bad"])
    apply(world, stateful_set("bad"))
    assert acts(world) == ["finish db-2", "bind db-2"]
    apply(world, stateful_set("v3"))
    assert acts(world) == []
    kill(world, "db-2")
    world.settle_ready()
    assert set(images(world).values()) == {"v3"}


def test_in_parallel_a_broken_revision_is_replaced() -> None:
    world = started(stateful_set(**PARALLEL), never_ready=[":bad"])
    apply(world, stateful_set("bad", **PARALLEL))
    world.settle_ready()
    apply(world, stateful_set("v3", **PARALLEL))
    world.settle_ready()
    assert set(images(world).values()) == {"v3"}


def test_going_back_uses_the_old_revision_with_a_new_number() -> None:
    world = started(stateful_set())
    first = status(world)["updateRevision"]
    apply(world, stateful_set("v2"))
    world.settle_ready()
    assert revisions(world) == [("v1", 1), ("v2", 2)]
    apply(world, stateful_set())
    world.settle_ready()
    assert status(world)["updateRevision"] == first
    assert revisions(world) == [("v2", 2), ("v1", 3)]


@pytest.mark.parametrize(
    ("limit", "kept"),
    [(0, ["v5"]), (1, ["v4", "v5"]), (2, ["v3", "v4", "v5"]), (None, ["v1", "v2", "v3", "v4", "v5"])],
)
def test_the_history_is_limited(limit: int | None, kept: list[str]) -> None:
    extra = {} if limit is None else {"revisionHistoryLimit": limit}
    world = started(stateful_set(replicas=1, **extra))
    for image in ("v2", "v3", "v4", "v5"):
        apply(world, stateful_set(image, replicas=1, **extra))
        world.settle_ready()
    assert [image for image, _ in revisions(world)] == kept


def test_scaling_down_removes_one_at_a_time() -> None:
    world = started(stateful_set(replicas=4))
    apply(world, stateful_set(replicas=1))
    assert acts(world) == ["finish db-3", "finish db-2", "finish db-1"]


def test_in_parallel_all_go_at_once() -> None:
    world = started(stateful_set(replicas=4, **PARALLEL))
    apply(world, stateful_set(replicas=1, **PARALLEL))
    assert pods(world) == {"ready": 1, "terminating": 3}


def test_scaling_down_waits_for_a_broken_pod_that_stays() -> None:
    world = started(stateful_set(), never_ready=[":bad"])
    apply(world, stateful_set("bad"))
    world.settle_ready()
    kill(world, "db-0")
    world.settle_ready()
    assert images(world) == {"db-0": "bad", "db-1": "v1", "db-2": "bad"}
    apply(world, stateful_set("bad", replicas=2))
    assert acts(world) == []


def test_the_lowest_broken_pod_out_of_range_may_go() -> None:
    world = started(stateful_set(), never_ready=[":bad"])
    apply(world, stateful_set("bad"))
    world.settle_ready()
    apply(world, stateful_set("bad", replicas=2))
    assert acts(world)[0] == "finish db-2"


def test_another_start_moves_the_range() -> None:
    world = started(stateful_set(replicas=2, ordinals={"start": 5}))
    apply(world, stateful_set(replicas=2, ordinals={"start": 6}))
    assert acts(world) == ["bind db-7", "ready db-7", "finish db-5"]


def test_the_next_pod_waits_until_one_is_available() -> None:
    world = World(minor=36, step_s=1)
    apply(world, stateful_set(replicas=2, minReadySeconds=10))
    seen = []
    for step in world.run("seq"):
        seen.append((step.act, step.at_s))
    made = {str(act): at_s for act, at_s in seen}
    assert made["bind db-1"] - made["ready db-0"] >= 1
    assert made["ready db-0"] >= 10
    assert status(world)["available"] == 2


@pytest.mark.parametrize(
    ("minor", "policy", "value", "at_once"),
    [
        (36, "OrderedReady", 2, 1),
        (36, "Parallel", "50%", 1),
        (37, "OrderedReady", 2, 2),
        (37, "Parallel", "50%", 2),
        (37, "Parallel", "10%", 1),
        (37, "Parallel", None, 1),
    ],
)
def test_max_unavailable_counts_from_1_37(minor: int, policy: str, value: int | str | None, at_once: int) -> None:
    strategy = rolling(**({} if value is None else {"maxUnavailable": value}))
    spec = {"podManagementPolicy": policy, "updateStrategy": strategy, "replicas": 5}
    world = started(stateful_set(**spec), minor=minor)
    apply(world, stateful_set("v2", **spec))
    assert pods(world)["terminating"] == at_once
    world.settle_ready()
    assert set(images(world).values()) == {"v2"}


def test_broken_old_pods_go_beyond_max_unavailable_in_parallel() -> None:
    spec: dict[str, Any] = {**PARALLEL, "updateStrategy": rolling(maxUnavailable=1), "replicas": 4}
    world = started(stateful_set(**spec), minor=37, never_ready=[":bad"])
    for image, updated in (("bad", 1), ("worse:bad", 1)):
        apply(world, stateful_set(image, **spec))
        world.settle_ready()
        assert list(images(world).values()).count("v1") == 4 - updated


@pytest.mark.parametrize(
    ("deleted", "scaled", "owners", "after_scaling", "after_deletion"),
    [
        ("Retain", "Retain", [], {"data-db-1": []}, {"data-db-0": [], "data-db-1": []}),
        ("Delete", "Retain", ["StatefulSet/db"], {"data-db-1": ["StatefulSet/db"]}, {}),
        ("Retain", "Delete", [], {}, {"data-db-0": []}),
        ("Delete", "Delete", ["StatefulSet/db"], {}, {}),
    ],
)
def test_claims_follow_the_retention_policy(
    deleted: str,
    scaled: str,
    owners: list[str],
    after_scaling: dict[str, list[str]],
    after_deletion: dict[str, list[str]],
) -> None:
    spec = {
        "volumeClaimTemplates": [CLAIM],
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": deleted, "whenScaled": scaled},
    }
    world = started(stateful_set(replicas=2, **spec))
    assert claims(world) == {"data-db-0": owners, "data-db-1": owners}
    apply(world, stateful_set(replicas=1, **spec))
    assert claims(world)["data-db-1"] == (["Pod/db-1"] if scaled == "Delete" else owners)
    world.settle_ready()
    assert claims(world) == {"data-db-0": owners, **after_scaling}
    world.delete("StatefulSet", "db")
    assert claims(world)["data-db-0"] == (["StatefulSet/db", "going"] if deleted == "Delete" else [])
    world.settle_ready()
    assert claims(world) == after_deletion


def test_a_changed_policy_reaches_the_claims_there_are() -> None:
    world = started(stateful_set(volumeClaimTemplates=[CLAIM]))
    policy = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}
    apply(world, stateful_set(volumeClaimTemplates=[CLAIM], **policy))
    assert set(map(tuple, claims(world).values())) == {("StatefulSet/db",)}


def test_a_policy_means_nothing_before_1_27() -> None:
    policy = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"}}
    world = started(stateful_set(volumeClaimTemplates=[CLAIM], **policy), minor=26)
    assert set(map(tuple, claims(world).values())) == {()}


def test_orphaned_pods_and_claims_stay_and_are_taken_back() -> None:
    policy = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}, "volumeClaimTemplates": [CLAIM]}
    world = started(stateful_set(**policy))
    world.delete("StatefulSet", "db", cascade="orphan")
    assert claims(world) == {"data-db-0": [], "data-db-1": [], "data-db-2": []}
    apply(world, stateful_set(**policy))
    assert acts(world) == []
    assert pods(world) == {"ready": 3}
    assert set(map(tuple, claims(world).values())) == {("StatefulSet/db",)}


def test_a_pod_that_has_the_name_already_is_in_the_way() -> None:
    bare = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "db-1", "labels": {"app": "other"}},
        "spec": {"containers": [{"name": "app", "image": "x:1"}]},
    }
    world = started(bare, stateful_set())
    assert pods(world) == {"ready": 1}
    assert status(world)["replicas"] == 1


def test_a_bare_pod_of_its_name_and_labels_is_adopted() -> None:
    bare = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "db-0", "labels": {"app": "db"}},
        "spec": {"containers": [{"name": "app", "image": "x:0"}]},
    }
    world = started(bare)
    apply(world, stateful_set(replicas=1))
    assert acts(world) == ["finish db-0", "bind db-0", "ready db-0"]
    assert images(world) == {"db-0": "v1"}


def test_a_name_taken_by_another_template_is_a_collision() -> None:
    world = started(stateful_set(replicas=1))
    taken = status(world)["updateRevision"]
    world = World(minor=36)
    other = {"spec": {"template": {"metadata": {}, "spec": {"containers": []}}}}
    world.store.add("ControllerRevision", "default", taken, {"data": other, "revision": 1})
    apply(world, stateful_set(replicas=1))
    assert status(world)["updateRevision"] != taken
    obj = world.get("StatefulSet", "db")
    assert obj is not None
    assert obj.status.collision_count == 1


def test_a_refused_pod_is_made_when_there_is_room() -> None:
    def quota(pods: int) -> dict[str, Any]:
        spec = {"hard": {"pods": str(pods)}}
        return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": spec}

    world = started(quota(2), stateful_set(**PARALLEL))
    assert pods(world) == {"ready": 2}
    apply(world, quota(5))
    world.settle_ready()
    assert pods(world) == {"ready": 3}
