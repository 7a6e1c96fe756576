"""References between objects, case by case: what is said of them, and what is not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kplan.kinds.external import Externals
from kplan.loader import load, load_text
from kplan.model import ObjectRef
from kplan.pipeline import lint_manifest
from kplan.rules.context import Context
from kplan.rules.engine import run_rules
from kplan.rules.link_rule import every_rule

RBAC = "rbac.authorization.k8s.io"
RULES = (*every_rule(), "dangling-config-key", "unknown-service-port")
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop, labels: {app: p}}\nspec: {%s}\n"
ENV = "containers: [{name: c, env: [{name: A, valueFrom: {%sKeyRef: {name: %s, key: %s}}}]}]"
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: p, namespace: shop}
spec: {selector: {app: p}, ports: [{port: 80}]}
"""
SHOP = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


def data(kind: str, name: str, keys: str = "{a: b}", ns: str = "shop", more: str = "") -> str:
    where = f", namespace: {ns}" if ns else ""
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}{where}{more}}}\ndata: {keys}\n"


def env(name: str, kind: str = "configMap", key: str = "a") -> str:
    return POD % (ENV % (kind, name, key))


def custom(api: str, kind: str, name: str, spec: str = "{}") -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\nspec: {spec}\n"


def ingress(service: str, port: str = "{number: 80}") -> str:
    backend = f"{{service: {{name: {service}, port: {port}}}}}"
    return custom("networking.k8s.io/v1", "Ingress", "i", f"{{defaultBackend: {backend}}}")


def said(*documents: str, externals: Externals | None = None) -> list[str]:
    context = Context(load_text("---\n".join(documents), file="a.yaml"), 37, externals or Externals())
    return [f"{f.severity} {f.rule}: {f.message}" for f in run_rules(RULES, context)]


