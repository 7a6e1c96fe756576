"""When a risk is said and when not: small plans, each with all that is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.pipeline import plan_manifests
from kplan.planner.model import Plan
from kplan.report import plan_text
from kplan.simulator.node import plain_nodes
from tests.planner.manifest import deployment, manifest, of_kind, service, template

Object = dict[str, Any]
ENV = {"envFrom": [{"configMapRef": {"name": "conf"}}]}
LEVEL_AS_X = {"key": "level", "path": "x"}
CONFIG = of_kind("ConfigMap", "conf", data={"level": "info", "size": "1"})
CHANGED = {**CONFIG, "data": {"level": "debug", "size": "1"}}


def plan(before: list[Object], after: list[Object], **options: Any) -> Plan:
    return plan_manifests(manifest(*before), manifest(*after), minor=36, **options)


def said(before: list[Object], after: list[Object], **options: Any) -> list[str]:
    found = plan(before, after, **options)
    return [f"{risk.severity} {risk.rule} {risk.ref} {risk.step}" for risk in found.risks]


def reading(container: Object | None = None, *, name: str = "web", volumes: Any = None, **metadata: Any) -> Object:
    found = deployment(name)
    pods = template(name, "shop:1", **({"volumes": volumes} if volumes else {}))
    pods["spec"]["containers"][0].update(container or {})
    pods["metadata"].update(metadata)
    return {**found, "spec": {**found["spec"], "template": pods}}


def labelled(name: str, image: str = "shop:1", replicas: int = 3, **labels: str) -> Object:
    found = deployment(name, image, replicas)
    found["spec"]["selector"] = {"matchLabels": {"name": name}}
    found["spec"]["template"]["metadata"]["labels"] = {"name": name, **labels}
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [deployment(), service(), CONFIG]),
        ([deployment(), service()], [deployment(image="shop:2"), service()]),
        ([deployment(), service()], [deployment(replicas=10), service()]),
        ([deployment(replicas=10), service()], [deployment(replicas=1), service()]),
        ([deployment(replicas=1), service()], [deployment(image="shop:2", replicas=1), service()]),
        ([deployment(), service()], [deployment(), service()]),
        ([deployment("a"), deployment("b"), service("a")], [deployment("a"), deployment("b", "shop:2"), service("a")]),
        ([deployment(replicas=None)], [deployment(replicas=None, image="shop:2")]),
        ([CONFIG], [CHANGED]),
    ],
)
def test_nothing_is_said_of_a_plain_change(before: list[Object], after: list[Object]) -> None:
    assert said(before, after) == []


@pytest.mark.parametrize("policy", ["batch", "seq"])
def test_the_step_of_an_outage_is_that_of_the_plan(policy: str) -> None:
    recreate = {"strategy": {"type": "Recreate"}}
    found = plan(
        [deployment(**recreate), service()], [deployment(image="shop:2", **recreate), service()], policy=policy
    )
    (risk,) = found.risks
    assert risk.step == found.services[0].at_zero[0]


def test_scaling_to_none_is_a_warning() -> None:
    found = said([deployment(), service()], [deployment(replicas=0), service()])
    assert found == ["warning service-outage service/web 1"]


def test_a_service_that_goes_itself_is_no_outage() -> None:
    assert said([deployment(), service()], [deployment()], prune=True) == []
    found = said([deployment(), service()], [service()], prune=True)
    assert found == ["error service-outage service/web 1"]


def test_one_replica_that_may_not_surge() -> None:
    no_surge = {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}, "replicas": 1}
    before, after = deployment(**no_surge), deployment(image="shop:2", **no_surge)
    assert said([before, service()], [after, service()]) == ["error service-outage service/web 1"]
    assert said([before], [after]) == []


@pytest.mark.parametrize(
    ("container", "volumes", "expected"),
    [
        (ENV, None, True),
        ({"env": [{"name": "L", "valueFrom": {"configMapKeyRef": {"name": "conf", "key": "level"}}}]}, None, True),
        ({"env": [{"name": "S", "valueFrom": {"configMapKeyRef": {"name": "conf", "key": "size"}}}]}, None, False),
        ({"envFrom": [{"secretRef": {"name": "conf"}}]}, None, False),
        ({"volumeMounts": [{"name": "c", "mountPath": "/c"}]}, [{"name": "c", "configMap": {"name": "conf"}}], False),
        (
            {"volumeMounts": [{"name": "c", "mountPath": "/c", "subPath": "level"}]},
            [{"name": "c", "configMap": {"name": "conf"}}],
            True,
        ),
        (
            {"volumeMounts": [{"name": "c", "mountPath": "/c", "subPath": "size"}]},
            [{"name": "c", "configMap": {"name": "conf"}}],
            False,
        ),
        (
            {"volumeMounts": [{"name": "c", "mountPath": "/c", "subPath": "x"}]},
            [{"name": "c", "projected": {"sources": [{"configMap": {"name": "conf", "items": [LEVEL_AS_X]}}]}}],
            True,
        ),
    ],
)
def test_only_what_is_read_at_the_start_stays_stale(container: Object, volumes: Any, expected: bool) -> None:
    web = reading(container, volumes=volumes)
    stale = ["warning config-change-without-restart configmap/conf 1"]
    assert said([web, CONFIG], [web, CHANGED]) == (stale if expected else [])


def test_a_reader_that_rolls_is_not_stale() -> None:
    old, new = (reading(ENV, annotations={"checksum/config": value}) for value in ("a", "b"))
    assert said([old, CONFIG], [new, CHANGED]) == []


def test_a_checksum_that_was_forgotten() -> None:
    web = reading(ENV, annotations={"checksum/config": "a"})
    (risk,) = plan([web, CONFIG], [web, CHANGED]).risks
    assert risk.help == "the annotation `checksum/config` of its template did not change with it: work it out anew"


@pytest.mark.parametrize("key", ["reloader.stakater.com/auto", "configmap.reloader.stakater.com/reload"])
def test_an_operator_that_restarts_it(key: str) -> None:
    web = reading(ENV)
    web["metadata"] = {"name": "web", "annotations": {key: "true" if key.endswith("auto") else "other, conf"}}
    assert said([web, CONFIG], [web, CHANGED]) == []


def test_a_new_name_for_each_content_rolls() -> None:
    first = reading({"envFrom": [{"configMapRef": {"name": "conf-1"}}]})
    second = reading({"envFrom": [{"configMapRef": {"name": "conf-2"}}]})
    configs = [of_kind("ConfigMap", f"conf-{n}", data={"level": str(n)}) for n in (1, 2)]
    assert said([first, configs[0]], [second, configs[1]]) == []


def test_readers_that_only_run_later_or_are_not_there_yet() -> None:
    pods = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "c:1", **ENV}]}
    job = {"template": {"spec": pods}}
    nightly = of_kind("CronJob", "n", spec={"schedule": "0 0 * * *", "jobTemplate": {"spec": job}})
    nightly["apiVersion"] = "batch/v1"
    assert said([nightly, CONFIG], [nightly, CHANGED]) == []
    assert said([CONFIG], [reading(ENV), CHANGED]) == []
    assert said([deployment(replicas=0), CONFIG], [deployment(replicas=0), CHANGED]) == []


def test_many_readers_are_one_risk_and_many_risks_are_folded() -> None:
    readers = [reading(ENV, name=f"w{n}") for n in range(5)]
    (risk,) = plan([*readers, CONFIG], [*readers, CHANGED]).risks
    assert "deployment/w0, deployment/w1, deployment/w2 and 2 more read it through env and keep" in risk.message
    recreate = {"strategy": {"type": "Recreate"}}
    old, new = ([deployment(f"w{n}", image, **recreate) for n in range(8)] for image in ("a:1", "a:2"))
    services = [service(f"w{n}") for n in range(8)]
    found = plan([*old, *services], [*new, *services])
    assert len(found.risks) == 8
    assert plan_text.report(found).count("error[service-outage]") == 5
    assert "and 3 more of service-outage" in plan_text.report(found)


def test_the_worst_comes_first() -> None:
    recreate = {"strategy": {"type": "Recreate"}}
    found = said(
        [reading(ENV, name="a"), CONFIG, deployment(**recreate), service()],
        [reading(ENV, name="a"), CHANGED, deployment(image="shop:2", **recreate), service()],
    )
    assert [text.split()[0] for text in found] == ["error", "warning"]


def test_overlap_is_said_once_and_only_where_something_moves() -> None:
    one, other = deployment("a"), deployment("b")
    for each in (one, other):
        each["spec"]["selector"] = {"matchLabels": {"app": "x"}}
        each["spec"]["template"]["metadata"]["labels"] = {"app": "x"}
    assert said([], [one, other]) == ["warning overlapping-selectors deployment/a None"]
    assert said([one, other], [one, other]) == []


def test_a_canary_and_its_share() -> None:
    before = [labelled("web", app="web"), service()]
    after = [*before, labelled("canary", "shop:2", 1, app="web")]
    (risk,) = plan(before, after).risks
    assert (risk.rule, risk.step) == ("shared-service", 3)
    assert "of its 4 endpoints deployment/canary has 1, deployment/web has 3" in risk.message


def test_a_fixed_size_is_no_fight() -> None:
    spec = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
    fixed, free = (
        {
            **of_kind("HorizontalPodAutoscaler", "web", spec={**spec, "minReplicas": least, "maxReplicas": 3}),
            "apiVersion": "autoscaling/v2",
        }
        for least in (3, 2)
    )
    assert said([deployment(), fixed], [deployment(), fixed]) == []
    fight = ["warning replicas-against-autoscaler horizontalpodautoscaler/web 1"]
    assert said([deployment()], [deployment(), free]) == fight
    assert said([deployment(replicas=0)], [deployment(replicas=0), free]) == []


@pytest.mark.parametrize(
    ("image", "expected"),
    [("shop", 1), ("shop:latest", 1), ("shop:1", 0), (f"shop:latest@sha256:{'0' * 64}", 0), ("host:5000/shop", 1)],
)
def test_a_tag_that_moves(image: str, expected: int) -> None:
    assert len(said([deployment(image=image)], [deployment(image=image)])) == expected
    other = [deployment("other")], [deployment("other", "shop:2")]
    assert said([deployment(image=image), *other[0]], [deployment(image=image), *other[1]]) == []


def test_no_room_and_no_node() -> None:
    quota = of_kind("ResourceQuota", "pods", spec={"hard": {"pods": "3"}})
    found = said([quota, deployment()], [quota, deployment(image="shop:2")])
    assert found == ["error surge-over-quota deployment/web 1"]
    large = deployment(image="shop:2", replicas=3)
    large["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "40"}}
    small = {**large, "spec": {**large["spec"], "template": {**large["spec"]["template"], "metadata": {}}}}
    small["spec"]["template"]["metadata"] = {"labels": {"app": "web"}, "annotations": {"v": "2"}}
    found = said([large], [small], nodes=plain_nodes(3))
    assert found == ["error unschedulable-pods deployment/web 1"]


def test_a_finding_for_what_is_refused_and_none_twice() -> None:
    other = {**deployment(), "spec": deployment("other")["spec"]}
    found = plan([deployment()], [other])
    assert [(f.rule, f.group) for f in found.findings] == [("immutable-field", "updates")]
    assert "this plan deletes and makes anew" in plan_text.report(found)


def test_the_order_of_documents_does_not_matter() -> None:
    recreate = {"strategy": {"type": "Recreate"}}
    before = [reading(ENV, name="a"), CONFIG, deployment(**recreate), service()]
    after = [reading(ENV, name="a"), CHANGED, deployment(image="shop:2", **recreate), service()]
    assert said(before, after) == said(before[::-1], after[::-1])


def test_values_of_secrets_are_never_shown() -> None:
    old, new = (of_kind("Secret", "key", stringData={"key": value}) for value in ("hunter2", "hunter3"))
    web = reading({"envFrom": [{"secretRef": {"name": "key"}}]})
    found = plan([web, old], [web, new])
    assert [risk.rule for risk in found.risks] == ["config-change-without-restart"]
    assert "hunter" not in plan_text.report(found)


def test_what_is_pruned_goes_when_all_is_applied() -> None:
    """As with kubectl: the new pods find the quota used up, and are made when the old ones are gone."""
    quota = of_kind("ResourceQuota", "pods", spec={"hard": {"pods": "3"}})
    found = plan([quota, deployment("old")], [quota, deployment("new")], prune=True)
    steps = next(each for each in found.rollouts if each.ref.name == "new").steps
    assert [(step.number, step.pods) for step in steps][:3] == [(0, 0), (1, 0), (2, 3)]
    assert found.risks == ()
