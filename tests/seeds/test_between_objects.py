"""What the five Spanish tutorials (the seeds, 000 to 004) show of several objects together: references, collisions."""

from __future__ import annotations

import pytest

from kplan.loader import load_text
from kplan.pipeline import lint_manifest


def said(*documents: str, profile: str = "default", select: tuple[str, ...] = ()) -> list[str]:
    manifest = load_text("---\n".join(documents), file="a.yaml")
    found = lint_manifest(manifest, minor=37, profile=profile, select=select or ("references", "collisions"))
    return [f"{f.severity} {f.rule}: {f.message}" for f in found]


FRONTEND = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: frontend}
spec:
  replicas: 1
  selector: {matchLabels: {app: frontend}}
  template:
    metadata: {labels: {app: frontend, track: stable}}
    spec:
      containers:
        - name: nginx
          image: nginx:1.9.14
          volumeMounts: [{name: nginx-frontend-conf, mountPath: /etc/nginx/conf.d}]
      volumes:
        - name: nginx-frontend-conf
          configMap: {name: nginx-frontend-conf, items: [{key: frontend.conf, path: frontend.conf}]}
"""
FRONTEND_SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: frontend}
spec: {type: LoadBalancer, selector: {app: frontend}, ports: [{port: 443, targetPort: 443}]}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nginx-frontend-conf}\ndata: {%s: ''}\n"


def test_000_frontend_needs_a_config_map_that_is_made_by_hand() -> None:
    assert said(FRONTEND, FRONTEND_SERVICE) == [
        "warning dangling-config-map: ConfigMap `nginx-frontend-conf` is not among the manifests: "
        "the pod does not start without it"
    ]
    assert said(FRONTEND, FRONTEND_SERVICE, CONFIG % "frontend.conf") == []


def test_000_config_map_from_another_file_has_another_key() -> None:
    assert said(FRONTEND, FRONTEND_SERVICE, CONFIG % "proxy.conf") == [
        "error dangling-config-key: ConfigMap `nginx-frontend-conf` has no key `frontend.conf`: "
        "the pod does not start without it"
    ]


def test_001_volume_has_the_name_of_the_config_map() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: haproxy}\nspec:\n"
        "  volumes: [{name: config, configMap: {name: haproxi}}]\n"
        "  containers: [{name: haproxy, image: haproxy, volumeMounts: [{name: config, mountPath: /usr/local/etc}]}]\n"
    )
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: haproxy}\ndata: {haproxy.cfg: ''}\n"
    assert said(pod, config) == [
        "error dangling-config-map: ConfigMap `haproxi` is not among the manifests: the pod does not start without it"
    ]
    assert said(pod.replace("haproxi", "haproxy"), config) == []


VIEWER = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: viewer}\n"
BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: viewercanview}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %s}
subjects: [{kind: ServiceAccount, name: %s, namespace: default}]
"""


@pytest.mark.parametrize(
    ("role", "account", "rule"),
    [("view", "viewer", None), ("view", "viwer", "dangling-subject"), ("view", "editor", "dangling-subject")],
)
def test_001_binding_of_a_service_account(role: str, account: str, rule: str | None) -> None:
    assert [line.split()[1].rstrip(":") for line in said(VIEWER, BINDING % (role, account))] == ([rule] if rule else [])


def test_001_eyepod_runs_as_the_viewer() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: eyepod}\nspec: {serviceAccountName: %s, containers: [{name: a}]}\n"
    )
    assert said(VIEWER, pod % "viewer") == []
    assert said(VIEWER, pod % "viwer") == [
        "error dangling-service-account: ServiceAccount `viwer` is not among the manifests: no pod is made without it"
    ]


def node_port(name: str, port: int) -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"
        f"spec: {{type: NodePort, ports: [{{port: 80, nodePort: {port}}}]}}\n"
    )


