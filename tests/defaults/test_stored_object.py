"""Defaults beyond the recordings: laws, bad input, old versions, what depends on the minor."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kplan.defaults import held_template, revision_hash, same_template, stored, template_hash
from kplan.errors import InputError
from kplan.k8s.goprint import Unpredictable
from kplan.k8s.layout import BASIC, fields, underlying

Value = dict[str, Any]

KINDS = [
    ("apps/v1", "Deployment", "apps/v1.Deployment"),
    ("apps/v1", "StatefulSet", "apps/v1.StatefulSet"),
    ("apps/v1", "DaemonSet", "apps/v1.DaemonSet"),
    ("apps/v1", "ReplicaSet", "apps/v1.ReplicaSet"),
    ("batch/v1", "Job", "batch/v1.Job"),
    ("batch/v1", "CronJob", "batch/v1.CronJob"),
    ("v1", "Pod", "core/v1.Pod"),
    ("v1", "Service", "core/v1.Service"),
    ("v1", "Namespace", "core/v1.Namespace"),
    ("v1", "LimitRange", "core/v1.LimitRange"),
    ("v1", "ResourceQuota", "core/v1.ResourceQuota"),
    ("v1", "PersistentVolume", "core/v1.PersistentVolume"),
    ("v1", "PersistentVolumeClaim", "core/v1.PersistentVolumeClaim"),
    ("v1", "ReplicationController", "core/v1.ReplicationController"),
    ("v1", "ServiceAccount", "core/v1.ServiceAccount"),
    ("autoscaling/v2", "HorizontalPodAutoscaler", "autoscaling/v2.HorizontalPodAutoscaler"),
    ("networking.k8s.io/v1", "NetworkPolicy", "networking/v1.NetworkPolicy"),
    ("networking.k8s.io/v1", "Ingress", "networking/v1.Ingress"),
    ("storage.k8s.io/v1", "CSIDriver", "storage/v1.CSIDriver"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "rbac/v1.RoleBinding"),
    ("discovery.k8s.io/v1", "EndpointSlice", "discovery/v1.EndpointSlice"),
    (
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
        "admissionregistration/v1.MutatingWebhookConfiguration",
    ),
    ("extensions/v1beta1", "Deployment", "extensions/v1beta1.Deployment"),
]
TEXT = st.sampled_from(["", "a", "RollingUpdate", "Container", "Always", "ClientIP", "LoadBalancer", "nginx:1"])
NUMBER = st.integers(-1, 3)
SCALARS = {
    "string": TEXT,
    "bool": st.booleans(),
    "resource.Quantity": st.sampled_from(["0", "1", "1000m", "0.1", "1Gi", "1e3", "100Ti", "1u", 5, 0.5]),
    "intstr.IntOrString": st.one_of(NUMBER, st.sampled_from(["http", "25%"])),
    "meta/v1.Time": st.just("2024-01-02T03:04:05Z"),
    "meta/v1.MicroTime": st.just("2024-01-02T03:04:05.000000Z"),
    "meta/v1.Duration": st.just("1s"),
    "[]byte": st.just("YQ=="),
}
SERVER_OWNED = {"status", "managedFields", "ownerReferences"}


def values(type_: str, minor: int, depth: int) -> st.SearchStrategy[Any]:
    """JSON that a Go type can hold."""
    bare = underlying(type_.lstrip("*"))
    if bare in SCALARS:
        return SCALARS[bare]
    if bare in BASIC:
        return NUMBER
    if bare.startswith("[]"):
        return st.lists(values(bare[2:], minor, depth), max_size=2)
    if bare.startswith("map["):
        return st.dictionaries(
            st.sampled_from(["cpu", "app"]), values(bare.partition("]")[2], minor, depth), max_size=2
        )
    known = fields(bare, minor)
    return st.deferred(lambda: struct(bare, minor, depth - 1)) if known and depth else st.just({})


def struct(type_: str, minor: int, depth: int) -> st.SearchStrategy[Value]:
    optional = {}
    for name, inner in json_fields(type_, minor):
        if name not in SERVER_OWNED:
            optional[name] = st.one_of(st.none(), values(inner, minor, depth))
    return st.fixed_dictionaries({}, optional=optional)


def json_fields(type_: str, minor: int) -> list[tuple[str, str]]:
    found = []
    for field in fields(type_, minor) or ():
        found += json_fields(field.type, minor) if field.inline else [(field.json, field.type)]
    return found


@st.composite
def objects(draw: st.DrawFn) -> tuple[Value, int]:
    api_version, kind, type_ = draw(st.sampled_from(KINDS))
    minor = draw(st.integers(16, 37))
    value = draw(struct(type_, minor, 7))
    return {**value, "apiVersion": api_version, "kind": kind}, minor


@given(objects())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_stored_is_idempotent_and_leaves_its_input_alone(case: tuple[Value, int]) -> None:
    data, minor = case
    before = json.dumps(data)
    once = stored(data, minor)
    assert json.dumps(data) == before
    assert stored(once, minor) == once
    json.dumps(once, allow_nan=False)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "metadata",
                    "spec",
                    "template",
                    "containers",
                    "ports",
                    "volumes",
                    "resources",
                    "limits",
                    "rules",
                    "env",
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(["metadata", "spec", "data", "webhooks"]), JSON))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_bad_input_raises_nothing_but_input_errors(kind: tuple[str, str, str], data: Value) -> None:
    for call in (
        lambda: stored({**data, "apiVersion": kind[0], "kind": kind[1]}, 36),
        lambda: template_hash(data, 36),
        lambda: revision_hash(data, 20),
    ):
        with contextlib.suppress(InputError):
            call()


TEMPLATE: Value = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "app", "image": "nginx:1.27"}]},
}


def deployment(api_version: str, **spec: Any) -> Value:
    return {
        "apiVersion": api_version,
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {**spec, "template": TEMPLATE},
    }


@pytest.mark.parametrize(
    ("api_version", "surge", "history", "deadline"),
    [
        ("apps/v1", "25%", 10, 600),
        ("apps/v1beta2", "25%", 10, 600),
        ("apps/v1beta1", "25%", 2, 600),
        ("extensions/v1beta1", 1, 2**31 - 1, 2**31 - 1),
    ],
)
def test_old_versions_of_deployment(api_version: str, surge: str | int, history: int, deadline: int) -> None:
    spec = stored(deployment(api_version), 16)["spec"]
    rolling = {"maxSurge": surge, "maxUnavailable": surge}
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}
    assert (spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (history, deadline)


def test_old_deployments_select_the_labels_of_their_template() -> None:
    found = stored(deployment("extensions/v1beta1"), 16)
    assert found["spec"]["selector"] == {"matchLabels": {"app": "web"}}
    assert found["metadata"]["labels"] == {"app": "web"}
    assert stored(deployment("apps/v1"), 16)["spec"]["selector"] is None


def service(minor: int, **spec: Any) -> Value:
    data = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}
    found: Value = stored(data, minor)["spec"]
    return found


@pytest.mark.parametrize(
    ("minor", "known"),
    [
        (16, set()),
        (20, set()),
        (21, {"ipFamilies", "ipFamilyPolicy"}),
        (22, {"internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy"}),
    ],
)
def test_services_by_minor(minor: int, known: set[str]) -> None:
    found = service(minor, ports=[{"port": 80}])
    assert set(found) == {"ports", "type", "sessionAffinity"} | known
    assert found["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]


def test_headless_services() -> None:
    free = service(36, clusterIP="None")
    assert (free["ipFamilyPolicy"], free["ipFamilies"]) == ("RequireDualStack", ["IPv4", "IPv6"])
    bound = service(36, clusterIP="None", selector={"app": "web"})
    assert (bound["ipFamilyPolicy"], bound["ipFamilies"], bound["clusterIPs"]) == ("SingleStack", ["IPv4"], ["None"])


def test_custom_resources_come_back_as_they_are() -> None:
    data = {"apiVersion": "example.com/v1", "kind": "Shop", "spec": {"empty": {}}}
    assert stored(data, 36) is data


def test_times_in_a_template_make_its_hash_unpredictable() -> None:
    template = {"metadata": {"creationTimestamp": "2024-01-02T03:04:05Z"}, "spec": TEMPLATE["spec"]}
    with pytest.raises(Unpredictable, match="2024-01-02T03:04:05Z"):
        template_hash(template, 36)
    assert template_hash({**template, "metadata": {"creationTimestamp": None}}, 36)


def test_collisions_change_the_hash() -> None:
    assert len({template_hash(TEMPLATE, 36, count) for count in (None, 0, 1)}) == 3
    assert len({revision_hash(TEMPLATE, 36, count) for count in (None, 0, 1)}) == 2


def test_what_is_no_change_of_a_template() -> None:
    explicit = held_template(TEMPLATE, 36)
    assert template_hash(explicit, 36) == template_hash(TEMPLATE, 36)
    assert same_template(held_template(explicit, 36), explicit)
    labelled = {**explicit, "metadata": {"labels": {"app": "web", "pod-template-hash": "x"}}}
    assert same_template(labelled, explicit)
    assert not same_template({**explicit, "metadata": {"labels": {"app": "api"}}}, explicit)


def pod(minor: int, metadata: Value | None = None, **spec: Any) -> Value:
    container = {"name": "app", "image": "nginx:1.27"}
    data = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", **(metadata or {})},
        "spec": {"containers": [container], **spec},
    }
    return stored(data, minor)


def test_pods_tolerate_evictions_once() -> None:
    added = pod(36)["spec"]["tolerations"]
    assert [toleration["key"] for toleration in added] == [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ]
    assert pod(36, tolerations=[{"operator": "Exists"}])["spec"]["tolerations"] == [{"operator": "Exists"}]


def test_the_priority_of_a_class_that_only_the_cluster_knows_stays_open() -> None:
    assert pod(36)["spec"]["priority"] == 0
    assert "priority" not in pod(36, priorityClassName="gold")["spec"]
    assert pod(36, priorityClassName="system-node-critical")["spec"]["priority"] == 2_000_001_000


def test_gated_pods_say_so() -> None:
    (condition,) = pod(36, schedulingGates=[{"name": "example.com/wait"}])["status"]["conditions"]
    assert (condition["type"], condition["reason"]) == ("PodScheduled", "SchedulingGated")
    assert "conditions" not in pod(26, schedulingGates=[{"name": "example.com/wait"}])["status"]


def test_label_keys_become_requirements() -> None:
    term = {"labelSelector": {}, "matchLabelKeys": ["app"], "mismatchLabelKeys": ["tenant"], "topologyKey": "zone"}
    affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    found = pod(36, {"labels": {"app": "web", "tenant": "a"}}, affinity=affinity)["spec"]["affinity"]
    (held,) = found["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert held["labelSelector"]["matchExpressions"] == [
        {"key": "app", "operator": "In", "values": ["web"]},
        {"key": "tenant", "operator": "NotIn", "values": ["a"]},
    ]


@pytest.mark.parametrize(("minor", "annotated"), [(29, False), (30, True), (33, True), (34, False)])
def test_apparmor_annotations(minor: int, annotated: bool) -> None:
    profile = {"type": "Localhost", "localhostProfile": "strict"}
    found = pod(minor, securityContext={"appArmorProfile": profile})
    key = "container.apparmor.security.beta.kubernetes.io/app"
    assert found["metadata"].get("annotations") == ({key: "localhost/strict"} if annotated else None)


def test_apparmor_fields_come_from_annotations() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/app"
    found = pod(36, {"annotations": {key: "runtime/default"}})
    context = found["spec"]["containers"][0]["securityContext"]
    assert context == {"appArmorProfile": {"type": "RuntimeDefault"}}


def test_pod_level_resources() -> None:
    containers = [{"name": "app", "image": "x", "resources": {"requests": {"cpu": "100m"}}}]
    found = pod(36, containers=containers, resources={"limits": {"cpu": "1", "memory": "1Gi"}})["spec"]["resources"]
    assert found["requests"] == {"cpu": "100m", "memory": "1Gi"}
    assert "resources" not in pod(33, resources={"limits": {"cpu": "1"}})["spec"]


def test_claims_name_their_source_twice() -> None:
    source = {"kind": "PersistentVolumeClaim", "name": "old"}
    data = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "d"},
        "spec": {"dataSource": source},
    }
    assert stored(data, 36)["spec"]["dataSourceRef"] == {"apiGroup": None, **source}
    assert "dataSourceRef" not in stored(data, 23)["spec"]


def test_autoscalers_of_old_return_cpu_last() -> None:
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
    pods = {
        "type": "Pods",
        "pods": {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": 100}},
    }
    data = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": {"metrics": [cpu, pods]}}
    kinds = {minor: [metric["type"] for metric in stored(data, minor)["spec"]["metrics"]] for minor in (26, 27)}
    assert kinds == {26: ["Pods", "Resource"], 27: ["Resource", "Pods"]}


def test_custom_resource_definitions() -> None:
    schema = {"type": "object", "description": "", "additionalProperties": False, "maximum": 3.0, "enum": [None, 1]}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "shops", "kind": "Shop"}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    data = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": spec}
    found = stored(data, 36)
    assert found["spec"]["names"] == {**names, "singular": "shop", "listKind": "ShopList"}
    assert found["spec"]["conversion"] == {"strategy": "None"}
    assert found["status"]["storedVersions"] == ["v1"]
    kept = {"type": "object", "maximum": 3, "enum": [None, 1], "additionalProperties": False}
    assert found["spec"]["versions"][0]["schema"]["openAPIV3Schema"] == kept