MISSING = "{} dangling-config-map: ConfigMap `{}` is not {}: the container does not start without it"


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        pytest.param([env("b")], [], id="a fragment: nothing is known of the namespace"),
        pytest.param(
            [env("settngs"), data("ConfigMap", "settings")],
            [MISSING.format("error", "settngs", "among the manifests")],
            id="a slip: nothing uses the other",
        ),
        pytest.param(
            [env("settngs"), env("settings").replace("name: p,", "name: q,"), data("ConfigMap", "settings")],
            [MISSING.format("warning", "settngs", "among the manifests")],
            id="no slip where the other is used",
        ),
        pytest.param(
            [env("b"), data("ConfigMap", "unlike")],
            [MISSING.format("warning", "b", "among the manifests")],
            id="another one of the namespace",
        ),
        pytest.param(
            [env("b"), data("ConfigMap", "b", ns="other")],
            [MISSING.format("warning", "b", "in namespace `shop`")],
            id="in another namespace",
        ),
        pytest.param([env("b"), data("ConfigMap", "b", ns="")], [], id="the namespace may come from the command line"),
        pytest.param(
            [env("b"), SERVICE], [MISSING.format("warning", "b", "among the manifests")], id="the Service is there"
        ),
        pytest.param(
            [env("b"), SHOP], [MISSING.format("warning", "b", "among the manifests")], id="the Namespace is there"
        ),
        pytest.param([env("${cluster}-settings"), SHOP, SERVICE], [], id="Flux fills the name in"),
        pytest.param([env("b").replace("key: a", "key: a, optional: true"), SHOP], [], id="optional"),
        pytest.param([env("kube-root-ca.crt", key="ca.crt"), SHOP], [], id="in every namespace"),
        pytest.param([env("b"), SHOP, custom("example.com/v1", "Machine", "m")], [], id="an operator may make it"),
        pytest.param(
            [env("settngs"), data("ConfigMap", "settings"), custom("example.com/v1", "Machine", "m")],
            [MISSING.format("warning", "settngs", "among the manifests")],
            id="a slip beside an operator",
        ),
        pytest.param([env("b", "secret"), SHOP, SERVICE, data("Secret", "c")], [], id="Secrets are kept elsewhere"),
        pytest.param(
            [env("login", "secret"), data("Secret", "login", ns="other")],
            ["warning dangling-secret: Secret `login` is not in namespace `shop`: "
             "the container does not start without it"],
            id="a Secret of another namespace",
        ),
        pytest.param(
            [env("t", "secret", "tls.crt"), custom("cert-manager.io/v1", "Certificate", "c", "{secretName: t}")],
            [],
            id="a Certificate makes it",
        ),
        pytest.param(
            [env("t", "secret", "cert.pem"), custom("cert-manager.io/v1", "Certificate", "c", "{secretName: t}")],
            ["error dangling-config-key: Secret `t` has no key `cert.pem`: the container does not start without it"],
            id="a Certificate makes no such key",
        ),
        pytest.param(
            [env("x", "secret", "k"), custom("external-secrets.io/v1", "ExternalSecret", "x"), data("Secret", "y")],
            [],
            id="an ExternalSecret makes it, with keys that are not known",
        ),
    ],
)  # fmt: skip
def test_config(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected
    assert said(*documents[::-1]) == expected


KEY = "{} dangling-config-key: ConfigMap `c` has no key `{}`: the container does not start without it"


@pytest.mark.parametrize(
    ("config", "key", "expected"),
    [
        (data("ConfigMap", "c", "{a: b}"), "a", []),
        (data("ConfigMap", "c", "{a: b}"), "A", [KEY.format("error", "A")]),
        (data("ConfigMap", "c", "{a: b}"), "${key}", []),
        (data("ConfigMap", "c", "{}"), "A", []),
        (data("ConfigMap", "c", "{a: b}", more=", annotations: {example.com/inject-ca: yes}"), "A", []),
        (data("ConfigMap", "c", "{a: b}") + "binaryData: {A: AA==}\n", "A", []),
        (data("ConfigMap", "c", "{a: b}") + "---\n" + custom("example.com/v1", "Own", "o"), "A",
         [KEY.format("warning", "A")]),
    ],
)  # fmt: skip
def test_key(config: str, key: str, expected: list[str]) -> None:
    assert said(env("c", key=f"'{key}'"), config) == expected


def test_a_secret_of_sops_has_its_keys() -> None:
    secret = data("Secret", "s", "{a: 'ENC[AES256_GCM,data:x,type:str]'}") + "sops: {mac: 'ENC[AES256_GCM,data:x]'}\n"
    assert said(env("s", "secret"), secret) == []
    assert [line.split(":")[0] for line in said(env("s", "secret", "b"), secret)] == ["error dangling-config-key"]


def test_what_is_declared_elsewhere_is_there() -> None:
    documents = [env("b"), SHOP]
    assert said(*documents)
    assert said(*documents, externals=Externals(["ConfigMap/shop/*"])) == []
    keys = Externals((), {ObjectRef("", "ConfigMap", "shop", "b"): frozenset({"other"})})
    assert said(*documents, externals=keys) == [
        "error dangling-config-key: ConfigMap `b` has no key `a`: the container does not start without it"
    ]


CLAIM = "volumes: [{name: v, persistentVolumeClaim: {claimName: %s}}]"
SET = custom("apps/v1", "StatefulSet", "db", "{volumeClaimTemplates: [{metadata: {name: data}}]}")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([POD % (CLAIM % "data-db-0"), SET, SHOP], []),
        ([POD % (CLAIM % "data-db"), SET, SHOP], ["warning dangling-volume-claim"]),
        ([POD % "serviceAccountName: default", SHOP], []),
        ([POD % "serviceAccountName: a", SHOP], ["warning dangling-service-account"]),
        ([POD % "imagePullSecrets: [{name: r}]", SHOP], []),
        ([custom("v1", "PersistentVolumeClaim", "c", "{storageClassName: manual}"),
          "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec: {storageClassName: manual}\n",
          "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: manaul}\n"], []),
        ([ingress("p"), SERVICE], []),
        ([ingress("q"), SERVICE, POD % ""], ["warning dangling-backend"]),
        ([ingress("q")], []),
        ([ingress("p", "{number: 8080}"), SERVICE], ["error unknown-service-port"]),
        ([ingress("p", "{name: http}"), SERVICE], ["error unknown-service-port"]),
        ([ingress("p", "{name: http}"), SERVICE.replace("port: 80", "port: 80, name: http")], []),
        ([custom("autoscaling/v2", "HorizontalPodAutoscaler", "h",
                 "{scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}")], []),
        ([custom("autoscaling/v2", "HorizontalPodAutoscaler", "h",
                 "{scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: db}}"),
          POD % "", SET], ["error dangling-scale-target"]),
        ([custom("gateway.networking.k8s.io/v1", "HTTPRoute", "r", "{rules: [{backendRefs: [{name: p, port: 81}]}]}"),
          SERVICE], ["error unknown-service-port"]),
    ],
)  # fmt: skip
def test_others(documents: list[str], expected: list[str]) -> None:
    assert [line.split(":")[0] for line in said(*documents)] == expected


