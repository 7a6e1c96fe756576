"""Claims wait for the pods that use them, and go when their owners are gone."""

from __future__ import annotations

from typing import Any

import pytest
from workload import CLAIM, apply, claims, kill, started, stateful_set

DELETED = {
    "volumeClaimTemplates": [CLAIM],
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"},
}


def reader(claim: str, **spec: Any) -> dict[str, Any]:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": claim}}
    container = {"name": "app", "image": "x:1"}
    pod_spec = {"containers": [container], "volumes": [volume], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "reader"}, "spec": pod_spec}


def test_a_claim_waits_for_another_pod_that_mounts_it() -> None:
    world = started(stateful_set(replicas=1, **DELETED), reader("data-db-0"))
    world.delete("StatefulSet", "db")
    world.settle_ready()
    assert claims(world) == {"data-db-0": ["StatefulSet/db", "going"]}
    kill(world, "reader")
    world.settle_ready()
    assert claims(world) == {}


def test_a_pod_without_a_node_holds_no_claim() -> None:
    gated = reader("data-db-0", schedulingGates=[{"name": "later"}])
    world = started(stateful_set(replicas=1, **DELETED), gated)
    world.delete("StatefulSet", "db")
    world.settle_ready()
    assert claims(world) == {}


@pytest.mark.parametrize("policy", ["OrderedReady", "Parallel"])
def test_a_pod_made_again_gets_a_claim(policy: str) -> None:
    """In order the old claim goes with its pod; in parallel it is kept, because the pod is wanted again in time."""
    spec = {**DELETED, "podManagementPolicy": policy}
    world = started(stateful_set(replicas=2, **spec))
    old = world.get("PersistentVolumeClaim", "data-db-1")
    apply(world, stateful_set(replicas=1, **spec))
    apply(world, stateful_set(replicas=2, **spec))
    world.settle_ready()
    assert claims(world)["data-db-1"] == ["StatefulSet/db"]
    assert (world.get("PersistentVolumeClaim", "data-db-1") is old) is (policy == "Parallel")


def test_a_claim_written_by_hand_is_nobodys() -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **CLAIM}
    world = started(claim)
    assert claims(world) == {"data": []}
    assert world.snapshot()["pods"] == {}
