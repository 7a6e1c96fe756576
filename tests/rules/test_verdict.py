"""What the schema and the validation say together: each fault once, at its place, and no secret."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest

from kplan.loader import load_text
from kplan.model import format_path
from kplan.pipeline import lint, lint_manifest
from kplan.report import lint_concise, lint_json, lint_text

ALONE = ("syntax", "schema", "validation", "deprecation")
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: LABEL}}
    spec: {containers: [{name: web, image: 'web:1'}]}
"""


def said(text: str, *select: str, minor: int = 36) -> list[tuple[str, str]]:
    found = lint_manifest(load_text(text, file="a.yaml"), minor=minor, select=select or ALONE)
    return sorted((f.rule, format_path(f.path)) for f in found)


def test_what_is_missing_is_told_once() -> None:
    text = SERVICE + "spec: {ports: [{name: http}]}\n"
    assert said(text) == [("invalid-value", "spec.ports[0].targetPort"), ("missing-field", "spec.ports[0].port")]
    assert said(text, "schema") == [("missing-field", "spec.ports[0].port")]
    both = [("invalid-value", "spec.ports[0].port"), ("invalid-value", "spec.ports[0].targetPort")]
    assert said(text, "validation") == both


def test_the_server_names_what_is_below_a_missing_field() -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
    assert said(text) == [
        ("invalid-value", "spec.template.metadata.labels"),
        ("required-value", "spec.selector"),
        ("required-value", "spec.template.spec.containers"),
    ]


def test_nothing_is_validated_that_cannot_be_decoded() -> None:
    text = SERVICE + "spec: {ports: [{prt: 80}]}\n"
    assert said(text) == [("unknown-field", "spec.ports[0].prt")]
    assert said(text, "schema") == [("missing-field", "spec.ports[0].port"), ("unknown-field", "spec.ports[0].prt")]
    assert said(text, "validation") == []


@pytest.mark.parametrize(
    ("kind", "rest", "expected"),
    [
        ("flowcontrol.apiserver.k8s.io/v1 FlowSchema", "", [("missing-field", "metadata.name")]),
        ("authentication.k8s.io/v1 TokenReview", "metadata: {}\nspec: {token: a}", []),
        ("example.com/v1 Shop", "metadata: {name: A_B}", [("no-schema", "kind")]),
        ("example.com/v1 Shop", "", [("no-schema", "kind")]),
    ],
)  # fmt: skip
def test_kinds_without_checks_of_their_own(kind: str, rest: str, expected: list[tuple[str, str]]) -> None:
    api_version, name = kind.split()
    found = said(f"apiVersion: {api_version}\nkind: {name}\n{rest}\n")
    assert [each for each in found if each in expected or each[0] != "missing-field"] == expected


def test_a_custom_resource_has_metadata_like_all_others() -> None:
    definition = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Shop, plural: shops, singular: shop, listKind: ShopList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
---
"""
    shop = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: a, labels: {a: b c}}\n"
    assert said(definition + shop) == [("invalid-value", "metadata.labels")]


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        (DEPLOYMENT.replace("LABEL}", "web, a: b c}"), "spec.template.labels", "7:24"),
        (SERVICE + "spec: {type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: ['x']}",
         "spec.LoadBalancerSourceRanges[0]", "4:76"),
        (SERVICE + "spec: {ports: [{port: 0}]}", "spec.ports[0].port", "4:23"),
    ],
)  # fmt: skip
def test_the_path_is_the_servers_and_the_place_is_the_text(text: str, path: str, place: str) -> None:
    found = {format_path(f.path): f for f in lint_manifest(load_text(text, file="a.yaml"), minor=36, select=ALONE)}
    assert str(found[path].span) == f"a.yaml:{place}"


def test_a_rule_that_explains_more_is_heard_alone() -> None:
    text = DEPLOYMENT.replace("LABEL", "wbe")
    labels = "spec.template.metadata.labels"
    assert said(text) == [("invalid-value", labels)]
    assert said(text, *ALONE, "references") == [("selector-mismatch", labels)]


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: 'a:1'}], %s}\n"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("priority: 5", "priority"),
        ("priority: 0", None),
        ("priority: 2000000000, priorityClassName: system-cluster-critical", None),
        ("priority: 7, priorityClassName: mine", None),
        ("preemptionPolicy: Never", "preemptionPolicy"),
        ("preemptionPolicy: PreemptLowerPriority", None),
        ("overhead: {cpu: 1}", "overhead"),
        ("overhead: {cpu: 1}, runtimeClassName: mine", None),
    ],
)
def test_what_admission_computes_is_not_given(more: str, field: str | None) -> None:
    assert said(POD % more) == ([("forbidden-value", f"spec.{field}")] if field else [])


def test_secrets_are_not_shown() -> None:
    secret = base64.b64encode(b"hunter2").decode()
    contents = [
        f"data: {{'a b': {secret}, b: {secret}}}",
        f"type: kubernetes.io/tls\ndata: {{a: {secret}}}",
        "type: kubernetes.io/tls\nstringData: {'a b': hunter2}",
        f"type: kubernetes.io/dockerconfigjson\ndata: {{.dockerconfigjson: {secret}}}",
        f"type: kubernetes.io/dockercfg\ndata: {{.dockercfg: {secret}}}",
        "type: kubernetes.io/basic-auth\nstringData: {user: hunter2}",
    ]
    for content in contents:
        text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{content}\n"
        found = lint(load_text(text, file="a.yaml"), minor=36, select=ALONE)
        assert found.findings
        for report in (lint_text, lint_concise, lint_json):
            shown = report.report(found)
            assert "hunter2" not in shown
            assert secret not in shown


@pytest.mark.parametrize("text", ["", "---\n# nothing\n", "- a\n- b\n", "hello\n"])
def test_an_input_without_any_object_is_refused(text: str) -> None:
    assert said(text) == [("not-an-object", "")]
    assert said(SERVICE + "spec: {ports: [{port: 80}]}\n---\n" + text) == []


@pytest.mark.parametrize(
    "text", ["replicas: 3\n", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"]
)
def test_a_file_of_another_program_is_no_mistake(text: str) -> None:
    assert said(text) == []


def test_only_the_checks_of_the_kinds_at_hand_are_imported() -> None:
    program = """
import sys
from kplan.loader import load_text
from kplan.pipeline import lint_manifest
manifest = load_text("apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\n")
assert not lint_manifest(manifest, minor=37)
print(sorted(m for m in sys.modules if m.startswith("kplan.validation.core") or m.endswith((".apps", ".networking"))))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['kplan.validation.core_config']\n"
