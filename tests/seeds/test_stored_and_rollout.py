"""Defaults, rollbacks and endpoints that the seeds show."""

from __future__ import annotations

from typing import Any

import pytest

import kplan
from kplan.defaults import stored
from kplan.k8s.qos import qos_class

PROBES = """\
apiVersion: v1
kind: Pod
metadata: {name: healthy-monolith, labels: {app: monolith}}
spec:
  containers:
  - name: monolith
    image: udacity/example-monolith:1.0.0
    ports: [{name: http, containerPort: 80}, {name: health, containerPort: 81}]
    resources: {limits: {cpu: 0.2, memory: 10Mi}}
    livenessProbe: {httpGet: {path: /healthz, port: 81}, initialDelaySeconds: 5, periodSeconds: 15, timeoutSeconds: 5}
    readinessProbe: {httpGet: {path: /readiness, port: 81}, initialDelaySeconds: 5, timeoutSeconds: 1}
"""
WORKLOAD = """\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}}}
spec:
  {size}
  selector: {{matchLabels: {{app: rng, own: {name}}}}}
  template:
    metadata: {{labels: {{app: rng, own: {name}}}}}
    spec: {{containers: [{{name: rng, image: "registry.example/rng:{tag}"}}]}}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: rng}
spec: {selector: {app: rng}, ports: [{port: 80}]}
"""


def container(text: str) -> dict[str, Any]:
    (pod,) = kplan.load_text(text)
    first: dict[str, Any] = stored(pod.data, 36)["spec"]["containers"][0]
    return first


def test_seed_000_limits_alone_are_the_requests_too_and_the_pod_is_guaranteed() -> None:
    assert container(PROBES)["resources"] == {
        "limits": {"cpu": "200m", "memory": "10Mi"},
        "requests": {"cpu": "200m", "memory": "10Mi"},
    }
    (pod,) = kplan.load_text(PROBES)
    assert qos_class(stored(pod.data, 36)["spec"]) == "Guaranteed"


@pytest.mark.parametrize(
    ("probe", "expected"),
    [
        ("readinessProbe", {"initialDelaySeconds": 5, "timeoutSeconds": 1, "periodSeconds": 10}),
        ("livenessProbe", {"initialDelaySeconds": 5, "timeoutSeconds": 5, "periodSeconds": 15}),
    ],
)
def test_seeds_000_and_004_what_describe_shows_of_the_probes(probe: str, expected: dict[str, int]) -> None:
    filled = container(PROBES)[probe]
    assert {**expected, "successThreshold": 1, "failureThreshold": 3}.items() <= filled.items()


def test_seed_001_a_service_of_a_deployment_and_a_daemon_set_has_endpoints_of_both() -> None:
    deployment = WORKLOAD.format(kind="Deployment", name="rng", size="replicas: 2", tag="v1")
    daemon = WORKLOAD.format(kind="DaemonSet", name="rng-daemon", size="revisionHistoryLimit: 2", tag="v1")
    plan = kplan.plan(None, kplan.load_text("---\n".join((deployment, daemon, SERVICE))), kube_version="1.36")
    (service,) = plan.services
    assert service.endpoints[-1] == 2 + 3
    assert sorted(count for _, count in service.shares) == [2, 3]


def test_seed_001_a_canary_gets_its_share_by_the_number_of_pods() -> None:
    stable = WORKLOAD.format(kind="Deployment", name="stable", size="replicas: 9", tag="v1")
    canary = WORKLOAD.format(kind="Deployment", name="canary", size="replicas: 1", tag="v2")
    before = kplan.load_text("---\n".join((stable, SERVICE)))
    after = kplan.load_text("---\n".join((stable, canary, SERVICE)))
    (service,) = kplan.plan(before, after, kube_version="1.36").services
    assert sorted(count for _, count in service.shares) == [1, 9]


def test_seed_001_a_rollback_takes_the_old_replica_set_up_again() -> None:
    one, two = (
        kplan.load_text(WORKLOAD.format(kind="Deployment", name="rng", size="replicas: 2", tag=tag))
        for tag in ("v1", "v2")
    )
    (there,), (back,) = kplan.plan(one, two).rollouts, kplan.plan(two, one).rollouts
    assert (back.new_name,) == there.old_names
    assert (there.new_name,) == back.old_names


def test_seed_004_after_labelling_only_the_secure_pod_is_an_endpoint() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {}, labels: {}}}\n"
        "spec: {{containers: [{{name: a, image: 'a:1'}}]}}\n"
    )
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: monolith}\n"
        "spec: {selector: {app: monolith, secure: enabled}, ports: [{port: 443}]}\n"
    )
    pods = pod.format("monolith", "{app: monolith}"), pod.format("secure-monolith", "{app: monolith, secure: enabled}")
    (only,) = kplan.plan(None, kplan.load_text("---\n".join((*pods, service)))).services
    assert only.endpoints[-1] == 1
    assert [name for name, _ in only.shares] == ["secure-monolith"]
