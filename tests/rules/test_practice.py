"""Rules about single objects and their pods, case by case: what they say, and what they let pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kplan.loader import load_text
from kplan.pipeline import lint
from kplan.report.lint_json import report as json_report
from kplan.report.lint_text import report as text_report
from kplan.rules.catalog import find_head, find_rule, groups_by_rule, rules_of

Map = dict[str, Any]
HOOK = {"helm.sh/hook": "test"}


def container(**fields: Any) -> Map:
    return {"name": "web", "image": "web:1.4.0", **fields}


def pod(*containers: Map, annotations: Map | None = None, **spec: Any) -> Map:
    metadata = {"name": "web", "namespace": "shop", "labels": {"app": "web"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata | ({"annotations": annotations} if annotations else {}),
        "spec": {"containers": list(containers) or [container()], **spec},
    }


def workload(kind: str, *containers: Map, annotations: Map | None = None, more: Map | None = None, **pods: Any) -> Map:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": list(containers) or [container()], **pods},
    }
    selector: Map = {} if kind in ("Job", "CronJob") else {"selector": {"matchLabels": {"app": "web"}}}
    if kind == "StatefulSet":
        selector["serviceName"] = "web"
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "shop", **({"annotations": annotations} if annotations else {})},
        "spec": {**selector, "template": template, **(more or {})},
    }


def thing(api_version: str, kind: str, spec: Map | None = None, **fields: Any) -> Map:
    made = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web", "namespace": "shop"}}
    return made | ({"spec": spec} if spec is not None else {}) | fields


SERVICE = thing("v1", "Service", {"selector": {"app": "web"}, "ports": [{"port": 80}]})
HPA: Map = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 5}


def said(rule: str, *objects: Map, minor: int = 36) -> list[str]:
    text = "\n---\n".join(map(json.dumps, objects))
    return [f.message for f in lint(load_text(text, file="a.yaml"), minor=minor, select=[rule]).findings]


@pytest.mark.parametrize(
    ("image", "latest"),
    [
        ("web", True),
        ("web:latest", True),
        ("registry.example:5000/web", True),
        ("registry.example/shop/web:latest", True),
        ("web:1", False),
        ("web:latest-alpine", False),
        ("registry.example:5000/web:1", False),
        ("web:latest@sha256:" + "0" * 64, False),
        ("web@sha256:" + "0" * 64, False),
        ("${REGISTRY}/web", False),
        ("web:${TAG:-latest}", False),
        ("{{ image }}", False),
        ("ENC[AES256_GCM,data:abc]", False),
    ],
)
def test_latest_tag(image: str, latest: bool) -> None:
    assert bool(said("latest-tag", pod(container(image=image)))) == latest
    kept = container(image=image, imagePullPolicy="IfNotPresent")
    assert bool(said("stale-image", pod(kept))) == latest
    assert not said("stale-image", pod(container(image=image)))


@pytest.mark.parametrize("rule", ["latest-tag", "no-resource-requests", "no-memory-limit"])
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"])
def test_every_workload_is_judged(kind: str, rule: str) -> None:
    more: Map = {"restartPolicy": "Never"} if kind == "Job" else {}
    assert len(said(rule, workload(kind, container(image="web"), **more))) == 1


def test_an_argo_rollout_is_judged() -> None:
    rollout = workload("Rollout", container(image="web")) | {"apiVersion": "argoproj.io/v1alpha1"}
    assert said("latest-tag", rollout)


def test_what_a_controller_made_is_judged_by_its_owner_alone() -> None:
    made = pod(container(image="web"))
    made["metadata"]["ownerReferences"] = [
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "1", "controller": True}
    ]
    assert not said("latest-tag", made)
    assert not said("naked-pod", made)


RESOURCES: list[tuple[Map, list[str]]] = [
    ({}, ["container `web` requests no cpu and no memory"]),
    ({"requests": {"cpu": 1}}, ["container `web` requests no memory"]),
    ({"limits": {"cpu": 1, "memory": "1Gi"}}, []),
    ({"limits": {"memory": "1Gi"}}, ["container `web` requests no cpu"]),
]


@pytest.mark.parametrize(("resources", "expected"), RESOURCES)
def test_requests(resources: Map, expected: list[str]) -> None:
    assert said("no-resource-requests", pod(container(resources=resources))) == expected


def test_requests_of_the_pod_and_of_a_limit_range_count() -> None:
    whole = {"limits": {"cpu": "1", "memory": "1Gi"}}
    assert not said("no-resource-requests", pod(container(), resources=whole))
    limits = thing("v1", "LimitRange", {"limits": [{"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}}]})
    assert not said("no-resource-requests", pod(), limits)
    assert not said("no-memory-limit", pod(), limits)
    elsewhere = limits | {"metadata": {"name": "web", "namespace": "other"}}
    assert said("no-resource-requests", pod(), elsewhere)


def test_init_containers_need_no_requests_and_sidecars_do() -> None:
    full = container(resources={"limits": {"cpu": 1, "memory": "1Gi"}})
    inits = [container(name="a"), container(name="b", restartPolicy="Always")]
    assert said("no-resource-requests", pod(full, initContainers=inits)) == [
        "container `b` requests no cpu and no memory"
    ]


@pytest.mark.parametrize(
    ("name", "amount", "expected"),
    [
        ("memory", "512m", "in thousandths of a byte"),
        ("memory", 128, "128 bytes"),
        ("memory", "128", "128 bytes"),
        ("memory", "1k", "next to nothing"),
        ("memory", "64Ki", None),
        ("memory", "0", None),
        ("memory", 134217728, None),
        ("memory", "1.5Gi", None),
        ("memory", "${MEMORY}", None),
        ("ephemeral-storage", "10", "10 bytes"),
        ("cpu", 100, "100 whole cores"),
        ("cpu", "250", "250 whole cores"),
        ("cpu", 96, None),
        ("cpu", "250m", None),
        ("cpu", "0.1", None),
        ("nvidia.com/gpu", 200, None),
        ("hugepages-2Mi", "2Mi", None),
    ],
)
def test_implausible_resources(name: str, amount: Any, expected: str | None) -> None:
    found = said("implausible-resources", pod(container(resources={"limits": {name: amount}})))
    assert found == ([f"{name} limit `{amount}` is {expected}"] if expected else [])


PROBE = {"httpGet": {"path": "/", "port": 8080}}


@pytest.mark.parametrize(
    "quiet",
    [
        workload("Deployment", container(ports=[{"containerPort": 80}], readinessProbe=PROBE)),
        workload("Deployment"),
        workload("Job", container(ports=[{"containerPort": 80}]), restartPolicy="Never"),
        pod(container(ports=[{"containerPort": 80}]), restartPolicy="Never"),
        pod(container(ports=[{"containerPort": 80}]), annotations=HOOK),
        workload(
            "Deployment", container(ports=[{"containerPort": 80}]), annotations={"argocd.argoproj.io/hook": "Sync"}
        ),
        pod(initContainers=[container(name="init", ports=[{"containerPort": 80}])]),
    ],
)
def test_no_readiness_probe_is_fine(quiet: Map) -> None:
    assert not said("no-readiness-probe", quiet)


def test_a_service_makes_the_only_container_serve() -> None:
    assert said("no-readiness-probe", workload("Deployment"), SERVICE)
    assert not said("no-readiness-probe", workload("Deployment", container(), container(name="b")), SERVICE)


@pytest.mark.parametrize(
    ("port", "ports", "error"),
    [
        ("http", [{"name": "http", "containerPort": 80}], False),
        ("http", [{"name": "web", "containerPort": 80}], True),
        ("http", [], True),
        (80, [], False),
        ("${PORT}", [], False),
    ],
)
@pytest.mark.parametrize("asker", ["livenessProbe", "readinessProbe", "startupProbe"])
def test_unknown_probe_port(asker: str, port: Any, ports: list[Map], error: bool) -> None:
    probed = container(ports=ports, **{asker: {"tcpSocket": {"port": port}}})
    assert bool(said("unknown-probe-port", pod(probed))) == error


def test_ports_of_other_hosts_and_of_hooks() -> None:
    hook = {"preStop": {"httpGet": {"path": "/", "port": "http"}}}
    assert said("unknown-probe-port", pod(container(lifecycle=hook)))
    other = {"httpGet": {"path": "/", "port": "http", "host": "example.com"}}
    assert not said("unknown-probe-port", pod(container(livenessProbe=other)))


def test_same_probes_are_fine_where_liveness_waits_longer() -> None:
    assert said("same-probes", pod(container(livenessProbe=PROBE, readinessProbe=PROBE)))
    patient = PROBE | {"failureThreshold": 4}
    assert not said("same-probes", pod(container(livenessProbe=patient, readinessProbe=PROBE)))
    assert not said("same-probes", pod(container(livenessProbe=PROBE)))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"env": [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "b"}]}, ["it is set too late"]),
        ({"env": [{"name": "B", "value": "b"}, {"name": "A", "value": "$(B)"}]}, []),
        ({"env": [{"name": "B", "valueFrom": {}}, {"name": "A", "value": "$(B)"}]}, []),
        ({"env": [{"name": "A", "value": "$(A)"}]}, ["no `A` is set"]),
        ({"env": [{"name": "A", "value": "$$(B)"}]}, []),
        ({"env": [{"name": "A", "value": "$(B)"}], "envFrom": [{"configMapRef": {"name": "x"}}]}, []),
        ({"env": [{"name": "A", "value": "$(DB_SERVICE_HOST):$(DB_PORT_5432_TCP_PORT)"}]}, []),
        ({"args": ["--ip=$(POD_IP)"]}, ["no `POD_IP` is set in `env`"]),
        ({"command": ["sh", "-c", "echo $(date)"]}, []),
        ({"args": ["$(POD_IP)"], "env": [{"name": "POD_IP", "value": ""}]}, []),
    ],
)
def test_unresolved_variable(fields: Map, expected: list[str]) -> None:
    found = said("unresolved-variable", pod(container(**fields)))
    assert [message.partition("stays as it is: ")[2] for message in found] == expected


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"command": ["python app.py"]}, True),
        ({"command": ["python", "app.py"]}, False),
        ({"command": ["/bin/app"]}, False),
        ({"command": ["/opt/my app/run"], "args": ["--once"]}, False),
        ({"args": ["serve --port 80"]}, False),
    ],
)
def test_unsplit_command(fields: Map, error: bool) -> None:
    assert bool(said("unsplit-command", pod(container(**fields)))) == error
    assert not said("unsplit-command", pod(container(**fields), os={"name": "windows"}))


@pytest.mark.parametrize(
    ("hook", "grace", "slept"),
    [
        ({"exec": {"command": ["sleep", "30"]}}, None, 30),
        ({"exec": {"command": ["/bin/sh", "-c", "sleep 20; sleep 15"]}}, None, 35),
        ({"exec": {"command": ["sh", "-c", "sleep 1m && stop"]}}, 45, 60),
        ({"sleep": {"seconds": 30}}, 30, 30),
        ({"exec": {"command": ["sleep", "29"]}}, None, None),
        ({"exec": {"command": ["sleep", "60"]}}, 90, None),
        ({"exec": {"command": ["sh", "-c", "echo sleep; ./nosleep 99"]}}, None, None),
        ({"exec": {"command": ["sh", "-c", "sleep $DELAY"]}}, None, None),
    ],
)
def test_stop_outlasts_grace(hook: Map, grace: int | None, slept: int | None) -> None:
    spec: Map = {} if grace is None else {"terminationGracePeriodSeconds": grace}
    found = said("stop-outlasts-grace", pod(container(lifecycle={"preStop": hook}), **spec))
    assert found == (
        [f"the hook sleeps for {slept} s, and after {grace or 30} s the container is killed"] if slept else []
    )


@pytest.mark.parametrize(("mode", "wrong"), [(400, True), (440, True), (256, False), (420, False), (0, False)])
def test_decimal_file_mode(mode: int, wrong: bool) -> None:
    plain = {"name": "a", "secret": {"secretName": "a", "defaultMode": mode}}
    item = {
        "name": "b",
        "projected": {"sources": [{"secret": {"name": "b", "items": [{"key": "k", "path": "p", "mode": mode}]}}]},
    }
    assert len(said("decimal-file-mode", pod(volumes=[plain, item]))) == 2 * wrong


def scaled(replicas: int | None = None, kind: str = "Deployment", **more: Any) -> Map:
    return workload(kind, more={**({} if replicas is None else {"replicas": replicas}), **more})


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize(("replicas", "alone"), [(None, True), (1, True), (2, False), (0, False)])
def test_single_replica(kind: str, replicas: int | None, alone: bool) -> None:
    assert bool(said("single-replica", scaled(replicas, kind), SERVICE)) == alone
    assert not said("single-replica", scaled(replicas, kind))


def test_an_autoscaler_decides_on_replicas() -> None:
    hpa = thing("autoscaling/v2", "HorizontalPodAutoscaler", HPA)
    keda = thing("keda.sh/v1alpha1", "ScaledObject", {"scaleTargetRef": {"name": "web"}})
    assert not said("single-replica", scaled(), SERVICE, hpa)
    assert not said("single-replica", scaled(), SERVICE, keda)
    assert said("no-disruption-budget", scaled(), hpa)


@pytest.mark.parametrize(
    ("fewest", "most", "rules"),
    [
        (None, 5, {"autoscaler-down-to-one"}),
        (1, 1, {"autoscaler-without-room"}),
        (2, 5, set()),
        (3, 3, {"autoscaler-without-room"}),
    ],
)
def test_bounds_of_autoscalers(fewest: int | None, most: int, rules: set[str]) -> None:
    spec = HPA | {"maxReplicas": most} | ({} if fewest is None else {"minReplicas": fewest})
    hpa = thing("autoscaling/v2", "HorizontalPodAutoscaler", spec)
    assert {r for r in ("autoscaler-down-to-one", "autoscaler-without-room") if said(r, hpa)} == rules


def metric(resource: str = "cpu", **target: Any) -> Map:
    return {
        "type": "Resource",
        "resource": {"name": resource, "target": target or {"type": "Utilization", "averageUtilization": 50}},
    }


@pytest.mark.parametrize(
    ("api", "spec", "resources", "wrong"),
    [
        ("v2", {}, {}, True),
        ("v2", {"metrics": [metric()]}, {}, True),
        ("v2", {"metrics": [metric()]}, {"requests": {"cpu": "1"}}, False),
        ("v2", {"metrics": [metric()]}, {"limits": {"cpu": "1"}}, False),
        ("v2", {"metrics": [metric("memory")]}, {"requests": {"cpu": "1"}}, True),
        ("v2", {"metrics": [metric(type="AverageValue", averageValue="1")]}, {}, False),
        ("v2", {"metrics": [{"type": "Pods", "pods": {}}]}, {}, False),
        ("v1", {"targetCPUUtilizationPercentage": 50}, {}, True),
    ],
)
def test_autoscaler_without_requests(api: str, spec: Map, resources: Map, wrong: bool) -> None:
    hpa = thing(f"autoscaling/{api}", "HorizontalPodAutoscaler", HPA | spec)
    assert (
        bool(said("autoscaler-without-requests", hpa, workload("Deployment", container(resources=resources)))) == wrong
    )
    assert not said("autoscaler-without-requests", hpa)


def budget(**spec: Any) -> Map:
    return thing(
        "policy/v1", "PodDisruptionBudget", {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "web"}}, **spec}
    )


def test_no_disruption_budget() -> None:
    assert said("no-disruption-budget", scaled(2))
    assert not said("no-disruption-budget", scaled(2), budget())
    assert said("no-disruption-budget", scaled(2), budget(selector={"matchLabels": {"app": "db"}}))
    assert not said("no-disruption-budget", scaled(1))
    assert not said("no-disruption-budget", workload("Deployment", annotations=HOOK, more={"replicas": 2}))


@pytest.mark.parametrize(
    ("policy", "minor", "noted"),
    [(None, 36, True), ("IfHealthyBudget", 36, True), ("AlwaysAllow", 36, False), (None, 26, False), (None, 27, True)],
)
def test_unhealthy_pods_block_drain(policy: str | None, minor: int, noted: bool) -> None:
    found = said(
        "unhealthy-pods-block-drain", budget(**({"unhealthyPodEvictionPolicy": policy} if policy else {})), minor=minor
    )
    assert bool(found) == noted


@pytest.mark.parametrize(
    ("strategy", "replicas", "outage"),
    [
        ({"type": "Recreate"}, 2, True),
        ({"rollingUpdate": {"maxUnavailable": "100%"}}, 2, True),
        ({"rollingUpdate": {"maxUnavailable": 2}}, 2, True),
        ({"rollingUpdate": {"maxUnavailable": 1}}, 2, False),
        ({"rollingUpdate": {"maxUnavailable": 1}}, None, True),
        ({}, None, False),
        ({"type": "Recreate"}, 0, False),
    ],
)
def test_rollout_outage(strategy: Map, replicas: int | None, outage: bool) -> None:
    assert bool(said("rollout-outage", scaled(replicas, strategy=strategy), SERVICE)) == outage
    assert not said("rollout-outage", scaled(replicas, strategy=strategy))


def test_one_pod_at_a_time_may_hold_a_volume() -> None:
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    assert not said(
        "rollout-outage", workload("Deployment", more={"strategy": {"type": "Recreate"}}, volumes=[volume]), SERVICE
    )


@pytest.mark.parametrize(
    ("object_", "naked"),
    [
        (pod(), True),
        (pod(restartPolicy="Always"), True),
        (pod(restartPolicy="OnFailure"), False),
        (pod(annotations=HOOK), False),
        (pod(annotations={"kubernetes.io/config.source": "file"}), False),
    ],
)
def test_naked_pod(object_: Map, naked: bool) -> None:
    assert bool(said("naked-pod", object_)) == naked


@pytest.mark.parametrize("spec", [{}, {"suspend": True}])
def test_jobs_that_stay(spec: Map) -> None:
    job = workload("Job", restartPolicy="Never", more=spec)
    assert bool(said("finished-job-kept", job)) == (not spec)
    assert bool(said("switched-off", job)) == bool(spec)
    assert not said("finished-job-kept", workload("Job", restartPolicy="Never", annotations=HOOK))


SECRETS = [
    ("PASSWORD", "hunter2"),
    ("DB_PASSWORD", "hunter2"),
    ("dbPassword", "hunter2"),
    ("MYSQL_ROOT_PASSWORD", "hunter2"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG"),
    ("GITHUB_TOKEN", "hunter2hunter2"),
    ("api-key", "hunter2hunter2"),
    ("client.secret", "hunter2hunter2"),
    ("ANYTHING", "postgres://shop:hunter2@db/shop"),
    ("ANYTHING", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7hunter2\n"),
    ("ANYTHING", "ghp_" + "a1B2" * 9),
]
NO_SECRETS = [
    ("PASSWORD", ""),
    ("PASSWORD", "${DB_PASSWORD}"),
    ("PASSWORD", "$(DB_PASSWORD)"),
    ("PASSWORD", "ENC[AES256_GCM,data:abc,type:str]"),
    ("PASSWORD", "<password>"),
    ("PASSWORD", "CHANGEME"),
    ("PASSWORD_FILE", "/run/secrets/password"),
    ("PASSWORD", "/run/secrets/password"),
    ("USE_TOKEN", "true"),
    ("API_TOKEN_TTL", "3600"),
    ("TOKEN", "auto"),
    ("API_KEY", "API_KEY_VALUE"),
    ("SECRET_NAME", "database"),
    ("BYPASS", "hunter2"),
    ("TOKENIZER", "bert"),
    ("URL", "https://example.com/login"),
    ("URL", "postgres://shop:$(PASSWORD)@db/shop"),
    ("URL", "postgres://shop:<password>@db/shop"),
    ("CA", "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA7hunter2\n"),
]


@pytest.mark.parametrize(("name", "value"), [*SECRETS, *NO_SECRETS])
def test_secrets_in_plain_text(name: str, value: str) -> None:
    expected = (name, value) in SECRETS
    assert bool(said("secret-in-env", pod(container(env=[{"name": name, "value": value}])))) == expected
    assert bool(said("secret-in-config-map", thing("v1", "ConfigMap", data={name: value}))) == expected


FLOW = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: c, image: x, env: [{name: PASSWORD, value: hunter2}]}]}
"""
BLOCK = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  token: hunter2
  password: >-
    hunter2
