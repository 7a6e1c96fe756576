"""What admission of a plain cluster refuses, between objects: standards, bounds, quotas, what pods refer to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kplan.loader import load_text
from kplan.pipeline import lint_manifest

Map = dict[str, Any]
RULES = (
    "pod-security-violation",
    "outside-limit-range",
    "exceeded-quota",
    "dangling-service-account",
    "dangling-priority-class",
    "dangling-runtime-class",
)


def made(kind: str, name: str = "a", api: str = "v1", namespace: str | None = "shop", **fields: Any) -> Map:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **fields.pop("metadata", {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}


def pod(**spec: Any) -> Map:
    return made("Pod", spec={"containers": [{"name": "c", "image": "x:1"}], **spec})


def workload(kind: str = "Deployment", api: str = "apps/v1", replicas: int | None = None, **spec: Any) -> Map:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod(**spec)["spec"]}
    fields: Map = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    if replicas is not None:
        fields["replicas"] = replicas
    if kind == "CronJob":
        fields = {"schedule": "@daily", "jobTemplate": {"spec": {"template": template}}}
    return made(kind, "w", api, spec=fields)


def namespace(**labels: str) -> Map:
    written = {f"pod-security.kubernetes.io/{key}": value for key, value in labels.items()}
    return made("Namespace", "shop", namespace=None, metadata={"labels": written})


def quota(name: str = "q", **spec: Any) -> Map:
    return made("ResourceQuota", name, spec=spec)


def said(*objects: Map, minor: int = 36) -> list[str]:
    manifest = load_text("\n---\n".join(map(json.dumps, objects)))
    found = lint_manifest(manifest, minor=minor, select=RULES)
    return [f"{f.severity} {f.rule} {f.ref}: {f.message}" for f in found]


def test_enforced_on_a_pod_and_on_the_pods_of_a_workload() -> None:
    (one,) = said(namespace(enforce="baseline"), pod(hostPID=True))
    assert one == 'error pod-security-violation pod/a: violates PodSecurity "baseline:latest": ' + (
        "host namespaces (hostPID=true)"
    )
    (other,) = said(namespace(enforce="baseline"), workload(hostPID=True))
    assert ": its pods are refused: violates PodSecurity" in other


@pytest.mark.parametrize(("mode", "severity"), [("enforce", "error"), ("warn", "warning"), ("audit", "note")])
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "CronJob"])
def test_modes(mode: str, severity: str, kind: str) -> None:
    api = "batch/v1" if kind == "CronJob" else "apps/v1"
    (found,) = said(namespace(**{mode: "baseline"}), workload(kind, api, hostPID=True))
    assert found.startswith(severity)


def test_the_strictest_mode_speaks_and_the_others_are_still() -> None:
    labels = {"enforce": "baseline", "warn": "restricted", "audit": "restricted"}
    assert [f[:5] for f in said(namespace(**labels), pod(hostPID=True))] == ["error"]
    assert [f[:7] for f in said(namespace(**labels), pod())] == ["warning"]


def test_other_namespaces_and_older_servers_do_not_judge() -> None:
    elsewhere = made("Pod", namespace="other", spec=pod(hostPID=True)["spec"])
    assert said(namespace(enforce="baseline"), elsewhere) == []
    assert said(namespace(enforce="baseline"), pod(hostPID=True), minor=22) == []


def limits(**item: Any) -> Map:
    return made("LimitRange", spec={"limits": [{"type": "Container", **item}]})


def sized(**resources: Any) -> Map:
    return workload(replicas=3, containers=[{"name": "c", "image": "x:1", "resources": resources}])


def test_limit_ranges_fill_in_before_they_judge() -> None:
    assert said(limits(max={"cpu": "1"}), workload()) == []
    (found,) = said(limits(max={"cpu": "1"}), sized(limits={"cpu": "2"}))
    assert found == (
        "error outside-limit-range deployment/w: its pods are refused: "
        "maximum cpu usage per Container is 1, but limit is 2"
    )


def test_claims_of_a_stateful_set() -> None:
    item = {"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}}
    stateful = workload("StatefulSet")
    claim = {"metadata": {"name": "d"}, "spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    stateful["spec"]["volumeClaimTemplates"] = [claim]
    (found,) = said(made("LimitRange", spec={"limits": [item]}), stateful)
    assert "its claims are refused: maximum storage usage per PersistentVolumeClaim is 1Gi" in found


@pytest.mark.parametrize(
    ("hard", "objects", "expected"),
    [
        ({"pods": 3}, [workload(replicas=3)], None),
        ({"pods": 3}, [workload(replicas=3), pod()], "requested: pods=4, used: pods=0, limited: pods=3"),
        ({"pods": 0}, [workload(replicas=0)], None),
        ({"pods": 0}, [workload("DaemonSet"), workload("CronJob", "batch/v1")], None),
        ({"requests.cpu": "1"}, [sized(requests={"cpu": "400m"})], "requested: requests.cpu=1200m"),
        ({"limits.cpu": "1"}, [sized(limits={"cpu": "300m"})], None),
        ({"configmaps": 1}, [made("ConfigMap", "a"), made("ConfigMap", "b")], "requested: configmaps=2"),
        ({"count/deployments.apps": 0}, [workload()], "requested: count/deployments.apps=1"),
        ({"services.loadbalancers": 0}, [made("Service", spec={"type": "LoadBalancer"})], "services.loadbalancers=1"),
        ({"services": 1}, [made("Service"), made("Service", "b", namespace="other")], None),
        ({"requests.cpu": "1"}, [pod()], "failed quota: q: must specify requests.cpu for: c"),
    ],
)
def test_quotas(hard: Map, objects: list[Map], expected: str | None) -> None:
    found = said(quota(hard={name: str(amount) for name, amount in hard.items()}), *objects)
    assert len(found) == (expected is not None)
    assert expected is None or expected in found[0]


def test_defaults_of_a_limit_range_count_in_quotas() -> None:
    found = said(quota(hard={"requests.cpu": "1"}), limits(defaultRequest={"cpu": "600m"}), workload(replicas=2))
    assert ["requests.cpu=1200m" in text for text in found] == [True]


def test_quotas_of_a_scope_count_only_its_pods() -> None:
    scoped = quota(hard={"pods": "1"}, scopes=["BestEffort"])
    assert said(scoped, sized(requests={"cpu": "1"})) == []
    assert len(said(scoped, workload(replicas=2))) == 1


def test_order_of_documents_does_not_matter() -> None:
    objects = [
        quota(hard={"pods": "1"}),
        workload(replicas=2),
        pod(),
        limits(max={"cpu": "1"}),
        sized(limits={"cpu": "9"}),
    ]
    objects[-1]["metadata"]["name"] = "other"
    assert sorted(said(*objects)) == sorted(said(*reversed(objects)))


ACCOUNT = made("ServiceAccount", "server")


@pytest.mark.parametrize(
    ("objects", "warned"),
    [
        ([pod(serviceAccountName="web")], False),
        ([pod(serviceAccountName="web"), namespace()], True),
        ([pod(serviceAccountName="web"), ACCOUNT], True),
        ([pod(serviceAccountName="server"), ACCOUNT], False),
        ([pod(serviceAccount="web"), ACCOUNT], True),
        ([pod(serviceAccountName="default"), ACCOUNT], False),
        ([pod(), ACCOUNT], False),
        ([workload(serviceAccountName="web"), ACCOUNT], True),
        ([pod(serviceAccountName="web"), made("ServiceAccount", "server", namespace="other")], False),
    ],
)
def test_service_accounts(objects: list[Map], warned: bool) -> None:
    found = said(*objects)
    assert [text.split(" ")[:2] for text in found] == [["warning", "dangling-service-account"]] * warned


@pytest.mark.parametrize(
    ("field", "kind", "api", "rule"),
    [
        ("priorityClassName", "PriorityClass", "scheduling.k8s.io/v1", "dangling-priority-class"),
        ("runtimeClassName", "RuntimeClass", "node.k8s.io/v1", "dangling-runtime-class"),
    ],
)
def test_classes(field: str, kind: str, api: str, rule: str) -> None:
    known = made(kind, "high", api, namespace=None)
    assert said(pod(**{field: "higher"})) == []
    assert said(pod(**{field: "high"}), known) == []
    (found,) = said(pod(**{field: "higher"}), known)
    assert found.startswith(f"warning {rule} pod/a: {kind} `higher` is not among the manifests")


def test_priorities_of_the_system_are_always_there() -> None:
    known = made("PriorityClass", "high", "scheduling.k8s.io/v1", namespace=None)
    assert said(pod(priorityClassName="system-node-critical"), known) == []


@pytest.mark.parametrize("junk", [None, 1, "x", [], [1], {"a": 1}, True])
def test_broken_objects_are_no_trouble(junk: Any) -> None:
    broken = workload()
    for part in ("containers", "volumes", "securityContext", "serviceAccountName", "priorityClassName", "overhead"):
        broken["spec"]["template"]["spec"][part] = junk
    others = [quota(hard=junk), quota("r", hard={"pods": junk}, scopes=junk), limits(max=junk, default=junk)]
    others += [made("LimitRange", "b", spec={"limits": junk}), namespace(enforce="restricted"), ACCOUNT]
    assert isinstance(said(broken, pod(), made("Service", spec=junk), *others), list)
