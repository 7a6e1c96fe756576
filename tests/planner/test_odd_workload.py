"""Workloads at the edges: no pods, paused before, scaled by others, of a kind that only looks like one."""

from __future__ import annotations

from typing import Any

import yaml

import kplan
from kplan.report import plan_text


def deployment(image: str = "web:1", **spec: Any) -> dict[str, Any]:
    pods = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": image}]}}
    whole = {"selector": {"matchLabels": {"app": "web"}}, "template": pods, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": whole}


def service(**spec: Any) -> dict[str, Any]:
    whole = {"selector": {"app": "web"}, "ports": [{"port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": whole}


def text_of(before: list[Any], after: list[Any]) -> str:
    found = kplan.plan(*(kplan.load_text(yaml.safe_dump_all(side)) for side in (before, after)))
    return plan_text.report(found)


def test_an_image_without_pods_still_makes_a_replica_set() -> None:
    name = kplan.plan(None, kplan.load_text(yaml.safe_dump(deployment("web:2")))).rollouts[0].new_name
    text = text_of([deployment(replicas=0)], [deployment("web:2", replicas=0)])
    assert f"restarts nothing: it has no pods; the next ones are of ReplicaSet {name}" in " ".join(text.split())


def test_what_a_paused_deployment_has_is_not_known() -> None:
    text = text_of([deployment(paused=True)], [deployment("web:2")])
    assert "deployment/web  makes ReplicaSet web-" in text
    assert "Not predicted\n  deployment/web is paused: which pods it has from earlier is not known" in text


def test_an_autoscaler_scales_what_is_unchanged() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {"scaleTargetRef": target, "minReplicas": 4, "maxReplicas": 6},
    }
    text = text_of([deployment(replicas=2)], [deployment(replicas=2), scaler])
    assert "deployment/web scales from 2 to 4" in text


def test_one_is_singular() -> None:
    strategy = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    text = text_of([deployment(strategy=strategy), service()], [deployment("web:2", strategy=strategy), service()])
    assert "at most 1 pod beside" in text
    assert "service/web  1 endpoint before, 1 after, at fewest 0" in text


def test_services_whose_endpoints_are_not_counted() -> None:
    name_only = {"type": "ExternalName", "externalName": "web.example.com"}
    renamed = text_of([deployment(), service()], [deployment(), service(**name_only)])
    assert "nothing answers" not in renamed
    by_hand = service()
    del by_hand["spec"]["selector"]
    assert "Services" not in text_of([], [deployment(), by_hand])


def test_a_job_that_is_made_anew_has_no_availability() -> None:
    pods = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"}, "spec": {"template": pods}}
    other = yaml.safe_load(yaml.safe_dump(job).replace("a:1", "a:2"))
    text = text_of([job], [other])
    assert "job/a has to be deleted" in text
    assert "None" not in text


def test_a_custom_deployment_is_no_deployment() -> None:
    text = text_of([], [{**deployment(), "apiVersion": "example.com/v1"}])
    assert "  + deployment/web\n" in text
