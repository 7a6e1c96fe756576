"""The wording of plans: golden files, rewritten by `pytest --update`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kplan.model import Manifest
from kplan.pipeline import plan_manifests
from kplan.planner.model import Plan
from kplan.report import plan_json, plan_text
from kplan.report.cell import width
from kplan.report.colour import coloured
from tests.planner.manifest import deployment, manifest, of_kind, service, template

GOLDEN = Path(__file__).parent.parent / "golden" / "plan"
SCHEMA = json.loads((Path(plan_json.__file__).with_name("plan.schema.json")).read_text())

CONFIG = of_kind("ConfigMap", "conf", data={"level": "info"})
READER = {
    **deployment(),
    "spec": {
        **deployment()["spec"],
        "template": template(
            "web", "shop:1", volumes=[{"name": "conf", "projected": {"sources": [{"configMap": {"name": "conf"}}]}}]
        ),
    },
}
READER["spec"]["template"]["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": "conf"}}]
READER["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [{"name": "conf", "mountPath": "/conf"}]

ONE_MORE = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}

CASES: dict[str, tuple[Manifest, Manifest, dict[str, Any]]] = {
    "create": (Manifest(), manifest(deployment(), service()), {}),
    "image": (manifest(deployment(), service()), manifest(deployment(image="shop:2"), service()), {}),
    "image-seq": (
        manifest(deployment(replicas=2)),
        manifest(deployment(image="shop:2", replicas=2)),
        {"policy": "seq"},
    ),
    "long": (
        manifest(deployment(replicas=25)),
        manifest(deployment(replicas=25, image="shop:2", strategy=ONE_MORE)),
        {},
    ),
    "scale": (manifest(deployment()), manifest(deployment(replicas=10)), {}),
    "recreate": (
        manifest(deployment(strategy={"type": "Recreate"}), service()),
        manifest(deployment(image="shop:2", strategy={"type": "Recreate"}), service()),
        {},
    ),
    "bad-image": (
        manifest(deployment(replicas=10), service()),
        manifest(deployment(replicas=10, image="shop:2"), service()),
        {"never_ready": ("shop:2",)},
    ),
    "selector-changed": (
        manifest(deployment(), service()),
        manifest(
            {**deployment(), "spec": {**deployment("other")["spec"]}},
            service(selector={"app": "other"}),
        ),
        {},
    ),
    "config": (
        manifest(READER, CONFIG),
        manifest(READER, {**CONFIG, "data": {"level": "debug"}}),
        {},
    ),
    "secret": (
        manifest(of_kind("Secret", "key", stringData={"key": "hunter2"})),
        manifest(of_kind("Secret", "key", stringData={"key": "hunter3"})),
        {},
    ),
    "pruned": (
        manifest(deployment(), service(), deployment("old")),
        manifest(deployment(), service()),
        {"prune": True},
    ),
    "left-alone": (manifest(deployment(), service()), manifest(service()), {}),
    "nothing": (manifest(deployment()), manifest(deployment()), {}),
    "history-limit": (
        manifest(deployment(revisionHistoryLimit=0)),
        manifest(deployment(revisionHistoryLimit=0, image="shop:2")),
        {},
    ),
    "paused": (manifest(deployment()), manifest(deployment(image="shop:2", paused=True)), {}),
    "label-only": (
        manifest(deployment()),
        manifest({**deployment(), "metadata": {"name": "web", "labels": {"team": "a"}}}),
        {},
    ),
    "errors": (
        manifest(deployment(), service()),
        manifest(deployment(image="shop:2", replicaz=3), service()),
        {},
    ),
    "two-namespaces": (
        Manifest(),
        manifest(
            {**deployment(), "metadata": {"name": "web", "namespace": "shop"}},
            {**deployment(), "metadata": {"name": "web", "namespace": "test"}},
        ),
        {},
    ),
    "many-fields": (
        manifest(deployment()),
        manifest(
            {
                **deployment(replicas=4),
                "spec": {
                    **deployment(replicas=4, minReadySeconds=3)["spec"],
                    "template": template("web", "registry.example.com/shop/with/a/rather/long/name/for/an/image:2.0.0"),
                },
            }
        ),
        {},
    ),
}


def plan(name: str) -> Plan:
    before, after, options = CASES[name]
    return plan_manifests(before, after, minor=36, **options)


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, golden: Callable[[Path, str], None]) -> None:
    text = plan_text.report(plan(name))
    golden(GOLDEN / f"{name}.txt", text)
    assert max(width(line) for line in text.splitlines()) <= 100
    assert "hunter" not in text


@pytest.mark.parametrize("name", CASES)
def test_json_is_as_its_schema_says(name: str) -> None:
    text = plan_json.report(plan(name))
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert "hunter" not in text


def test_json_golden(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "image.json", plan_json.report(plan("image")))


def test_schema_refuses_what_it_does_not_know() -> None:
    document = {**plan_json.document(plan("create")), "surprise": 1}
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(document))


@pytest.mark.parametrize("name", CASES)
def test_the_same_plan_twice(name: str) -> None:
    assert plan_json.report(plan(name)) == plan_json.report(plan(name))


def test_colour_is_all_that_colour_adds() -> None:
    import re

    found = plan("recreate")
    assert re.sub(r"\x1b\[[0-9;]*m", "", plan_text.report(found, paint=coloured)) == plan_text.report(found)
