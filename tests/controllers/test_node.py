"""Which nodes a pod may run on."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.controllers.node import Fit, fit, matches, node_labels, node_taints, tolerates, untolerated

NODE: dict[str, Any] = {"metadata": {"labels": {"pool": "a", "cores": "16", "gpu": ""}}}


def required(*terms: dict[str, Any]) -> dict[str, Any]:
    needed = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    return {"affinity": {"nodeAffinity": needed}}


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("pod_spec", "expected"),
    [
        ({}, True),
        ({"nodeSelector": {"pool": "a"}}, True),
        ({"nodeSelector": {"pool": "a", "zone": "x"}}, False),
        ({"nodeSelector": {"kubernetes.io/hostname": "node-1"}}, True),
        ({"nodeSelector": {"kubernetes.io/os": "windows"}}, False),
        (required(expression("pool", "In", "b", "a")), True),
        (required(expression("pool", "NotIn", "b")), True),
        (required(expression("pool", "NotIn", "a")), False),
        (required(expression("zone", "NotIn", "x")), True),
        (required(expression("gpu", "Exists")), True),
        (required(expression("gpu", "DoesNotExist")), False),
        (required(expression("cores", "Gt", "8")), True),
        (required(expression("cores", "Lt", "16")), False),
        (required(expression("pool", "Gt", "8")), False),
        (required(expression("zone", "Lt", "8")), False),
        (required(expression("pool", "Near", "a")), False),
        (required(expression("pool", "In", "b"), expression("gpu", "Exists")), True),
        (required({"matchExpressions": [*expression("pool", "In", "a")["matchExpressions"]] * 2}), True),
        (required({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1"]}]}), True),
        (required({"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["node-1"]}]}), False),
        (required({}), False),
        (required(), False),
        ({"nodeSelector": {"pool": "b"}, **required(expression("gpu", "Exists"))}, False),
    ],
)
def test_selector_and_affinity(pod_spec: dict[str, Any], expected: bool) -> None:
    assert matches(pod_spec, "node-1", NODE) is expected


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "gpu", "operator": "Exists"}, True),
        ({"key": "gpu", "operator": "Equal", "value": "yes"}, True),
        ({"key": "gpu", "value": "yes", "effect": "NoSchedule"}, True),
        ({"key": "gpu", "value": "no"}, False),
        ({"key": "gpu"}, False),
        ({"key": "cpu", "operator": "Exists"}, False),
        ({"operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "gpu", "operator": "Near", "value": "yes"}, False),
    ],
)
def test_a_toleration(toleration: dict[str, Any], expected: bool) -> None:
    assert tolerates(toleration, {"key": "gpu", "value": "yes", "effect": "NoSchedule"}) is expected


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("NoSchedule", Fit(may_start=False, may_stay=True)),
        ("NoExecute", Fit(may_start=False, may_stay=False)),
        ("PreferNoSchedule", Fit(may_start=True, may_stay=True)),
    ],
)
def test_a_taint_keeps_pods_away_by_its_effect(effect: str, expected: Fit) -> None:
    assert fit({}, "node-1", {"spec": {"taints": [{"key": "gpu", "effect": effect}]}}) == expected


def test_a_pod_bound_by_name_fits_only_that_node() -> None:
    assert fit({"nodeName": "node-2"}, "node-1", {}) == Fit(may_start=False, may_stay=False)
    assert fit({"nodeName": "node-2"}, "node-2", {}) == Fit(may_start=True, may_stay=True)


def test_a_cordoned_node_is_tainted() -> None:
    (taint,) = node_taints({"spec": {"unschedulable": True}})
    assert untolerated([taint], (), ("NoSchedule",)) == taint
    already = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    assert node_taints({"spec": {"unschedulable": True, "taints": [already]}}) == [already]


def test_a_node_may_be_given_by_its_labels_alone() -> None:
    assert node_labels("node-1", {"pool": "a"}) == {
        "kubernetes.io/hostname": "node-1",
        "kubernetes.io/os": "linux",
        "pool": "a",
    }
    assert node_taints({"pool": "a"}) == []
