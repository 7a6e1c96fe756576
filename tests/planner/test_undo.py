"""The way back from an apply: the revision taken up again, how many steps, and what is not brought back."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.model import Manifest
from kplan.model.change import Verb
from kplan.pipeline import plan_manifests
from kplan.planner.model import Effect, Plan
from kplan.report import plan_json, plan_text
from tests.planner.manifest import deployment, manifest, of_kind, service


def undo(before: Manifest, after: Manifest, **options: Any) -> Plan:
    return plan_manifests(before, after, minor=36, undo=True, **options)


def losses(found: Plan) -> list[str]:
    assert found.undo is not None
    return [f"{loss.ref} {loss.text}" for loss in found.undo.losses]


def job(image: str = "migrate:1") -> dict[str, Any]:
    pod = {"restartPolicy": "Never", "containers": [{"name": "migrate", "image": image}]}
    found = of_kind("Job", "migrate", spec={"template": {"spec": pod}})
    return {**found, "apiVersion": "batch/v1"}


def claim(size: str = "1Gi") -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return of_kind("PersistentVolumeClaim", "data", spec=spec)


def stateful_set(replicas: int = 3, image: str = "db:1", **spec: Any) -> dict[str, Any]:
    found = deployment("db", image, replicas, serviceName="db", **spec)
    return {**found, "kind": "StatefulSet"}


def test_the_old_replica_set_is_taken_up_again() -> None:
    before, after = manifest(deployment(), service()), manifest(deployment(image="shop:2"), service())
    there, back = plan_manifests(before, after, minor=36), undo(before, after)
    assert back.undo is not None
    (found,) = back.undo.returns
    assert (found.name, found.kept) == (there.rollouts[0].old_names[0], True)
    assert back.rollouts[0].old_names == (there.rollouts[0].new_name,)
    assert back.undo.steps == back.rollouts[0].steps[-1].number == 8
    assert losses(back) == []
    assert "takes ReplicaSet web-855974b5c8 up again" in plan_text.report(back)


def test_a_stalled_rollout_goes_back_from_where_it_stands() -> None:
    """As recorded: the broken ReplicaSet goes at once, and only what is missing is made."""
    before, after = manifest(deployment(replicas=10)), manifest(deployment(replicas=10, image="shop:bad"))
    back = undo(before, after, never_ready=("bad",))
    (found,) = back.rollouts
    assert [(step.old, step.new) for step in found.steps][:2] == [(0, 8), (0, 8)]
    assert found.steps[1].what == "2 new made, 5 old stopped"
    assert (found.finished, found.fewest_available) == (True, 8)


def test_the_same_image_pull_policy_leads_to_the_same_hash() -> None:
    """The policy of the first image stays with the object, whatever image comes after it."""
    before, after = manifest(deployment(image="shop")), manifest(deployment(image="shop:1"))
    there, back = plan_manifests(before, after, minor=36), undo(before, after)
    assert (back.rollouts[0].new_name,) == there.rollouts[0].old_names
    assert [field.text for field in back.changes[0].fields] == ["spec.template.spec.containers[app].image"]


def test_a_dropped_revision_is_made_anew() -> None:
    limit = {"revisionHistoryLimit": 0}
    back = undo(manifest(deployment(**limit)), manifest(deployment(image="shop:2", **limit)))
    assert back.undo is not None
    assert [one.kept for one in back.undo.returns] == [False]
    assert "history has dropped it" in losses(back)[0]


def test_what_was_done_is_not_undone() -> None:
    before = manifest(deployment())
    after = manifest(deployment(), job(), of_kind("ConfigMap", "new", data={}))
    assert losses(undo(before, after)) == [
        "job/migrate what it has done is not undone",
        "job/migrate stays: the manifests before do not name it, and --prune is not given",
        "configmap/new stays: the manifests before do not name it, and --prune is not given",
    ]
    assert losses(undo(before, after, prune=True)) == ["job/migrate what it has done is not undone"]
    assert {c.verb for c in undo(before, after, prune=True).changes} == {Verb.KEEP, Verb.DELETE}


def test_a_job_runs_once_more() -> None:
    back = undo(manifest(job()), manifest(job("migrate:2")))
    assert losses(back) == [
        "job/migrate what it has done is not undone",
        "job/migrate is deleted and made anew: it runs once more",
    ]


def test_what_has_to_be_replaced_there_is_replaced_on_the_way_back() -> None:
    other = {**deployment(), "spec": deployment("other")["spec"]}
    back = undo(manifest(deployment()), manifest(other))
    assert back.rollouts[0].effect == Effect.REPLACE
    assert back.undo is not None
    assert not back.undo.returns[0].kept
    assert "older revisions are lost" in losses(back)[0]


def test_a_claim_that_has_grown_does_not_shrink() -> None:
    back = undo(manifest(claim()), manifest(claim("2Gi")))
    assert any("persistentvolumeclaim/data" in text for text in losses(back))


def test_deleted_claims_come_back_empty() -> None:
    spec = {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": claim()["spec"]}],
        "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"},
    }
    back = undo(manifest(stateful_set(**spec)), manifest(stateful_set(1, **spec)))
    assert losses(back) == ["statefulset/db the data of deleted claims is gone: new claims are empty"]


@pytest.mark.parametrize("prune", [True, False])
def test_what_was_pruned_is_made_again_and_what_was_left_is_still_there(prune: bool) -> None:
    back = undo(manifest(deployment(), service()), manifest(deployment()), prune=prune)
    verbs = {str(change.ref): change.verb for change in back.changes}
    assert verbs == {"deployment/web": Verb.KEEP, "service/web": Verb.CREATE if prune else Verb.KEEP}


def test_a_pruned_namespace_does_not_come_back_whole() -> None:
    space = of_kind("Namespace", "shop")
    assert "in no manifest is gone" in losses(undo(manifest(space), Manifest(), prune=True))[0]


def test_revisions_of_others() -> None:
    back = undo(manifest(stateful_set()), manifest(stateful_set(image="db:2")))
    assert back.undo is not None
    (found,) = back.undo.returns
    assert found.kept
    assert f"takes revision {found.name} up again" in plan_text.report(back)


def test_json_has_it_too() -> None:
    back = undo(manifest(deployment()), manifest(deployment(image="shop:2")))
    document = plan_json.document(back)["undo"]
    assert document["returns"][0]["kept"] is True
    assert plan_json.document(plan_manifests(Manifest(), manifest(deployment()), minor=36))["undo"] is None