"""
CODED = """\
apiVersion: v1
kind: Secret
metadata: {name: a}
data:
  password: aHVudGVyMgo=
stringData:
  token: |
    hunter2
"""


@pytest.mark.parametrize("text", [FLOW, BLOCK, CODED])
def test_no_report_shows_the_value(text: str) -> None:
    select = ("secret-in-env", "secret-in-config-map", "newline-in-secret")
    result = lint(load_text(text, file="a.yaml"), minor=36, select=select)
    assert result.findings
    shown = text_report(result) + json_report(result)
    assert not {word for word in ("hunter2", "aHVudGVyMgo") if word in shown}


@pytest.mark.parametrize(
    ("key", "value", "wrong"),
    [
        ("password", "aHVudGVyMgo=", True),
        ("db-password", "aHVudGVyMgo=", True),
        ("password", "aHVudGVyMg==", False),
        ("config.yaml", "aHVudGVyMgo=", False),
        ("password", "YQpiCg==", False),
        ("password", "Cg==", False),
        ("password", "not base64!", False),
        ("password", "ENC[AES256_GCM]", False),
    ],
)
def test_newline_in_secret(key: str, value: str, wrong: bool) -> None:
    assert bool(said("newline-in-secret", thing("v1", "Secret", data={key: value}))) == wrong


@pytest.mark.parametrize(
    ("pods", "own", "expected"),
    [
        ({}, {}, ["container `web` may run as root"]),
        ({"runAsNonRoot": True}, {}, []),
        ({"runAsNonRoot": True}, {"runAsNonRoot": False}, ["container `web` may run as root"]),
        ({"runAsUser": 1000}, {}, []),
        ({"runAsUser": 0}, {}, ["container `web` runs as root"]),
        ({"runAsUser": 1000}, {"runAsUser": 0}, ["container `web` runs as root"]),
        ({"runAsNonRoot": False}, {"runAsUser": 1000}, []),
    ],
)
def test_runs_as_root(pods: Map, own: Map, expected: list[str]) -> None:
    assert said("runs-as-root", pod(container(securityContext=own), securityContext=pods)) == expected
    assert not said("runs-as-root", pod(container(securityContext=own), securityContext=pods, hostUsers=False))
    assert not said("runs-as-root", pod(container(securityContext=own), securityContext=pods, os={"name": "windows"}))


@pytest.mark.parametrize(
    ("path", "read_only", "expected"),
    [
        ("/etc", False, "its pods may change `/etc` of the node"),
        ("/etc/", True, "its pods may read `/etc` of the node"),
        ("//", True, "its pods may read `/` of the node"),
        ("/var/lib/kubelet/pods", False, "its pods may change `/var/lib/kubelet/pods` of the node"),
        ("/proc", True, None),
        ("/proc", False, "its pods may change `/proc` of the node"),
        ("/etc/ssl/certs", True, None),
        ("/var/log", False, None),
        ("/srv/etc", False, None),
    ],
)
def test_sensitive_host_path(path: str, read_only: bool, expected: str | None) -> None:
    mounted = container(volumeMounts=[{"name": "a", "mountPath": "/a", "readOnly": read_only}])
    found = said("sensitive-host-path", pod(mounted, volumes=[{"name": "a", "hostPath": {"path": path}}]))
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize("socket", ["/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/crio/crio.sock"])
def test_runtime_socket(socket: str) -> None:
    assert said("runtime-socket", pod(volumes=[{"name": "a", "hostPath": {"path": socket}}]))
    assert not said("runtime-socket", pod(volumes=[{"name": "a", "hostPath": {"path": f"{socket}.d"}}]))


@pytest.mark.parametrize(("added", "count"), [(["SYS_ADMIN"], 1), (["CAP_NET_ADMIN"], 1), (["ALL"], 1), (["CHOWN"], 0)])
def test_dangerous_capability(added: list[str], count: int) -> None:
    assert len(said("dangerous-capability", pod(container(securityContext={"capabilities": {"add": added}})))) == count


ACCOUNT = thing("v1", "ServiceAccount")
BINDING = thing(
    "rbac.authorization.k8s.io/v1",
    "RoleBinding",
    roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
    subjects=[{"kind": "ServiceAccount", "name": "web"}],
)


@pytest.mark.parametrize(
    ("objects", "needless"),
    [
        ([pod()], True),
        ([pod(automountServiceAccountToken=False)], False),
        ([pod(serviceAccountName="web"), ACCOUNT], True),
        ([pod(serviceAccountName="web"), ACCOUNT | {"automountServiceAccountToken": False}], False),
        (
            [
                pod(serviceAccountName="web", automountServiceAccountToken=True),
                ACCOUNT | {"automountServiceAccountToken": False},
            ],
            True,
        ),
        ([pod(serviceAccountName="web"), ACCOUNT, BINDING], False),
        ([pod(serviceAccountName="elsewhere")], False),
    ],
)
def test_needless_api_token(objects: list[Map], needless: bool) -> None:
    assert bool(said("needless-api-token", *objects)) == needless


@pytest.mark.parametrize(
    ("policy", "open_"),
    [
        (thing("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {}}), False),
        (thing("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {"matchLabels": {"app": "db"}}}), True),
        (thing("cilium.io/v2", "CiliumNetworkPolicy", {}), False),
        (thing("cilium.io/v2", "CiliumClusterwideNetworkPolicy", {}) | {"metadata": {"name": "all"}}, False),
    ],
)
def test_no_network_policy(policy: Map, open_: bool) -> None:
    assert bool(said("no-network-policy", scaled(), policy)) == open_


@pytest.mark.parametrize(
    ("annotation", "plain"),
    [
        (None, True),
        ("cert-manager.io/cluster-issuer", True),
        ("alb.ingress.kubernetes.io/certificate-arn", False),
        ("team", True),
    ],
)
def test_ingress_without_tls(annotation: str | None, plain: bool) -> None:
    ingress = thing("networking.k8s.io/v1", "Ingress", {"rules": [{"host": "a.example"}]})
    if annotation:
        ingress["metadata"] = ingress["metadata"] | {"annotations": {annotation: "x"}}
    assert bool(said("ingress-without-tls", ingress)) == plain
    tls = ingress | {"spec": {"tls": [{"secretName": "x"}]}}
    assert not said("ingress-without-tls", tls)


def test_the_standards_are_judged_whatever_the_namespace_says() -> None:
    open_ = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    open_["metadata"]["labels"] = {"pod-security.kubernetes.io/enforce": "privileged"}  # type: ignore[index]
    assert said("beyond-baseline", open_, scaled()) == []
    assert len(said("beyond-restricted", open_, scaled())) == 4
    job = workload("Job", hostPID=True, restartPolicy="Never")
    assert said("beyond-baseline", open_, job) == ["not baseline: host namespaces (hostPID=true)"]


@pytest.mark.parametrize("rule", sorted(rules_of("practice", "security")))
def test_only_the_default_may_be_an_error_but_for_what_hands_the_node_over(rule: str) -> None:
    profile, severity = find_head(rule).profile, str(find_rule(rule).severity)
    assert severity != "error" or profile in ("default", "pss-baseline", "pss-restricted") or rule == "runtime-socket"
    assert rule in groups_by_rule()


@pytest.mark.parametrize(
    ("port", "service", "wrong"),
    [
        (80, {"port": 80, "targetPort": 8080}, True),
        (80, {"port": 80}, False),
        (80, {"port": 80, "targetPort": 80}, False),
        (8080, {"port": 80, "targetPort": 8080}, False),
        (9090, {"port": 80, "targetPort": 8080}, False),
        (8081, {"port": 8081, "targetPort": 8080}, False),
    ],
)
def test_a_probe_does_not_go_through_the_service(port: int, service: Map, wrong: bool) -> None:
    probed = container(ports=[{"containerPort": 8080}], readinessProbe={"tcpSocket": {"port": port}})
    other = container(name="other", ports=[{"containerPort": 8081}])
    found = said(
        "unknown-probe-port",
        pod(probed, other),
        thing("v1", "Service", {"selector": {"app": "web"}, "ports": [service]}),
    )
    assert bool(found) == wrong


def owned(object_: Map, kind: str) -> Map:
    owner = {"apiVersion": "v1", "kind": kind, "name": "x", "uid": "1", "controller": True}
    return object_ | {"metadata": object_["metadata"] | {"ownerReferences": [owner]}}


PRIVILEGED = container(securityContext={"privileged": True})
PORT_443 = thing("v1", "Service", {"type": "LoadBalancer", "ports": [{"port": 443}]})
INTERNAL = PORT_443 | {"metadata": {"name": "a", "annotations": {"networking.gke.io/load-balancer-type": "internal"}}}


@pytest.mark.parametrize(
    ("rule", "objects"),
    [
        ("single-replica", [workload("Deployment", annotations=HOOK), SERVICE]),
        ("single-replica", [owned(scaled(1), "Application"), SERVICE]),
        ("no-disruption-budget", [owned(scaled(2), "Application")]),
        ("no-pod-spread", [scaled(1)]),
        ("no-pod-spread", [workload("Deployment", more={"replicas": 2}, affinity={"podAntiAffinity": {"x": []}})]),
        ("no-network-policy", [pod(hostNetwork=True)]),
        ("no-network-policy", [pod(annotations=HOOK)]),
        ("low-user-id", [pod(container(securityContext={"runAsUser": 0}))]),
        ("low-user-id", [pod(securityContext={"runAsUser": 10000})]),
        ("undropped-capabilities", [pod(PRIVILEGED)]),
        ("undropped-capabilities", [pod(container(securityContext={"capabilities": {"drop": ["all"]}}))]),
        ("privilege-escalation", [pod(PRIVILEGED)]),
        ("no-seccomp-profile", [pod(PRIVILEGED)]),
        ("no-seccomp-profile", [pod(container(securityContext={"seccompProfile": {"type": "Localhost"}}))]),
        ("writable-root-filesystem", [pod(os={"name": "windows"})]),
        ("exposed-service", [INTERNAL]),
        (
            "exposed-service",
            [thing("v1", "Service", {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"]})],
        ),
        ("host-port", [pod(container(ports=[{"containerPort": 80, "hostPort": 80}]), hostNetwork=True)]),
        ("finished-job-kept", [owned(workload("Job", restartPolicy="Never"), "CronJob")]),
        ("switched-off", [scaled(0), thing("autoscaling/v2", "HorizontalPodAutoscaler", HPA)]),
        ("pull-policy-not-always", [pod(container(imagePullPolicy="Always")), pod(container(image="web"))]),
        ("deprecated-service-account-field", [pod(serviceAccount="a", serviceAccountName="a")]),
        (
            "default-namespace",
            [
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kubernetes", "namespace": "default"}},
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "namespace": "default"}},
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
            ],
        ),
    ],
)
def test_fine(rule: str, objects: list[Map]) -> None:
    assert said(rule, *objects) == []


@pytest.mark.parametrize(
    ("rule", "objects"),
    [
        ("single-replica", [scaled(1), SERVICE]),
        ("no-pod-spread", [scaled(2)]),
        ("low-user-id", [pod(securityContext={"runAsGroup": 9999})]),
        ("no-seccomp-profile", [pod(container(securityContext={"seccompProfile": {"type": "Unconfined"}}))]),
        ("writable-root-filesystem", [pod(container(securityContext={"readOnlyRootFilesystem": False}))]),
        ("exposed-service", [PORT_443]),
        ("privilege-escalation", [pod(container(securityContext={"allowPrivilegeEscalation": True}))]),
        ("switched-off", [scaled(0)]),
        ("pull-policy-not-always", [pod(container(imagePullPolicy="Never"))]),
        ("deprecated-service-account-field", [pod(serviceAccount="a", serviceAccountName="b")]),
    ],
)
def test_not_fine(rule: str, objects: list[Map]) -> None:
    assert len(said(rule, *objects)) == 1