def role(kind: str, name: str, rules: str = "[]") -> str:
    return f"apiVersion: {RBAC}/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\nrules: {rules}\n"


def binding(kind: str, name: str, subjects: str = "[]") -> str:
    return (
        f"apiVersion: {RBAC}/v1\nkind: RoleBinding\nmetadata: {{name: b, namespace: shop}}\n"
        f"roleRef: {{apiGroup: {RBAC}, kind: {kind}, name: {name}}}\nsubjects: {subjects}\n"
    )


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: server, namespace: shop}\n"


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([binding("ClusterRole", "view")], []),
        ([binding("ClusterRole", "viewer")], []),
        ([binding("ClusterRole", "viewer"), role("ClusterRole", "reader")], ["warning dangling-role"]),
        ([binding("Role", "view"), role("Role", "reader")], ["warning dangling-role"]),
        ([binding("Role", "raeder"), role("Role", "reader")], ["error dangling-role"]),
        ([binding("ClusterRole", "view", "[{kind: ServiceAccount, name: sever, namespace: shop}]"), ACCOUNT],
         ["error dangling-subject"]),
        ([binding("ClusterRole", "view", "[{kind: ServiceAccount, name: sever, namespace: other}]"), ACCOUNT], []),
        ([binding("ClusterRole", "view", "[{kind: User, name: sever}]"), ACCOUNT], []),
        ([env("b"), SHOP, role("Role", "r", "[{apiGroups: [''], resources: [configmaps], verbs: [create]}]"),
          binding("Role", "r")], []),
    ],
)  # fmt: skip
def test_access(documents: list[str], expected: list[str]) -> None:
    assert [line.split(":")[0] for line in said(*documents)] == expected


def test_kustomize_may_make_what_no_file_shows(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text("---\n".join([env("b"), SHOP, SERVICE]))
    assert len(lint_manifest(load([tmp_path]), minor=37, select=["dangling-config-map"])) == 1
    (tmp_path / "kustomization.yaml").write_text("configMapGenerator: [{name: b}]\n")
    assert lint_manifest(load([tmp_path]), minor=37, select=["dangling-config-map"]) == ()


def test_the_same_target_is_told_once() -> None:
    spec = "containers: [{name: c, envFrom: [{configMapRef: {name: b}}, {configMapRef: {name: b}}]}]"
    assert len(said(POD % spec, SHOP)) == 1


def test_thousands_of_references_take_time_in_proportion() -> None:
    def seconds(n: int) -> float:
        documents = [env(f"c{i}").replace("name: p,", f"name: p{i},") for i in range(n)]
        documents += [data("ConfigMap", f"d{i}") for i in range(n)]
        manifest = load_text("---\n".join([*documents, SERVICE]))
        start = time.process_time()
        assert len(lint_manifest(manifest, minor=37, select=["references", "undeclared-reference"])) == n
        return time.process_time() - start

    few, many = (min(seconds(n) for _ in range(2)) for n in (150, 1200))
    assert many < 30 * few
