"""What pods ask for, and the class that gives them."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.k8s.qos import qos_class
from kplan.k8s.resource import pod_requests

Value = dict[str, Any]
MI = 1024 * 1024


def container(cpu: str = "", memory: str = "", *, sidecar: bool = False, limits: Value | None = None) -> Value:
    requests = {name: amount for name, amount in (("cpu", cpu), ("memory", memory)) if amount}
    found: Value = {"resources": {"requests": requests, "limits": limits or {}}}
    return {**found, "restartPolicy": "Always"} if sidecar else found


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, (0, 0)),
        ({"containers": [{}]}, (0, 0)),
        ({"containers": [container("100m", "64Mi"), container("1", "64Mi")]}, (1100, 128 * MI)),
        ({"containers": [container(limits={"cpu": "2"})]}, (2000, 0)),
        ({"containers": [container("100m")], "initContainers": [container("1")]}, (1000, 0)),
        ({"containers": [container("1")], "initContainers": [container("100m")]}, (1000, 0)),
        ({"containers": [container("1")], "initContainers": [container("100m", sidecar=True)]}, (1100, 0)),
        # The sidecar runs while the second init container does.
        ({"containers": [container("1")], "initContainers": [container("1", sidecar=True), container("3")]}, (4000, 0)),
        # The first init container is done before the sidecar starts.
        ({"containers": [container("1")], "initContainers": [container("3"), container("1", sidecar=True)]}, (3000, 0)),
        ({"containers": [container("1")], "overhead": {"cpu": "250m", "memory": "1Mi"}}, (1250, MI)),
        ({"containers": [container("1")], "resources": {"requests": {"cpu": "5"}}}, (5000, 0)),
        ({"containers": [container("1")], "resources": {"limits": {"cpu": "5", "memory": "1Mi"}}}, (1000, MI)),
        ({"containers": [container("0.5u")]}, (1, 0)),
    ],
)
def test_pod_requests(spec: Value, expected: tuple[int, int]) -> None:
    assert pod_requests(spec) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"containers": [{}]}, "BestEffort"),
        ({"containers": [container("0")]}, "BestEffort"),
        ({"containers": [container("1")]}, "Burstable"),
        ({"containers": [container(limits={"cpu": "1"})]}, "Burstable"),
        ({"containers": [{"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}]}, "Guaranteed"),
        ({"containers": [{"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}, {}]}, "Burstable"),
        (
            {"containers": [{"resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m"}}}]},
            "Guaranteed",
        ),
        (
            {"containers": [{"resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}}]},
            "Burstable",
        ),
        ({"containers": [{}], "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}, "Guaranteed"),
        ({"containers": [{}], "initContainers": [container("1")]}, "Burstable"),
    ],
)
def test_qos_class(spec: Value, expected: str) -> None:
    assert qos_class(spec) == expected
