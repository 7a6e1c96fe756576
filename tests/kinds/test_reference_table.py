"""The table of references, and what is read by it."""

from __future__ import annotations

import json

import pytest

from kplan.kinds import Lifecycle, lifecycles, scope
from kplan.kinds.builtin import builtin_keys, is_builtin
from kplan.kinds.reference import POD_SPEC, Row, references
from kplan.kinds.reference_made import made, makes_claim
from kplan.kinds.reference_table import ROWS
from kplan.loader import load_text
from kplan.model import ObjectRef, Resource, format_path
from kplan.pipeline import lint_manifest


def split(written: str) -> tuple[str, str]:
    group, _, kind = written.rpartition("/")
    return group, kind


RBAC = "rbac.authorization.k8s.io"


def resource(text: str) -> Resource:
    (one,) = load_text(text, file="a.yaml").resources
    return one


def read(text: str) -> list[str]:
    """Each reference as `path -> group/kind/namespace/name`, with what else is asked of the target."""
    found = []
    for r in references(resource(text)):
        t = r.target
        more = [f"key {key}" for _, key in r.keys] + ([f"port {r.port[1]}"] if r.port else [])
        target = "/".join(part for part in (t.group, t.kind, t.namespace, t.name) if part)
        more += ["optional"] if r.optional else []
        found.append(f"{format_path(r.path)} -> {target}" + (f" ({', '.join(more)})" if more else ""))
    return found


def pod(spec: str) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}\n"


def custom(api: str, kind: str, spec: str) -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: x, namespace: shop}}\nspec: {spec}\n"


BUILT_IN = [row for row in ROWS if row.of == POD_SPEC or scope(*split(row.of)) is not None]


@pytest.mark.parametrize("row", BUILT_IN, ids=lambda row: f"{row.of}:{row.at}")
def test_row_is_about_fields_that_the_api_has(row: Row) -> None:
    group, kind = ("", "Pod") if row.of == POD_SPEC else split(row.of)
    way = f"spec.{row.at}" if row.of == POD_SPEC else row.at
    fields = [way, *(f"{way.rpartition('.')[0]}.{field}" for field in (row.kind, row.group, row.namespace) if field)]
    for field in fields:
        assert any(_knows(life, kind, field) for life in lifecycles(group, kind)), field


