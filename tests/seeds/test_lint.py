"""What the five Spanish tutorials (the seeds, 000 to 004) show to go wrong, or to be fine, lint says."""

from __future__ import annotations

from textwrap import indent

import pytest

from kplan.loader import load_text
from kplan.model import Finding
from kplan.pipeline import lint_manifest


def found(*documents: str, kube: int = 37) -> tuple[Finding, ...]:
    return lint_manifest(load_text("---\n".join(documents), file="a.yaml"), minor=kube)


def said(*documents: str, kube: int = 37) -> list[str]:
    return [f"{f.rule}: {f.message}" for f in found(*documents, kube=kube)]


MI_POD = """\
apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: null
  labels:
    run: mi-pod
  name: mi-pod
spec:
  containers:
  - image: andr35/imagen:v0.1.0
    name: mi-pod
    resources: {}
  dnsPolicy: ClusterFirst
  restartPolicy: Never
status: {}
"""
MI_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: mi-pod
spec:
  ports:
  - port: 80
    targetPort: 80
  selector:
    app: mi-pod
"""


def test_002_service_selects_app_pod_has_run() -> None:
    (finding,) = found(MI_POD, MI_SERVICE)
    assert (finding.rule, finding.message) == ("service-without-endpoints", "selector `app=mi-pod` matches no pod")
    assert finding.help == "the closest pod has the labels `run=mi-pod`"
    assert str(finding.span) == "a.yaml:26:5"


def test_002_service_that_selects_run_is_fine() -> None:
    assert said(MI_POD, MI_SERVICE.replace("app: mi-pod", "run: mi-pod")) == []


def test_002_what_kubectl_create_dry_run_leaves_empty_is_silent() -> None:
    """`creationTimestamp: null`, `status: {}`, `strategy: {}`, `resources: {}`."""
    assert (
        said("""\
apiVersion: apps/v1
kind: Deployment
metadata:
  creationTimestamp: null
  labels:
    app: mi-deploy
  name: mi-deploy
spec:
  replicas: 3
  selector:
    matchLabels:
      app: mi-deploy
  strategy: {}
  template:
    metadata:
      creationTimestamp: null
      labels:
        app: mi-deploy
    spec:
      containers:
      - image: andr35/imagen:v0.2.0
        name: imagen
        ports:
        - containerPort: 80
        resources: {}
status: {}
""")
        == []
    )


MONOLITH = """\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  labels:
    app: monolith{label}
spec:
  containers:
    - name: monolith
      image: udacity/example-monolith:1.0.0
      ports:
        - name: https
          containerPort: 443
"""
MONOLITH_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: monolith
spec:
  type: NodePort
  selector:
    app: monolith
    secure: enabled
  ports:
    - protocol: TCP
      port: 443
      targetPort: 443
      nodePort: 31000
"""


def test_004_service_wants_a_label_that_no_pod_has() -> None:
    pods = [MONOLITH.format(name=name, label="") for name in ("monolith", "secure-monolith")]
    (finding,) = found(*pods, MONOLITH_SERVICE)
    assert finding.message == "selector `app=monolith,secure=enabled` matches no pod"
    assert finding.help == "the closest pod has the labels `app=monolith`"


def test_004_after_kubectl_label_the_service_has_endpoints() -> None:
    secure = MONOLITH.format(name="secure-monolith", label="\n    secure: enabled")
    assert said(MONOLITH.format(name="monolith", label=""), secure, MONOLITH_SERVICE) == []


LETSCHAT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: letschat
  labels: {name: letschat}
spec:
  replicas: 1
  selector:
    matchLabels: {name: letschat}
  template:
    metadata:
      labels: {name: letschat}
    spec:
      containers:
        - name: letschat
          image: sdelements/lets-chat
          ports:
            - name: http-server
              containerPort: 8080
"""
LETSCHAT_SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: letschat
spec:
  type: NodePort
  ports:
    - name: http
      port: 8080
      targetPort: http-server
  selector:
    name: letschat
"""


