"""Collisions, budgets, autoscalers, access and use, case by case: which rules speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from kplan.loader import load, load_text
from kplan.pipeline import lint_manifest

RBAC = "rbac.authorization.k8s.io"
SELECT = (
    "collisions", "zero-disruption-budget", "replicas-under-autoscaler", "budget-without-pods",
    "network-policy-without-pods", "unknown-network-policy-port", "monitor-without-target", "unused-config-map",
    "unused-secret", "unused-service", "unused-service-account", "unused-volume-claim", "wildcard-role",
    "role-reads-secrets", "escalating-role", "role-enters-pods", "role-reaches-nodes", "role-creates-pods",
    "cluster-admin-binding", "anonymous-binding",
)  # fmt: skip


def said(*documents: str) -> list[str]:
    found = lint_manifest(load_text("---\n".join(documents), file="a.yaml"), minor=37, select=SELECT)
    return [f"{f.severity} {f.rule}" for f in found]


def thing(api: str, kind: str, name: str, spec: str, more: str = "", ns: str = "shop") -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: {ns}{more}}}\nspec: {spec}\n"


def service(name: str, ports: str, kind: str = "NodePort") -> str:
    return thing("v1", "Service", name, f"{{type: {kind}, ports: {ports}}}")


def workload(
    name: str, labels: str = "{app: a}", kind: str = "Deployment", spec: str = "", ports: str = "[]", more: str = ""
) -> str:
    pods = (
        f"{{metadata: {{labels: {labels}}}, spec: {{{spec}containers: [{{name: c, image: 'x:1', ports: {ports}}}]}}}}"
    )
    return thing("apps/v1", kind, name, f"{{{more}selector: {{matchLabels: {labels}}}, template: {pods}}}")


def ingress(
    name: str, path: str = "/", kind: str = "Prefix", more: str = "", cls: str = "nginx", host: str = "a.example"
) -> str:
    rule = f"{{host: '{host}', http: {{paths: [{{path: {path}, pathType: {kind}}}]}}}}"
    return thing("networking.k8s.io/v1", "Ingress", name, f"{{ingressClassName: {cls}, rules: [{rule}]}}", more)


CANARY = ", annotations: {nginx.ingress.kubernetes.io/canary: 'true'}"


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([service("a", "[{port: 1, nodePort: 30001}]"), service("b", "[{port: 2, nodePort: 30001}]")],
         ["error node-port-collision"]),
        ([service("a", "[{port: 1, nodePort: 30001}]"), service("b", "[{port: 2, nodePort: 30001, protocol: UDP}]")],
         []),
        ([service("a", "[{port: 1, nodePort: 30001}, {port: 1, nodePort: 30001, protocol: UDP, name: u}]")], []),
        ([service("a", "[{port: 1, nodePort: 30001}]"), service("b", "[{port: 2, nodePort: 30001}]", "ClusterIP")], []),
        ([service("a", "[{port: 1, nodePort: 0}]"), service("b", "[{port: 2, nodePort: 0}]")], []),
        ([ingress("a"), ingress("b")], ["warning ingress-path-collision"]),
        ([ingress("a"), ingress("b", more=CANARY)], []),
        ([ingress("a"), ingress("b", path="/b")], []),
        ([ingress("a"), ingress("b", kind="Exact")], []),
        ([ingress("a"), ingress("b", cls="internal")], []),
        ([ingress("a"), ingress("b", host="b.example")], []),
        ([ingress("a", cls="gce"), ingress("b", cls="gce")], []),
        ([ingress("a", host="${HOST}"), ingress("b", host="${HOST}")], []),
    ],
)  # fmt: skip
def test_addresses(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected


PORT = "[{containerPort: 9100, hostPort: 9100}]"


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([workload("a", "{app: a}"), workload("b", "{app: b}")], []),
        ([workload("a", "{app: a}"), workload("b", "{app: a}")], ["warning selector-collision"]),
        ([workload("a", "{app: a}"), workload("b", "{app: a}", kind="ReplicaSet")], []),
        ([workload("a", "{app: a}"), workload("b", "{app: a, track: x}")], ["warning selector-collision"]),
        ([workload("a", "{app: a}").replace("shop", "one"), workload("b", "{app: a}")], []),
        ([workload("a", "{app: a}", "DaemonSet", ports=PORT), workload("b", "{app: b}", "DaemonSet", ports=PORT)],
         ["error host-port-collision"]),
        ([workload("a", "{app: a}", "DaemonSet", ports=PORT), workload("b", "{app: b}", ports=PORT)],
         ["error host-port-collision"]),
        ([workload("a", "{app: a}", ports=PORT), workload("b", "{app: b}", ports=PORT)], []),
        ([workload("a", "{app: a}", "DaemonSet", "nodeSelector: {os: linux}, ", PORT),
          workload("b", "{app: b}", "DaemonSet", "nodeSelector: {os: windows}, ", PORT)], []),
        ([workload("a", "{app: a}", "DaemonSet", "nodeSelector: {pool: x}, ", PORT),
          workload("b", "{app: b}", ports=PORT)], []),
        ([workload("a", "{app: a}", "DaemonSet", "hostNetwork: true, ", "[{containerPort: 9100}]"),
          workload("b", "{app: b}", "DaemonSet", ports=PORT)], ["error host-port-collision"]),
        ([workload("a", "{app: a}", "DaemonSet", ports="[{containerPort: 1, hostPort: 9100, hostIP: 10.0.0.1}]"),
          workload("b", "{app: b}", "DaemonSet", ports="[{containerPort: 1, hostPort: 9100, hostIP: 10.0.0.2}]")], []),
    ],
)  # fmt: skip
def test_workloads(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected


def budget(spec: str, name: str = "pdb", labels: str = "{app: a}") -> str:
    return thing("policy/v1", "PodDisruptionBudget", name, f"{{{spec}, selector: {{matchLabels: {labels}}}}}")


def scaler(least: str = "", most: int = 9, name: str = "hpa", target: str = "a") -> str:
    scaled = f"scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {target}}}"
    return thing("autoscaling/v2", "HorizontalPodAutoscaler", name, f"{{{scaled}, {least}maxReplicas: {most}}}")


KEDA = thing("keda.sh/v1alpha1", "ScaledObject", "k", "{scaleTargetRef: {name: a}}")
THREE = workload("a", more="replicas: 3, ")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([THREE, budget("maxUnavailable: 1")], []),
        ([THREE, budget("maxUnavailable: 0")], ["warning zero-disruption-budget"]),
        ([budget("maxUnavailable: 0%")], ["warning zero-disruption-budget"]),
        ([THREE, budget("minAvailable: 100%")], ["warning zero-disruption-budget"]),
        ([THREE, budget("minAvailable: 3")], ["warning zero-disruption-budget"]),
        ([THREE, budget("minAvailable: 67%")], ["warning zero-disruption-budget"]),
        ([THREE, budget("minAvailable: 66%")], []),
        ([THREE, budget("minAvailable: 2")], []),
        ([workload("a"), budget("minAvailable: 1")], ["warning zero-disruption-budget"]),
        ([workload("a", kind="DaemonSet"), budget("minAvailable: 1")], []),
        ([workload("a"), workload("b", "{app: a, b: c}"), budget("minAvailable: 1")], ["warning selector-collision"]),
        ([workload("a"), scaler("minReplicas: 2, "), budget("minAvailable: 1")], []),
        ([workload("a"), scaler("minReplicas: 2, "), budget("minAvailable: 2")], ["warning zero-disruption-budget"]),
        ([THREE, scaler("minReplicas: 2, ")], ["warning replicas-under-autoscaler"]),
        ([THREE, scaler("minReplicas: 3, ", 3)], []),
        ([THREE, KEDA], ["warning replicas-under-autoscaler"]),
        ([workload("a"), scaler(), scaler(name="h2")], ["error autoscaler-collision"]),
        ([workload("a"), scaler(), KEDA], ["error autoscaler-collision"]),
        ([workload("a"), scaler(), scaler(name="h2", target="b")], []),
        ([THREE, budget("maxUnavailable: 1"), budget("maxUnavailable: 1", "q")], ["error budget-collision"]),
        ([THREE, budget("maxUnavailable: 1", labels="{app: b}")], ["warning budget-without-pods"]),
        ([budget("maxUnavailable: 1", labels="{app: b}")], []),
        ([workload("a", "{app: '${NAME}'}"), budget("maxUnavailable: 1", labels="{app: b}")], []),
    ],
)  # fmt: skip
def test_scaling(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected


def test_folders_may_be_for_clusters_of_their_own(tmp_path: Path) -> None:
    for folder, name in (("one", "a"), ("two", "b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "s.yaml").write_text(service(name, "[{port: 1, nodePort: 30001}]"))

    def severities() -> list[str]:
        return [str(f.severity) for f in lint_manifest(load([tmp_path]), minor=37, select=["node-port-collision"])]

    assert severities() == ["warning"]
    for folder in ("one", "two"):
        (tmp_path / folder / "kustomization.yaml").write_text("resources: [s.yaml]\n")
    assert severities() == []


def role(rules: str, kind: str = "ClusterRole", name: str = "r") -> str:
    return f"apiVersion: {RBAC}/v1\nkind: {kind}\nmetadata: {{name: '{name}', namespace: shop}}\nrules: [{rules}]\n"


def allow(resources: str, verbs: str, groups: str = "['']", more: str = "") -> str:
    return f"{{apiGroups: {groups}, resources: {resources}, verbs: {verbs}{more}}}"


def bind(name: str, subject: str, kind: str = "ClusterRoleBinding", ref: str = "ClusterRole") -> str:
    return (
        f"apiVersion: {RBAC}/v1\nkind: {kind}\nmetadata: {{name: b, namespace: shop}}\n"
        f"roleRef: {{apiGroup: {RBAC}, kind: {ref}, name: {name}}}\nsubjects: [{subject}]\n"
    )


ME = "{kind: ServiceAccount, name: me, namespace: shop}"
ANYBODY = "{kind: Group, name: 'system:unauthenticated'}"
ADMIN = role(allow("['*']", "['*']", "['*']"))


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([role(allow("[pods]", "[get, list]"))], []),
        ([role(allow("['*']", "[get]"))], ["warning wildcard-role"]),
        ([ADMIN], ["warning wildcard-role"]),
        ([ADMIN.replace("'r'", "cluster-admin")], []),
        ([role(allow("[secrets]", "[list]"))], ["warning role-reads-secrets"]),
        ([role(allow("[secrets]", "[list]"), "Role")], ["note role-reads-secrets"]),
        ([role(allow("[secrets]", "[create]"))], []),
        ([role(allow("[secrets]", "[get]", more=", resourceNames: [a]"))], []),
        ([role(allow("[secrets]", "[get]", "[example.com]"))], []),
        ([role(allow("[roles]", "[escalate]", f"[{RBAC}]"))], ["warning escalating-role"]),
        ([role(allow("[roles]", "[create]", f"[{RBAC}]"))], []),
        ([role(allow("[users, groups]", "[impersonate]"))], ["warning escalating-role"] * 2),
        ([role(allow("[serviceaccounts/token]", "[create]"))], ["warning escalating-role"]),
        ([role(allow("[pods/exec]", "[create]"))], ["warning role-enters-pods"]),
        ([role(allow("[pods/exec]", "[get]"))], ["warning role-enters-pods"]),
        ([role(allow("[pods/exec]", "[delete]"))], []),
        ([role(allow("[nodes/proxy]", "[get]"))], ["warning role-reaches-nodes"]),
        ([role(allow("[deployments]", "[create]", "[apps]"))], ["warning role-creates-pods"]),
        ([bind("cluster-admin", ME)], ["warning cluster-admin-binding"]),
        ([bind("cluster-admin", ME, "RoleBinding")], ["warning cluster-admin-binding"]),
        ([bind("cluster-admin", "{kind: Group, name: 'system:masters'}")], []),
        ([bind("r", ME), ADMIN], ["warning wildcard-role", "warning cluster-admin-binding"][::-1]),
        ([bind("view", ANYBODY)], ["warning anonymous-binding"]),
        ([bind("'system:discovery'", ANYBODY)], []),
        ([bind("r", ANYBODY), role("{nonResourceURLs: [/healthz], verbs: [get]}")], []),
        ([bind("r", ANYBODY), role(allow("[logins]", "[create]", "[login.example.com]"))], []),
        ([bind("r", ANYBODY), role(allow("[pods]", "[get]"))], ["warning anonymous-binding"]),
    ],
)  # fmt: skip
def test_access(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected


def data(kind: str, name: str, more: str = "") -> str:
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop{more}}}\ndata: {{a: YQ==}}\n"


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([data("ConfigMap", "c")], []),
        ([data("ConfigMap", "c"), workload("a")], ["note unused-config-map"]),
        ([data("ConfigMap", "c", ", labels: {grafana_dashboard: '1'}"), workload("a")], []),
        ([data("ConfigMap", "c", ", labels: {app.kubernetes.io/name: x}"), workload("a")], ["note unused-config-map"]),
        ([data("ConfigMap", "conf"), workload("a").replace("'x:1'", "'x:1', args: ['--config=shop/conf']")], []),
        ([data("ConfigMap", "a"), workload("a")], ["note unused-config-map"]),
        ([data("ConfigMap", "c"), workload("a"), thing("example.com/v1", "Machine", "m", "{}")], []),
        ([data("Secret", "s"), workload("a", spec="imagePullSecrets: [{name: s}], ")], []),
        ([data("Secret", "s"), workload("a")], ["note unused-secret"]),
        ([data("Secret", "s") + "type: kubernetes.io/service-account-token\n", workload("a")], []),
        ([thing("v1", "ServiceAccount", "me", "{}"), workload("a")], ["note unused-service-account"]),
        ([thing("v1", "ServiceAccount", "me", "{}"), workload("a"), bind("view", ME)], []),
        ([thing("v1", "PersistentVolumeClaim", "p", "{}"), workload("a")], ["note unused-volume-claim"]),
        ([service("s", "[{port: 1}]", "ClusterIP"), workload("a")], ["note unused-service"]),
        ([service("s", "[{port: 1}]", "LoadBalancer"), workload("a")], []),
        ([service("back", "[{port: 1}]", "ClusterIP"),
          workload("a").replace("'x:1'", "'x:1', env: [{name: URL, value: 'http://back.shop:1/'}]")], []),
    ],
)  # fmt: skip
def test_use(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected


def policy(spec: str) -> str:
    return thing("networking.k8s.io/v1", "NetworkPolicy", "np", f"{{podSelector: {{matchLabels: {{app: a}}}}, {spec}}}")


HTTP = workload("a", ports="[{name: http, containerPort: 8080}]")
FRONT = thing(
    "v1", "Service", "s", "{type: NodePort, selector: {app: a}, ports: [{port: 80, targetPort: http, name: web}]}"
)


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([HTTP, policy("ingress: [{ports: [{port: http}]}]")], []),
        ([HTTP, policy("ingress: [{ports: [{port: web}]}]")], ["error unknown-network-policy-port"]),
        ([HTTP, policy("ingress: [{ports: [{port: 80}]}]")], []),
        ([HTTP, FRONT, policy("ingress: [{ports: [{port: 80}]}]")], ["warning unknown-network-policy-port"]),
        ([HTTP, FRONT, policy("ingress: [{ports: [{port: 80}, {port: 8080}]}]")], []),
        ([HTTP, policy("egress: [{ports: [{port: web}]}]")], []),
        ([HTTP, policy("egress: [{to: [{podSelector: {}}], ports: [{port: web}]}]")],
         ["error unknown-network-policy-port"]),
        ([workload("b", "{app: b}"), policy("ingress: []")], ["warning network-policy-without-pods"]),
        ([policy("ingress: []")], []),
    ],
)  # fmt: skip
def test_network_policy(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected


def monitor(kind: str, labels: str, port: str, more: str = "") -> str:
    field = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    spec = f"{{selector: {{matchLabels: {labels}}}, {field}: [{{port: {port}}}]{more}}}"
    return thing("monitoring.coreos.com/v1", kind, "m", spec)


LABELLED = FRONT.replace("namespace: shop", "namespace: shop, labels: {app: front}")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([LABELLED, HTTP, monitor("ServiceMonitor", "{app: front}", "web")], []),
        ([LABELLED, HTTP, monitor("ServiceMonitor", "{app: front}", "http")], ["error monitor-without-target"]),
        ([LABELLED, HTTP, monitor("ServiceMonitor", "{app: fornt}", "web")], ["warning monitor-without-target"]),
        ([LABELLED, HTTP, monitor("ServiceMonitor", "{part: other}", "web")], []),
        ([LABELLED, HTTP, monitor("ServiceMonitor", "{app: fornt}", "web", ", namespaceSelector: {any: true}")], []),
        ([HTTP, monitor("PodMonitor", "{app: a}", "http")], []),
        ([HTTP, monitor("PodMonitor", "{app: a}", "web")], ["error monitor-without-target"]),
        ([monitor("PodMonitor", "{app: a}", "web")], []),
    ],
)  # fmt: skip
def test_monitor(documents: list[str], expected: list[str]) -> None:
    assert said(*documents) == expected
