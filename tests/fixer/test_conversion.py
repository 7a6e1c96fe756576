"""What conversions do where no recording shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kplan.fixer.conversion import successor
from kplan.fixer.conversion.certificate import default_signer
from kplan.fixer.fixable import _SAFETY, fixable
from kplan.fixer.run import RULES
from kplan.loader import load_text
from kplan.pipeline import fix

SERVING = (
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkVqQ0J1QUlCQURBd01SVXdFd1lEVlFRS0RBeHplWE4wWlcw"
    "NmJtOWtaWE14RnpBVkJnTlZCQU1NRG5ONQpjM1JsYlRwdWIyUmxPbTR4TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RR"
    "Z0FFU0RGV1NxOWgxQ2dYCnpuSzBXRDROUmlqamZVNm0yNGFwVWk0d0VQMFVvY1JObFJLZjQ0NnBaakF6bnhVbGJqSDdzbnJzdlVT"
    "dEgvUXcKcXNCT1J1M1l0cUFtTUNRR0NTcUdTSWIzRFFFSkRqRVhNQlV3RXdZRFZSMFJCQXd3Q29JQ2JqR0hCQW9BQUFFdwpDZ1lJ"
    "S29aSXpqMEVBd0lEU1FBd1JnSWhBTWFHcElVbWlleHNxZVFYR2tEeldTcFBHQXJzanhST0kzY1Q1NEdOCndzMVNBaUVBelBCMDdo"
    "aTVlaWIzR2paYTJPWEFkK1B5TXp5dytSUjh1VWJXcGlCSHVRUT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=="
)
"""A certificate request of the node n1 with a DNS name and an IP address."""
USAGES = {"digital signature", "key encipherment"}


def _converted(data: dict[str, Any], minor: int = 37) -> tuple[dict[str, Any], tuple[str, ...]]:
    fixing = fix({"x.json": json.dumps({"metadata": {"name": "x"}, **data}).encode()}, minor=minor)
    found = load_text(fixing.files[0].after, file="x.json").resources[0].data
    return found, tuple(remark for done in fixing.fixes for remark in done.remarks)


@pytest.mark.parametrize(
    ("usages", "signer"),
    [
        (USAGES | {"server auth"}, "kubernetes.io/kubelet-serving"),
        (USAGES | {"client auth"}, "kubernetes.io/legacy-unknown"),
        (USAGES, "kubernetes.io/legacy-unknown"),
    ],
)
def test_the_signer_of_a_serving_certificate(usages: set[str], signer: str) -> None:
    assert default_signer(SERVING, usages) == signer


@pytest.mark.parametrize("request_", ["", "AA==", "no base64", SERVING[:200], SERVING[:-40], None, 3])
def test_the_signer_of_what_is_no_request(request_: object) -> None:
    assert default_signer(request_, USAGES | {"server auth"}) == "kubernetes.io/legacy-unknown"


def _definition(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    spec = {"group": "example.com", "version": "v1", "scope": "Namespaced", "names": {"plural": "xs", "kind": "X"}}
    validation = {"openAPIV3Schema": schema}
    return {
        "apiVersion": "apiextensions.k8s.io/v1beta1",
        "kind": "CustomResourceDefinition",
        "spec": {**spec, "validation": validation, **more},
    }


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"properties": {"spec": {"type": "object"}}}, "openAPIV3Schema has no type"),
        ({"type": "object", "properties": {"a": {}}}, "openAPIV3Schema.properties[a] has no type"),
        ({"type": "object", "properties": {"a": {"type": "array"}}}, "has no schema of its items"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "anyOf": [{"properties": {"b": {}}}]},
            "anyOf[0].properties[b] is not declared outside of it",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string", "oneOf": [{"type": "string"}]}}},
            "oneOf[0] has `type`",
        ),
        ({"type": "object", "properties": {"metadata": {"type": "object", "nullable": True}}}, "says more than type"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "has additionalProperties"),
    ],
)
def test_a_schema_that_v1_refuses_keeps_the_field_for_a_person(schema: dict[str, Any], reason: str) -> None:
    data, remarks = _converted(_definition(schema))
    assert data["spec"]["preserveUnknownFields"] is True
    assert data["spec"]["versions"][0]["schema"]["openAPIV3Schema"] == schema
    assert reason in remarks[0]


def test_every_object_of_a_schema_is_marked_but_the_metadata_of_the_root() -> None:
    inner = {"type": "object", "properties": {"metadata": {"type": "object"}}}
    schema = {
        "type": "object",
        "properties": {
            "metadata": {"type": "object"},
            "list": {"type": "array", "items": inner},
            "map": {"type": "object", "additionalProperties": inner},
            "port": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        },
    }
    data, remarks = _converted(_definition(schema))
    mark = {"x-kubernetes-preserve-unknown-fields": True}
    marked = {"type": "object", **mark, "properties": {"metadata": {"type": "object", **mark}}}
    assert not remarks
    assert "preserveUnknownFields" not in data["spec"]
    assert data["spec"]["versions"][0]["schema"]["openAPIV3Schema"] == {
        "type": "object",
        **mark,
        "properties": {
            **schema["properties"],
            "list": {"type": "array", "items": marked},
            "map": {"type": "object", **mark, "additionalProperties": marked},
        },
    }


@pytest.mark.parametrize(
    ("version", "annotations", "limited", "expected"),
    [
        ("v1beta1", {}, {"assuredConcurrencyShares": 0}, {"nominalConcurrencyShares": 30}),
        ("v1beta3", {}, {"nominalConcurrencyShares": 0}, {"nominalConcurrencyShares": 30}),
        ("v1beta3", {"keep": ""}, {"nominalConcurrencyShares": 0}, {"nominalConcurrencyShares": 0}),
        ("v1beta3", {"keep": ""}, {}, {"nominalConcurrencyShares": 0}),
        ("v1beta3", {}, {}, {}),
    ],
)
def test_no_shares(version: str, annotations: dict[str, str], limited: dict[str, Any], expected: Any) -> None:
    mark = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"
    response = {"limitResponse": {"type": "Reject"}}
    data, _ = _converted(
        {
            "apiVersion": f"flowcontrol.apiserver.k8s.io/{version}",
            "kind": "PriorityLevelConfiguration",
            "metadata": {"name": "x", "annotations": {mark if k == "keep" else k: v for k, v in annotations.items()}},
            "spec": {"type": "Limited", "limited": {**limited, **response}},
        }
    )
    assert data["spec"]["limited"] == {**expected, **response}
    assert not data["metadata"].get("annotations")


def test_an_endpoint_whose_host_name_is_its_node() -> None:
    topology = {"kubernetes.io/hostname": "n1", "topology.kubernetes.io/zone": "a"}
    endpoint = {"addresses": ["10.0.0.1"], "nodeName": "n1", "topology": topology}
    data, _ = _converted(
        {
            "apiVersion": "discovery.k8s.io/v1beta1",
            "kind": "EndpointSlice",
            "addressType": "IPv4",
            "endpoints": [endpoint],
        }
    )
    assert data["endpoints"] == [{"addresses": ["10.0.0.1"], "nodeName": "n1", "zone": "a"}]


def test_a_quoted_port_of_an_ingress_is_a_name() -> None:
    backend = {"serviceName": "web", "servicePort": "80"}
    data, _ = _converted({"apiVersion": "networking.k8s.io/v1beta1", "kind": "Ingress", "spec": {"backend": backend}})
    assert data["spec"] == {"defaultBackend": {"service": {"name": "web", "port": {"name": "80"}}}}


def test_an_external_metric() -> None:
    external = {"metricName": "q", "metricSelector": {"matchLabels": {"a": "b"}}, "targetAverageValue": "3"}
    spec = {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "web"}}
    data, _ = _converted(
        {
            "apiVersion": "autoscaling/v2beta1",
            "kind": "HorizontalPodAutoscaler",
            "spec": {**spec, "metrics": [{"type": "External", "external": external}]},
        }
    )
    assert data["spec"]["metrics"][0]["external"] == {
        "metric": {"name": "q", "selector": {"matchLabels": {"a": "b"}}},
        "target": {"type": "AverageValue", "averageValue": "3"},
    }


@pytest.mark.parametrize(
    ("group", "version", "kind", "minor", "becomes"),
    [
        ("extensions", "v1beta1", "Ingress", 18, "networking.k8s.io/v1beta1"),
        ("extensions", "v1beta1", "Ingress", 19, "networking.k8s.io/v1"),
        ("autoscaling", "v2beta1", "HorizontalPodAutoscaler", 22, "autoscaling/v2beta2"),
        ("autoscaling", "v1", "HorizontalPodAutoscaler", 23, "autoscaling/v2"),
        ("autoscaling", "v1", "HorizontalPodAutoscaler", 22, None),
        ("rbac.authorization.k8s.io", "v1alpha1", "Role", 21, "rbac.authorization.k8s.io/v1"),
        ("apps", "v1", "Deployment", 37, None),
        ("example.com", "v1beta1", "Shop", 37, None),
    ],
)
def test_what_a_version_becomes(group: str, version: str, kind: str, minor: int, becomes: str | None) -> None:
    found = successor(group, version, kind, minor)
    assert (found.api.api_version if found and found.api else None) == becomes


def test_the_table_of_fixes_names_the_rules_that_have_some() -> None:
    assert set(_SAFETY) == RULES
    assert fixable("no-schema") is None