def test_002_node_ports_collide() -> None:
    assert said(node_port("mi-pod", 30100), node_port("mi-app", 30100)) == [
        "error node-port-collision: node port 30100 is that of service/mi-pod already"
    ]
    assert said(node_port("mi-pod", 30100), node_port("mi-app", 30101)) == []


@pytest.mark.parametrize(("port", "in_range"), [(29999, False), (30000, True), (32767, True), (32768, False)])
def test_002_node_ports_have_a_range(port: int, in_range: bool) -> None:
    assert (said(node_port("mi-pod", port), select=("validation",)) == []) is in_range


def ingress(name: str, host: str, service: str) -> str:
    path = f"{{path: /, pathType: Prefix, backend: {{service: {{name: {service}, port: {{number: 80}}}}}}}}"
    return (
        f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}}}\n"
        f"spec: {{rules: [{{host: {host}, http: {{paths: [{path}]}}}}]}}\n"
    )


def test_002_two_ingresses_of_one_host() -> None:
    pod, app = ingress("mi-pod", "mi-app.localhost", "mi-pod"), ingress("mi-app", "mi-app.localhost", "mi-app")
    assert said(pod, app) == [
        "warning ingress-path-collision: `/` of mi-app.localhost is claimed by ingress/mi-pod already"
    ]
    assert said(pod, app.replace("mi-app.localhost", "otra.localhost")) == []


LETSCHAT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: letschat}
spec:
  replicas: %d
  selector: {matchLabels: {name: letschat}}
  template:
    metadata: {labels: {name: letschat}}
    spec:
      containers:
        - {name: letschat, image: sdelements/lets-chat, ports: [{name: http-server, containerPort: 8080}]}
"""
LETSCHAT_SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: letschat}
spec: {type: NodePort, selector: {name: letschat}, ports: [{name: http, port: 8080, targetPort: http-server}]}
"""


def test_003_ingress_of_letschat() -> None:
    documents = (LETSCHAT % 1, LETSCHAT_SERVICE, ingress("letschat", "www.letschat.com", "letschat"))
    assert said(*documents) == ["error unknown-service-port: Service `letschat` has no port 80: requests for it fail"]
    assert said(*documents[:2], documents[2].replace("number: 80", "number: 8080")) == []
    assert said(*documents[:2], documents[2].replace("number: 80", "name: http")) == []


@pytest.mark.parametrize(("replicas", "lonely"), [(1, True), (10, False)])
def test_003_one_replica_behind_a_service(replicas: int, lonely: bool) -> None:
    found = said(LETSCHAT % replicas, LETSCHAT_SERVICE, select=("single-replica",))
    assert found == (["warning single-replica: one pod alone serves service/letschat"] if lonely else [])


SECURE = """\
apiVersion: v1
kind: Pod
metadata: {name: secure-monolith, labels: {app: monolith, secure: enabled}}
spec:
  containers:
    - name: nginx
      image: nginx:1.9.14
      lifecycle: {preStop: {exec: {command: [/usr/sbin/nginx, -s, quit]}}}
  volumes:
    - {name: tls-certs, secret: {secretName: tls-certs}}
    - {name: nginx-proxy-conf, configMap: {name: nginx-proxy-conf, items: [{key: proxy.conf, path: proxy.conf}]}}
"""
MONOLITH = """\
apiVersion: v1
kind: Service
metadata: {name: monolith}
spec: {type: NodePort, selector: {app: monolith, secure: enabled}, ports: [{port: 443, nodePort: 31000}]}
"""


def test_004_secure_monolith_needs_a_secret_and_a_config_map() -> None:
    lost = "is not among the manifests: the pod does not start without it"
    assert said(SECURE, MONOLITH) == [f"warning dangling-config-map: ConfigMap `nginx-proxy-conf` {lost}"]
    assert said(SECURE, MONOLITH, profile="recommended") == [
        "note undeclared-reference: Secret `tls-certs` is neither among the manifests nor among the externals: "
        "the pod does not start without it",
        f"warning dangling-config-map: ConfigMap `nginx-proxy-conf` {lost}",
    ]
