"""One mistake is told once: rules do not build on what could not be read as it was meant."""

from __future__ import annotations

import pytest

from kplan.k8s.selector import label_selector
from kplan.loader import load_text
from kplan.pipeline import lint_manifest

WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {port: http}}
          envFrom: [{configMapRef: {name: settings}}]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: b}\n"
ALL = "---\n".join((WORKLOAD, SERVICE, SETTINGS))


def rules(text: str) -> list[str]:
    return [finding.rule for finding in lint_manifest(load_text(text, file="a.yaml"), minor=37)]


def test_nothing_is_wrong_before() -> None:
    assert rules(ALL) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    metadata: {labels: {app: web}}", "    labels: {app: web}", ["unknown-field"]),
        ("    metadata: {labels", "    metdata: {labels", ["unknown-field"]),
        ("labels: {app: web}}\n    spec", "labels: [app]}\n    spec", ["wrong-type"]),
        ("  template:", "  tempalte:", ["unknown-field"]),
        ("containerPort: 8080", "port: 8080", ["unknown-field"]),
        ("ports: [{name", "port: [{name", ["unknown-field"]),
        ("        - name: web", "          name: web", ["wrong-type"]),
        ("kind: ConfigMap", "kind: Configmap", ["unknown-kind"]),
        ("kind: ConfigMap", "kind: ConfgiMap", ["unknown-kind"]),
        ("data: {A: b}", "data: {A: b", ["yaml-syntax"]),
        ("kind: ConfigMap\n", "", ["not-an-object"]),
        ("metadata: {name: settings}", "metadata: {name: settings, {{ .x }}: y}", ["unrendered-template"]),
    ],
)
def test_a_mistake_is_told_once(old: str, new: str, told: list[str]) -> None:
    assert ALL.count(old) == 1
    assert rules(ALL.replace(old, new)) == told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("image: web:1", "imag: web:1", ["service-without-endpoints", "unknown-field"]),
        ("data: {A: b}", "data: {A: 1}", ["service-without-endpoints", "wrong-type"]),
    ],
)
def test_another_mistake_is_told_beside_it(old: str, new: str, told: list[str]) -> None:
    both = ALL.replace(old, new).replace("selector: {app: web}\n  ports", "selector: {app: wbe}\n  ports")
    assert sorted(rules(both)) == told


@pytest.mark.parametrize("expressions", [5, "x", {"key": "a"}, [5], [{"key": "a", "operator": []}]])
def test_a_selector_that_is_none_selects_nothing(expressions: object) -> None:
    selector = label_selector({"matchExpressions": expressions})
    assert not selector.matches({"a": "b"})
    assert not selector.matches({})
