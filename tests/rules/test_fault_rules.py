"""What the pages of some rules have no room for."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.loader import load_text
from kplan.pipeline import lint_manifest
from kplan.rules.slip import is_slip


def said(rule: str, *documents: str) -> list[str]:
    manifest = load_text("\n---\n".join(documents), file="a.yaml")
    return [finding.message for finding in lint_manifest(manifest, minor=37, select=[rule])]


def pod(spec: str) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p, labels: {{app: p}}}}\nspec: {{{spec}}}"


@pytest.mark.parametrize(
    ("image", "wrong"),
    [
        ("web", False),
        ("localhost:5000/a/web:1.0-rc.1_x", False),
        ("Registry.example/web", False),
        ("web@sha256:" + "a" * 64, False),
        ("web@sha256:abc", True),
        ("Web", True),
        ("registry.example/Shop/web", True),
        ("registry.example/web:1:2", True),
        ("registry.example//web", True),
        ("registry.example/web:", True),
        ("https://registry.example/web:1", True),
        ("web 1", True),
        ("web:${TAG}", True),
        ("web:${TAG:=1}", False),
        ("ko://example.com/cmd/web", False),
        ("IMAGE", False),
        ("IMAGE_WEB:latest", False),
        ("<image>", False),
        ("{image}", False),
        ("$(REGISTRY)/web", False),
        (" web", False),
    ],
)
def test_images(image: str, wrong: bool) -> None:
    assert bool(said("invalid-image", pod(f'containers: [{{name: c, image: "{image}"}}]'))) is wrong


@pytest.mark.parametrize(
    ("pod_context", "own", "wrong"),
    [
        ("runAsNonRoot: true, runAsUser: 0", "", True),
        ("runAsNonRoot: true, runAsUser: 0", "runAsUser: 5", False),
        ("runAsNonRoot: true, runAsUser: 0", "runAsNonRoot: false", False),
        ("runAsUser: 0", "runAsNonRoot: true", True),
        ("runAsNonRoot: true", "runAsUser: 0", True),
        ("runAsNonRoot: true", "", False),
        ("", "runAsUser: 0", False),
    ],
)
def test_root_despite_non_root(pod_context: str, own: str, wrong: bool) -> None:
    spec = f"securityContext: {{{pod_context}}}, containers: [{{name: c, image: i, securityContext: {{{own}}}}}]"
    assert bool(said("root-despite-non-root", pod(spec))) is wrong
    assert not said("root-despite-non-root", pod(f"os: {{name: windows}}, {spec}"))


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("labelSelector: {matchLabels: {app: p}}", False),
        ("labelSelector: {matchLabels: {app: q}}", True),
        ("labelSelector: {matchLabels: {app: p, tier: x}}", True),
        ("labelSelector: {matchExpressions: [{key: app, operator: Exists}]}", False),
        ("labelSelector: {matchExpressions: [{key: app, operator: NotIn, values: [p]}]}", True),
        ('labelSelector: {matchLabels: {app: "${name}"}}', False),
        ("labelSelector: {}", False),
        ("topologyKey: zone", False),
    ],
)
def test_spread(constraint: str, wrong: bool) -> None:
    spec = f"topologySpreadConstraints: [{{{constraint}}}], containers: [{{name: c, image: i}}]"
    assert bool(said("spread-of-other-pods", pod(spec))) is wrong


CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [%s]}"
SHARING = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: %s
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]%s}
"""


@pytest.mark.parametrize(
    ("modes", "replicas", "more", "wrong"),
    [
        ("ReadWriteOnce", 2, "", True),
        ("ReadWriteOncePod", 2, "", True),
        ("ReadWriteOnce", 1, "", False),
        ("ReadWriteMany", 2, "", False),
        ("ReadWriteOnce, ReadWriteMany", 2, "", False),
        ("", 2, "", False),
        ("ReadWriteOnce", 2, ", nodeName: a", False),
        ("ReadWriteOnce", 2, ", nodeSelector: {kubernetes.io/hostname: a}", False),
    ],
)
def test_shared_claims(modes: str, replicas: Any, more: str, wrong: bool) -> None:
    assert bool(said("claim-shared-by-replicas", CLAIM % modes, SHARING % (replicas, more))) is wrong


INGRESS = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {tls: %s, rules: %s}"


@pytest.mark.parametrize(
    ("tls", "rules", "wrong"),
    [
        ("[{hosts: [a.b.c]}]", "[{host: a.b.c}]", False),
        ("[{hosts: [x.b.c]}]", "[{host: a.b.c}]", True),
        ("[{hosts: ['*.b.c']}]", "[{host: a.b.c}]", False),
        ("[{hosts: ['*.b.c']}]", "[{host: a.a.b.c}]", True),
        ("[{hosts: [a.b.c]}]", "[{host: '*.b.c'}]", False),
        ("[{hosts: [a.b.c, x.b.c]}]", "[{host: a.b.c}]", False),
        ("[{hosts: [x.b.c]}]", "[{}]", False),
        ("[{hosts: [x.b.c]}]", "[{host: '${host}'}]", False),
        ("[{secretName: s}]", "[{host: a.b.c}]", False),
    ],
)
def test_hosts_of_certificates(tls: str, rules: str, wrong: bool) -> None:
    assert bool(said("unserved-tls-host", INGRESS % (tls, rules))) is wrong


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [("db", "bd", False), ("web-db", "web-bd", True), ("web-12", "web-21", False), ("shop-eu", "shop-us", False)],
)
def test_letters_in_each_others_place(one: str, other: str, slip: bool) -> None:
    assert is_slip(one, other) is slip
