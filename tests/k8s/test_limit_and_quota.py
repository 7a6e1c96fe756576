"""Bounds of LimitRanges and counts of ResourceQuotas, in the words of the API server."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.k8s.limit_range import claim_excesses, pod_excesses, with_limit_range
from kplan.k8s.quantity import parse_quantity
from kplan.k8s.quota import exceeded, in_scope, object_usage, pod_usage, total, unspecified

Map = dict[str, Any]


def spec(*resources: Map, **more: Any) -> Map:
    return {"containers": [{"name": f"c{i}", "resources": r} for i, r in enumerate(resources)], **more}


def sized(requests: Map | None = None, limits: Map | None = None) -> Map:
    return {"requests": requests or {}, "limits": limits or {}}


def bounds(type_: str = "Container", **item: Any) -> list[Map]:
    return [{"type": type_, **item}]


@pytest.mark.parametrize(
    ("item", "written", "filled"),
    [
        ({"default": {"cpu": "1"}}, {}, sized({"cpu": "1"}, {"cpu": "1"})),
        ({"defaultRequest": {"cpu": "1"}}, {}, sized({"cpu": "1"})),
        ({"max": {"cpu": "2"}}, {}, sized({"cpu": "2"}, {"cpu": "2"})),
        ({"min": {"cpu": "1"}}, {}, sized({"cpu": "1"})),
        ({"max": {"cpu": "2"}, "min": {"cpu": "1"}}, {}, sized({"cpu": "2"}, {"cpu": "2"})),
        ({"default": {"cpu": "1"}}, sized({"cpu": "500m"}), sized({"cpu": "500m"}, {"cpu": "1"})),
        ({"defaultRequest": {"cpu": "1"}}, sized({}, {"cpu": "3"}), sized({"cpu": "3"}, {"cpu": "3"})),
    ],
)
def test_defaults(item: Map, written: Map, filled: Map) -> None:
    assert with_limit_range(spec(written), bounds(**item))["containers"][0]["resources"] == filled


@pytest.mark.parametrize(
    ("item", "resources", "expected"),
    [
        ({"min": {"cpu": "1"}}, sized({"cpu": "1"}), []),
        ({"min": {"cpu": "1"}}, sized(), ["minimum cpu usage per Container is 1. No request is specified"]),
        (
            {"min": {"cpu": "1"}},
            sized({"cpu": "500m"}),
            ["minimum cpu usage per Container is 1, but request is 500m"],
        ),
        (
            {"max": {"memory": "1Gi"}},
            sized({}, {"memory": "2Gi"}),
            ["maximum memory usage per Container is 1Gi, but limit is 2Gi"],
        ),
        ({"max": {"memory": "1Gi"}}, sized(), ["maximum memory usage per Container is 1Gi. No limit is specified"]),
        ({"maxLimitRequestRatio": {"cpu": "2"}}, sized({"cpu": "1"}, {"cpu": "2"}), []),
        (
            {"maxLimitRequestRatio": {"cpu": "2"}},
            sized({"cpu": "1"}, {"cpu": "3"}),
            ["cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000"],
        ),
        (
            {"maxLimitRequestRatio": {"cpu": "2"}},
            sized({}, {"cpu": "3"}),
            ["cpu max limit to request ratio per Container is 2, but no request is specified or request is 0"],
        ),
    ],
)
def test_bounds(item: Map, resources: Map, expected: list[str]) -> None:
    assert [e.message for e in pod_excesses(spec(resources), bounds(**item))] == expected


def test_bounds_of_the_pod_are_for_the_sum() -> None:
    two = spec(sized({"cpu": "1"}, {"cpu": "1"}), sized({"cpu": "2"}, {"cpu": "2"}))
    assert [e.message for e in pod_excesses(two, bounds("Pod", max={"cpu": "2"}))] == [
        "maximum cpu usage per Pod is 2, but limit is 3"
    ]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("5Gi", []),
        ("500Mi", ["minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi"]),
        ("20Gi", ["maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi"]),
    ],
)
def test_bounds_of_claims(size: str, expected: list[str]) -> None:
    item = bounds("PersistentVolumeClaim", min={"storage": "1Gi"}, max={"storage": "10Gi"})
    assert [e.message for e in claim_excesses({"resources": {"requests": {"storage": size}}}, item)] == expected


def test_use_of_a_pod_counts_the_larger_of_init_and_run() -> None:
    made = spec(sized({"cpu": "1", "memory": "1Gi"}, {"cpu": "2"}))
    made["initContainers"] = [{"name": "i", "resources": sized({"cpu": "3"})}]
    names = ["pods", "count/pods", "cpu", "requests.memory", "limits.cpu", "limits.memory", "requests.nvidia.com/gpu"]
    assert {name: str(amount) for name, amount in pod_usage(made, names).items()} == {
        "pods": "1",
        "count/pods": "1",
        "cpu": "3",
        "requests.memory": "1Gi",
        "limits.cpu": "2",
    }


@pytest.mark.parametrize(
    ("group", "kind", "made", "expected"),
    [
        ("", "ConfigMap", {}, {"count/configmaps": 1, "configmaps": 1}),
        ("apps", "Deployment", {}, {"count/deployments.apps": 1}),
        ("networking.k8s.io", "Ingress", {}, {"count/ingresses.networking.k8s.io": 1}),
        ("", "Service", {"type": "ClusterIP"}, {"count/services": 1, "services": 1}),
        (
            "",
            "Service",
            {"type": "NodePort", "ports": [{}, {}]},
            {"count/services": 1, "services": 1, "services.nodeports": 2},
        ),
        (
            "",
            "Service",
            {"type": "LoadBalancer", "ports": [{"nodePort": 1}, {}], "allocateLoadBalancerNodePorts": False},
            {"count/services": 1, "services": 1, "services.nodeports": 1, "services.loadbalancers": 1},
        ),
        (
            "",
            "PersistentVolumeClaim",
            {"storageClassName": "fast", "resources": {"requests": {"storage": "5"}}},
            {
                "persistentvolumeclaims": 1,
                "count/persistentvolumeclaims": 1,
                "requests.storage": 5,
                "fast.storageclass.storage.k8s.io/requests.storage": 5,
                "fast.storageclass.storage.k8s.io/persistentvolumeclaims": 1,
            },
        ),
    ],
)
def test_use_of_objects(group: str, kind: str, made: Map, expected: dict[str, int]) -> None:
    assert {name: amount.value() for name, amount in object_usage(group, kind, made).items()} == expected


@pytest.mark.parametrize(
    ("quota", "pod", "counted"),
    [
        ({}, spec({}), True),
        ({"scopes": ["BestEffort"]}, spec({}), True),
        ({"scopes": ["BestEffort"]}, spec(sized({"cpu": "1"})), False),
        ({"scopes": ["NotBestEffort"]}, spec(sized({}, {"cpu": "1"})), True),
        ({"scopes": ["Terminating"]}, spec({}), False),
        ({"scopes": ["Terminating"]}, spec({}, activeDeadlineSeconds=5), True),
        ({"scopes": ["NotTerminating", "BestEffort"]}, spec({}), True),
    ],
)
def test_scopes(quota: Map, pod: Map, counted: bool) -> None:
    assert in_scope(pod, quota) == counted


@pytest.mark.parametrize(
    ("operator", "values", "name", "counted"),
    [
        ("In", ["high"], "high", True),
        ("In", ["high"], "low", False),
        ("NotIn", ["high"], "low", True),
        ("Exists", [], "low", True),
        ("Exists", [], "", False),
        ("DoesNotExist", [], "", True),
    ],
)
def test_scope_of_a_priority(operator: str, values: list[str], name: str, counted: bool) -> None:
    expression = {"scopeName": "PriorityClass", "operator": operator, "values": values}
    quota = {"scopeSelector": {"matchExpressions": [expression]}}
    assert in_scope(spec({}, priorityClassName=name), quota) == counted


def test_what_must_be_specified() -> None:
    made = spec(sized({"cpu": "1"}), sized({}, {"cpu": "1", "memory": "1"}))
    names = ["requests.cpu", "limits.cpu", "memory", "pods", "requests.ephemeral-storage"]
    assert unspecified(made, names) == "limits.cpu for: c0; memory for: c0"


def test_sums_and_excess() -> None:
    one = {"pods": parse_quantity("1"), "cpu": parse_quantity("400m")}
    asked = total([(one, 3), ({"pods": parse_quantity("1")}, 1)])
    assert {name: str(amount) for name, amount in asked.items()} == {"pods": "4", "cpu": "1200m"}
    hard = {"pods": parse_quantity("4"), "cpu": parse_quantity("1")}
    assert exceeded("q", hard, {}, asked) == "exceeded quota: q, requested: cpu=1200m, used: cpu=0, limited: cpu=1"
    used = {"pods": parse_quantity("1")}
    assert exceeded("q", {"pods": hard["pods"]}, used, asked) == (
        "exceeded quota: q, requested: pods=4, used: pods=1, limited: pods=4"
    )