def _knows(life: Lifecycle, kind: str, way: str) -> bool:
    """Whether the last minor that serves a version of the kind has the field."""
    value: object = "x"
    for step in reversed(way.split(".")):
        value = {step.removesuffix("[]"): [value] if step.endswith("[]") else value}
    assert isinstance(value, dict)
    data = {"apiVersion": life.api.api_version, "kind": kind, "metadata": {"name": "x"}, **value}
    minor = (life.removed or 38) - 1
    return not lint_manifest(load_text(json.dumps(data)), minor=minor, select=["unknown-field", "unknown-kind"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.of}:{row.at}")
def test_row_leads_to_a_kind(row: Row) -> None:
    group, kind = split(row.to)
    assert kind[:1].isupper()
    assert scope(group, kind) is not None or "." in group
    assert row.loss
    assert not row.loss.endswith(".")


def test_rows_are_told_once() -> None:
    assert len({(row.of, row.at) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{serviceAccountName: a, serviceAccount: a}", ["spec.serviceAccountName -> ServiceAccount/shop/a"]),
        ("{serviceAccount: a}", ["spec.serviceAccount -> ServiceAccount/shop/a"]),
        ("{serviceAccountName: 3, volumes: {a: b}, containers: [null, 1]}", []),
        ("{imagePullSecrets: [{name: r}, {}]}", ["spec.imagePullSecrets[0].name -> Secret/shop/r"]),
        ("{priorityClassName: high}", ["spec.priorityClassName -> scheduling.k8s.io/PriorityClass/high"]),
        ("{runtimeClassName: '${class}'}", []),
        (
            "{containers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}]}]}",
            ["spec.containers[0].env[0].valueFrom.secretKeyRef.name -> Secret/shop/s (key k, optional)"],
        ),
        (
            "{initContainers: [{envFrom: [{configMapRef: {name: c}}]}]}",
            ["spec.initContainers[0].envFrom[0].configMapRef.name -> ConfigMap/shop/c"],
        ),
        (
            "{volumes: [{name: v, secret: {secretName: s, items: [{key: a, path: a}, {key: b, path: b}]}}]}",
            ["spec.volumes[0].secret.secretName -> Secret/shop/s (key a, key b)"],
        ),
        (
            "{volumes: [{name: v, projected: {sources: [{configMap: {name: c, items: [{key: a, path: a}]}}]}}]}",
            ["spec.volumes[0].projected.sources[0].configMap.name -> ConfigMap/shop/c (key a)"],
        ),
        (
            "{volumes: [{name: v, persistentVolumeClaim: {claimName: d}}]}",
            ["spec.volumes[0].persistentVolumeClaim.claimName -> PersistentVolumeClaim/shop/d"],
        ),
        (
            "{volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}}]}",
            ["spec.volumes[0].ephemeral.volumeClaimTemplate.spec.storageClassName -> storage.k8s.io/StorageClass/fast"],
        ),
    ],
)
def test_pods(spec: str, expected: list[str]) -> None:
    assert read(pod(spec)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            custom("networking.k8s.io/v1", "Ingress", "{defaultBackend: {service: {name: s, port: {name: http}}}}"),
            ["spec.defaultBackend.service.name -> Service/shop/s (port http)"],
        ),
        (
            custom("extensions/v1beta1", "Ingress", "{backend: {serviceName: s, servicePort: 80}}"),
            ["spec.backend.serviceName -> Service/shop/s (port 80)"],
        ),
        (
            custom("autoscaling/v2", "HorizontalPodAutoscaler",
                   "{scaleTargetRef: {apiVersion: extensions/v1beta1, kind: Deployment, name: d}}"),
            ["spec.scaleTargetRef.name -> apps/Deployment/shop/d"],
        ),
        (
            custom("keda.sh/v1alpha1", "ScaledObject", "{scaleTargetRef: {name: d}}"),
            ["spec.scaleTargetRef.name -> apps/Deployment/shop/d"],
        ),
        (
            custom("cert-manager.io/v1", "Certificate", "{issuerRef: {name: i, kind: ClusterIssuer}}"),
            ["spec.issuerRef.name -> cert-manager.io/ClusterIssuer/i"],
        ),
        (
            custom("cert-manager.io/v1", "Certificate", "{issuerRef: {name: i, kind: Own, group: example.com}}"),
            ["spec.issuerRef.name -> example.com/Own/shop/i"],
        ),
        (
            custom("gateway.networking.k8s.io/v1", "HTTPRoute",
                   "{parentRefs: [{name: g, namespace: edge}], rules: [{backendRefs: [{name: s, port: 80}]}]}"),
            [
                "spec.parentRefs[0].name -> gateway.networking.k8s.io/Gateway/edge/g",
                "spec.rules[0].backendRefs[0].name -> Service/shop/s (port 80)",
            ],
        ),
        (
            custom("argoproj.io/v1alpha1", "Application", "{project: web}"),
            ["spec.project -> argoproj.io/AppProject/shop/web"],
        ),
        (
            custom("kustomize.toolkit.fluxcd.io/v1", "Kustomization",
                   "{sourceRef: {kind: OCIRepository, name: r, namespace: flux-system},"
                   " postBuild: {substituteFrom: [{kind: Secret, name: s, optional: true}]}}"),
            [
                "spec.sourceRef.name -> source.toolkit.fluxcd.io/OCIRepository/flux-system/r",
                "spec.postBuild.substituteFrom[0].name -> Secret/shop/s (optional)",
            ],
        ),
        (
            custom("external-secrets.io/v1", "ExternalSecret", "{secretStoreRef: {name: v, kind: ClusterSecretStore}}"),
            ["spec.secretStoreRef.name -> external-secrets.io/ClusterSecretStore/v"],
        ),
        (
            custom("argoproj.io/v1alpha1", "Rollout",
                   "{strategy: {canary: {canaryService: c}},"
                   " template: {spec: {serviceAccountName: a, containers: [{name: c}]}}}"),
            [
                "spec.strategy.canary.canaryService -> Service/shop/c",
                "spec.template.spec.serviceAccountName -> ServiceAccount/shop/a",
            ],
        ),
        (
            custom("traefik.io/v1alpha1", "IngressRoute", "{routes: [{services: [{name: t, kind: TraefikService}]}]}"),
            [],
        ),
        (
            "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.x}\n"
            "spec: {service: {name: s, namespace: shop}}\n",
            ["spec.service.name -> Service/shop/s (port 443)"],
        ),
        (
            f"apiVersion: {RBAC}/v1\nkind: ClusterRoleBinding\nmetadata: {{name: b}}\n"
            "roleRef: {kind: ClusterRole, name: view}\n"
            "subjects: [{kind: User, name: me}, {kind: ServiceAccount, name: a, namespace: shop},"
            " {kind: ServiceAccount, name: nowhere}]\n",
            ["roleRef.name -> rbac.authorization.k8s.io/ClusterRole/view", "subjects[1].name -> ServiceAccount/shop/a"],
        ),
    ],
    ids=lambda value: value.split("\n")[1][6:] if isinstance(value, str) else "",
)  # fmt: skip
def test_objects(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (custom("cert-manager.io/v1", "Certificate", "{secretName: t}"), [("t", {"ca.crt", "tls.crt", "tls.key"})]),
        (custom("cert-manager.io/v1", "Certificate", "{secretName: t, keystores: {jks: {}}}"), [("t", None)]),
        (custom("external-secrets.io/v1", "ExternalSecret", "{}"), [("x", None)]),
        (custom("external-secrets.io/v1", "ExternalSecret", "{target: {name: t}}"), [("t", None)]),
        (custom("bitnami.com/v1alpha1", "SealedSecret", "{encryptedData: {a: AgB}}"), [("x", {"a"})]),
        (
            custom("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", "{secretObjects: [{secretName: a}]}"),
            [("a", None)],
        ),
        (custom("networking.k8s.io/v1", "Ingress", "{tls: [{secretName: t}]}"), []),
        (
            custom("networking.k8s.io/v1", "Ingress", "{tls: [{secretName: t}]}").replace(
                "namespace: shop", "namespace: shop, annotations: {cert-manager.io/issuer: i}"
            ),
            [("t", {"ca.crt", "tls.crt", "tls.key"})],
        ),
    ],
)
def test_made(text: str, expected: list[tuple[str, set[str] | None]]) -> None:
    found = list(made(resource(text)))
    assert [(m.target.name, m.keys) for m in found] == expected
    assert all(m.target == ObjectRef("", "Secret", "shop", m.target.name) for m in found)