def test_003_target_port_by_name() -> None:
    assert said(LETSCHAT, LETSCHAT_SERVICE, kube=20) == []
    (finding,) = found(LETSCHAT, LETSCHAT_SERVICE.replace("http-server", "http-servr"), kube=20)
    assert finding.message == "no container of the selected pods has a port named `http-servr`"
    assert finding.help == "did you mean `http-server`?"


INGRESS = """\
apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata:
  name: letschat
spec:
  rules:
    - host: letschat.example.com
      http:
        paths:
          - path: /
            backend:
              serviceName: letschat
              servicePort: 8080
"""


def test_003_ingress_of_the_beta_is_gone_since_1_22() -> None:
    assert {f.rule for f in found(INGRESS, kube=18)} == set()
    assert [(f.rule, str(f.severity)) for f in found(INGRESS, kube=21)] == [("deprecated-api", "warning")]
    (finding,) = found(INGRESS, kube=22)
    assert finding.rule == "removed-api"
    assert "removed in Kubernetes 1.22" in finding.message
    assert finding.help is not None
    assert "networking.k8s.io/v1" in finding.help


@pytest.mark.parametrize("kind", ["ReplicaSet", "Deployment"])
def test_001_workloads_of_extensions_are_gone_since_1_16(kind: str) -> None:
    text = f"""\
apiVersion: extensions/v1beta1
kind: {kind}
metadata:
  name: nginx
  namespace: default
spec:
  replicas: 2
  template:
    metadata:
      labels:
        app: nginx
    spec:
      containers:
        - image: nginx
          name: nginx
"""
    (finding,) = found(text, kube=16)
    assert finding.rule == "removed-api"
    assert finding.help is not None
    assert "apps/v1" in finding.help


def test_001_misaligned_list_item_is_a_syntax_error_with_its_place() -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata:
    name: nginx
spec:
    containers:
       - image:  nginx
       name:  nginx
"""
    (finding,) = found(text)
    assert finding.rule == "yaml-syntax"
    assert str(finding.span).startswith("a.yaml:8:")


def test_001_metadata_that_lost_its_indentation() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata:\nname: nginx\nspec:\n  containers: [{name: nginx, image: nginx}]\n"
    (finding,) = [f for f in found(text) if f.rule == "unknown-field"]
    assert finding.message.startswith("unknown field `name`")
    assert str(finding.span) == "a.yaml:4:1"


RNG = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: rng
  labels: {app: rng}
spec:
%s
  selector:
    matchLabels: {app: rng}
  template:
    metadata:
      labels: {app: rng}
    spec:
      containers:
        - name: rng
          image: dockercoins/rng:v0.1
"""


def test_001_daemon_set_made_from_an_exported_deployment() -> None:
    left = (
        "progressDeadlineSeconds: 600\nreplicas: 1\nstrategy:\n  rollingUpdate: {maxSurge: 25%}\n  type: RollingUpdate"
    )
    findings = found(RNG % indent(left, "  "))
    assert [(f.rule, f.path) for f in findings] == [
        ("unknown-field", ("spec", "progressDeadlineSeconds")),
        ("unknown-field", ("spec", "replicas")),
        ("unknown-field", ("spec", "strategy")),
    ]


def test_001_service_of_a_deployment_and_a_daemon_set_has_endpoints() -> None:
    daemon_set = RNG % "  minReadySeconds: 0"
    deployment = daemon_set.replace("DaemonSet", "Deployment")
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: rng}\nspec: {selector: {app: rng}, ports: [{port: 80}]}\n"
    )
    assert said(daemon_set, deployment, service) == [
        "selector-collision: selector `app=rng` selects the pods of daemonset/rng too"
    ]


def test_001_kind_name_and_namespace_are_unique() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: nginx%s}\nspec: {containers: [{name: nginx, image: nginx}]}\n"
    assert said(pod % "", pod % ", namespace: other") == []
    (finding,) = found(pod % "", pod % ", namespace: default")
    assert (finding.rule, str(finding.severity)) == ("duplicate-object", "error")
    assert finding.message == "pod/nginx is defined twice in namespace `default`"
    assert finding.related[0].span.start.line == 3
