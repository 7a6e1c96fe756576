"""Laws that hold for every plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kplan.model import Manifest
from kplan.model.change import Verb
from kplan.pipeline import diff_manifests, plan_manifests
from kplan.planner.model import Effect, Plan
from tests.planner.manifest import deployment, manifest, service

COUNT_OR_SHARE = st.integers(0, 4) | st.integers(0, 100).map("{}%".format)
STRATEGIES = st.one_of(
    st.just({"type": "Recreate"}),
    st.just({}),
    st.fixed_dictionaries({"maxSurge": COUNT_OR_SHARE, "maxUnavailable": COUNT_OR_SHARE})
    .filter(lambda limits: not all(value in (0, "0%") for value in limits.values()))
    .map(lambda limits: {"type": "RollingUpdate", "rollingUpdate": limits}),
)
DEPLOYMENTS = st.builds(
    deployment,
    name=st.just("web"),
    image=st.sampled_from(["shop:1", "shop:2", "shop:3"]),
    replicas=st.integers(0, 12),
    strategy=STRATEGIES,
    revisionHistoryLimit=st.integers(0, 3),
)


def plan(before: dict[str, Any], after: dict[str, Any], **options: Any) -> Plan:
    return plan_manifests(manifest(before, service()), manifest(after, service()), minor=36, **options)


@given(DEPLOYMENTS)
def test_nothing_differs_from_itself(web: dict[str, Any]) -> None:
    assert {change.verb for change in diff_manifests(manifest(web), manifest(web), minor=36)} == {Verb.KEEP}


@given(DEPLOYMENTS, DEPLOYMENTS)
def test_an_applied_plan_leaves_nothing_to_plan(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = plan(before, after)
    assert plan_manifests(found.after, found.after, minor=36).is_empty


@given(DEPLOYMENTS, DEPLOYMENTS, st.sampled_from(["batch", "seq"]))
def test_a_healthy_rollout_stays_within_its_limits(before: dict[str, Any], after: dict[str, Any], policy: str) -> None:
    found = plan(before, after, policy=policy)
    for each in found.rollouts:
        assert each.finished
        if each.effect != Effect.ROLL or before["spec"]["replicas"] != after["spec"]["replicas"]:
            continue
        assert each.fewest_available is not None
        assert each.fewest_available >= (each.least_available or 0)
        assert all(step.pods - step.terminating <= (each.most_pods or 0) for step in each.steps)


@given(DEPLOYMENTS, st.integers(0, 12))
def test_scaling_makes_no_replica_set(web: dict[str, Any], replicas: int) -> None:
    after = {**web, "spec": {**web["spec"], "replicas": replicas}}
    for each in plan(web, after).rollouts:
        assert each.effect in (Effect.SCALE, Effect.NONE)
        assert each.old_names == ()


@given(DEPLOYMENTS, st.sampled_from(["shop:4", "shop:5"]))
def test_the_way_back_leads_to_the_old_name(web: dict[str, Any], image: str) -> None:
    after = deployment(image=image, **{k: v for k, v in web["spec"].items() if k not in ("selector", "template")})
    (there,), (back,) = (plan(*pair).rollouts for pair in ((web, after), (after, web)))
    if web["spec"]["replicas"]:
        assert (back.new_name,) == there.old_names
        assert (there.new_name,) == back.old_names


@given(st.permutations([deployment("a"), service("a"), deployment("b"), service("b", {"app": "a"})]))
def test_the_order_of_documents_does_not_matter(objects: list[dict[str, Any]]) -> None:
    after = [{**o, "spec": {**o["spec"], "replicas": 5}} if o["kind"] == "Deployment" else o for o in objects]
    found = plan_manifests(manifest(*objects), manifest(*after), minor=36)
    assert by_name(found) == by_name(
        plan_manifests(manifest(*sorted_objects(objects)), manifest(*sorted_objects(after)), minor=36)
    )


def sorted_objects(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(objects, key=lambda each: (each["kind"], each["metadata"]["name"]))


def by_name(found: Plan) -> tuple[Any, ...]:
    return (
        sorted(found.changes, key=lambda change: change.ref),
        sorted((replace(each, steps=()) for each in found.rollouts), key=lambda each: each.ref),
        sorted(found.services, key=lambda each: each.ref),
    )


def test_an_empty_plan_has_nothing() -> None:
    assert plan_manifests(Manifest(), Manifest(), minor=36).is_empty