def test_claims_of_a_stateful_set_have_numbers() -> None:
    data = custom("apps/v1", "StatefulSet", "{volumeClaimTemplates: [{metadata: {name: data}}]}")
    assert [makes_claim(resource(data), name) for name in ("data-x-0", "data-x-12", "data-x", "data-x-a")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        (ObjectRef("", "ServiceAccount", "any", "default"), True),
        (ObjectRef("", "ConfigMap", "any", "kube-root-ca.crt"), True),
        (ObjectRef("", "Service", "default", "kubernetes"), True),
        (ObjectRef("", "Service", "shop", "kubernetes"), False),
        (ObjectRef("", "ServiceAccount", "kube-system", "coredns"), True),
        (ObjectRef("", "ServiceAccount", "shop", "coredns"), False),
        (ObjectRef("", "Namespace", "", "kube-system"), True),
        (ObjectRef(RBAC, "ClusterRole", "", "edit"), True),
        (ObjectRef(RBAC, "ClusterRole", "", "system:node"), True),
        (ObjectRef(RBAC, "ClusterRole", "", "editor"), False),
        (ObjectRef(RBAC, "Role", "kube-system", "extension-apiserver-authentication-reader"), True),
        (ObjectRef("scheduling.k8s.io", "PriorityClass", "", "system-node-critical"), True),
        (ObjectRef("storage.k8s.io", "StorageClass", "", "standard"), False),
    ],
)
def test_builtin(ref: ObjectRef, expected: bool) -> None:
    assert is_builtin(ref) is expected


def test_keys_of_builtin() -> None:
    assert builtin_keys(ObjectRef("", "ConfigMap", "any", "kube-root-ca.crt")) == frozenset({"ca.crt"})
    assert builtin_keys(ObjectRef("", "ConfigMap", "any", "other")) is None
