"""Every plan obeys the laws, and so does the way back from it: random workloads of each kind, before and after."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from test_law_histories import SPECS

from kplan.pipeline import plan_manifests
from kplan.planner.laws import broken
from tests.planner.manifest import deployment, manifest, of_kind, service

IMAGES = st.sampled_from(["shop", "shop:1", "shop:2"])


def workload(kind: str, image: str, replicas: int, spec: dict[str, Any]) -> dict[str, Any]:
    found = deployment("web", image, None if kind == "DaemonSet" else replicas, **spec)
    if kind == "StatefulSet":
        found["spec"]["serviceName"] = "web"
    return {**found, "kind": kind}


def pairs(kind: str) -> st.SearchStrategy[tuple[dict[str, Any], dict[str, Any]]]:
    one = st.builds(workload, st.just(kind), IMAGES, st.integers(0, 7), SPECS[kind])
    if kind != "StatefulSet":
        return st.tuples(one, one)
    return st.tuples(one, one).map(with_one_policy)


def with_one_policy(pair: tuple[dict[str, Any], dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The pod management policy of a StatefulSet cannot change."""
    first, second = pair
    policy = first["spec"]["podManagementPolicy"]
    return first, {**second, "spec": {**second["spec"], "podManagementPolicy": policy}}


BUDGET = {**of_kind("PodDisruptionBudget", "web", spec={"minAvailable": 1}), "apiVersion": "policy/v1"}
BUDGET["spec"]["selector"] = {"matchLabels": {"app": "web"}}


@given(
    st.sampled_from(sorted(SPECS)).flatmap(pairs),
    st.sampled_from(["batch", "seq"]),
    st.sampled_from([(), ("shop:2",)]),
    st.booleans(),
)
def test_a_plan_and_its_way_back_obey_the_laws(
    pair: Any, policy: Any, never_ready: tuple[str, ...], more: bool
) -> None:
    others = (service(), BUDGET) if more else ()
    before, after = (manifest(each, *others) for each in pair)
    options: dict[str, Any] = {"minor": 36, "policy": policy, "never_ready": never_ready}
    there = plan_manifests(before, after, **options)
    back = plan_manifests(before, after, undo=True, **options)
    assert [str(fault) for fault in broken(there, back)] == []
    assert [str(fault) for fault in broken(back)] == []


@given(st.sampled_from(sorted(SPECS)).flatmap(pairs))
def test_risks_name_steps_that_there_are(pair: Any) -> None:
    found = plan_manifests(*(manifest(each, service(), BUDGET) for each in pair), minor=36)
    steps = max((len(each.endpoints) - 1 for each in found.services), default=0)
    for risk in found.risks:
        assert risk.step is None or 0 <= risk.step <= steps
        assert risk.span is not None
