"""Objects whose API version is gone: the cluster serves them in the next one."""

from __future__ import annotations

import pytest

import kplan
from kplan.model.change import Verb

DEPLOYMENT = """
apiVersion: {version}
kind: Deployment
metadata: {{name: web}}
spec:
  {selector}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "{image}"}}]}}
"""
SELECTOR = "selector: {matchLabels: {app: web}}"
INGRESS = """
apiVersion: {version}
kind: Ingress
metadata: {{name: web}}
spec: {{rules: [{{http: {{paths: [{{path: /, pathType: Prefix, backend: {backend}}}]}}}}]}}
"""


def deployment(version: str, image: str = "web:1", selector: str = SELECTOR) -> kplan.Manifest:
    return kplan.load_text(DEPLOYMENT.format(version=version, image=image, selector=selector))


@pytest.mark.parametrize("version", ["apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"])
def test_the_next_version_is_the_same_object(version: str) -> None:
    same = kplan.plan(deployment(version), deployment("apps/v1"))
    assert [change.verb for change in same.changes] == ["="]
    assert same.complete
    rolled = kplan.plan(deployment(version), deployment("apps/v1", "web:2"))
    fresh = kplan.plan(None, deployment("apps/v1"))
    assert rolled.rollouts[0].old_names == (fresh.rollouts[0].new_name,)


def test_what_the_old_version_filled_in_counts() -> None:
    same = kplan.plan(deployment("extensions/v1beta1", selector="replicas: 1"), deployment("apps/v1"))
    assert [change.verb for change in same.changes] == ["="]


def test_a_form_that_is_gone_cannot_be_compared() -> None:
    old = INGRESS.format(version="extensions/v1beta1", backend="{serviceName: a, servicePort: 80}")
    new = INGRESS.format(version="networking.k8s.io/v1", backend="{service: {name: a, port: {number: 80}}}")
    plan = kplan.plan(kplan.load_text(old), kplan.load_text(new))
    assert [change.verb for change in plan.changes] == [Verb.CREATE]
    assert "removed in Kubernetes 1.22" in plan.unknown[0]
