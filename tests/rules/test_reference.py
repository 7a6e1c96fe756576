"""Cross-object rules, case by case: a set of documents, and all that is said of it."""

from __future__ import annotations

import time

import pytest

from kplan.loader import load_text
from kplan.pipeline import lint_manifest

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {ns}, labels: {labels}}}
spec: {{containers: [{{name: c, image: 'x:1'{ports}}}]}}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {ns}}}
spec: {{selector: {selector}, ports: {ports}{more}}}
"""


def pod(labels: str, *, name: str = "p", ns: str = "shop", ports: str = "") -> str:
    return POD.format(name=name, ns=ns, labels=labels, ports=f", ports: {ports}" if ports else "").replace(
        ", namespace: none", ""
    )


def service(selector: str, *, name: str = "s", ns: str = "shop", ports: str = "[{port: 80}]", more: str = "") -> str:
    return SERVICE.format(name=name, ns=ns, selector=selector, ports=ports, more=more).replace(", namespace: none", "")


def workload(kind: str, labels: str, api: str = "apps/v1", name: str = "w", account: str = "") -> str:
    pods = f"{{metadata: {{labels: {labels}}}, spec: {{{account}containers: [{{name: c, image: 'x:1'}}]}}}}"
    more = "serviceName: w, " if kind == "StatefulSet" else ""
    return (
        f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n"
        f"spec: {{{more}selector: {{matchLabels: {labels}}}, template: {pods}}}\n"
    )


def said(*documents: str) -> list[str]:
    manifest = load_text("---\n".join(documents), file="a.yaml")
    found = lint_manifest(manifest, minor=37, select=["references", "collisions"])
    return [f"{f.severity} {f.rule}: {f.message}" + (f" | {f.help}" if f.help else "") for f in found]


NO_POD = "error service-without-endpoints: selector `{}` matches no pod"
CLOSEST = NO_POD + " | the closest pod has the labels `{}`"


@pytest.mark.parametrize(
    ("selector", "labels", "closest"),
    [
        ("{app: web}", "{run: web}", "run=web"),
        ("{app: web}", "{app: wbe}", "app=wbe"),
        ("{app: Web}", "{app: web}", "app=web"),
        ("{app: web, tier: front}", "{app: web}", "app=web"),
        ("{app: web}", "{app: queue}", "app=queue"),
    ],
)
def test_service_shows_the_closest_pod(selector: str, labels: str, closest: str) -> None:
    wanted = ",".join(sorted(selector.strip("{}").replace(": ", "=").split(", ")))
    assert said(pod(labels), service(selector)) == [CLOSEST.format(wanted, closest)]


def test_closest_of_many_is_the_nearest_and_none_is_shown_when_none_is_near() -> None:
    pods = [pod("{app: db}", name="a"), pod("{run: web}", name="b"), pod("{app: queue}", name="c")]
    assert said(*pods, service("{app: web}")) == [CLOSEST.format("app=web", "run=web")]
    assert said(*pods, service("{app: mail}")) == [NO_POD.format("app=mail")]


@pytest.mark.parametrize(
    "documents",
    [
        pytest.param([service("{app: web}")], id="no workload is given"),
        pytest.param([pod("{app: db}", ns="other"), service("{app: web}")], id="workloads of another namespace only"),
        pytest.param([pod("{app: web, tier: front}"), service("{app: web}")], id="pod with more labels"),
        pytest.param([pod("{app: db}"), service("{}")], id="empty selector"),
        pytest.param([pod("{app: db}"), service("null")], id="no selector"),
        pytest.param(
            [pod("{app: db}"), service("{a: b}", more=", type: ExternalName, externalName: x.example.com")],
            id="external name",
        ),
        pytest.param(
            [workload("StatefulSet", "{app: db}"), service("{app: db, statefulset.kubernetes.io/pod-name: w-0}")],
            id="one pod of a StatefulSet",
        ),
        pytest.param(
            [workload("StatefulSet", "{app: db}"), service('{apps.kubernetes.io/pod-index: "0"}')], id="pod index"
        ),
        pytest.param(
            [workload("Deployment", "{app: db}"), service("{app: db, pod-template-hash: 5c694c878b}")],
            id="one ReplicaSet of a Deployment",
        ),
        pytest.param(
            [
                pod("{app: db}"),
                "apiVersion: batch/v1\nkind: Job\nmetadata: {name: load, namespace: shop}\n"
                "spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'x:1'}]}}}\n",
                service("{batch.kubernetes.io/job-name: load}"),
                service("{job-name: load}", name="old"),
            ],
            id="pods of a Job",
        ),
        pytest.param(
            [
                pod("{app: db}"),
                "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s, namespace: shop}\n",
                service("{prometheus: k8s}"),
            ],
            id="an operator runs the pods",
        ),
        pytest.param(
            [
                pod("{app: db}"),
                "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x, namespace: flux}\n",
                service("{app: web}"),
            ],
            id="a chart may bring the pods into any namespace",
        ),
        pytest.param(
            [
                workload("StatefulSet", "{app: vault}", account="serviceAccountName: vault, "),
                service("{app: vault, vault-active: 'true'}"),
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: self, namespace: shop}\n"
                "rules: [{apiGroups: [''], resources: [pods], verbs: [get, patch]}]\n",
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: self, namespace: shop}\n"
                "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: self}\n"
                "subjects: [{kind: ServiceAccount, name: vault}]\n",
            ],
            id="pods that may label themselves",
        ),
        pytest.param(
            [
                pod("{app: db}"),
                "apiVersion: v1\nkind: Service\n"
                "metadata: {name: s, namespace: shop, annotations: {helm.sh/hook: test}}\n"
                "spec: {selector: {app: web}, ports: [{port: 80}]}\n",
            ],
            id="a Helm hook",
        ),
        pytest.param(
            [
                pod("{app: db}"),
                "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r, namespace: shop}\n"
                "spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: 'x:1'}]}}}\n",
                service("{app: web}"),
            ],
            id="a custom workload with a pod template",
        ),
    ],
)
def test_silent(documents: list[str]) -> None:
    assert said(*documents) == []


def test_another_pod_name_of_a_stateful_set_is_no_match() -> None:
    found = said(
        workload("StatefulSet", "{app: db}"), service("{app: db, statefulset.kubernetes.io/pod-name: other-0}")
    )
    assert len(found) == 1


def test_custom_resources_that_run_nothing_hide_nothing() -> None:
    monitor = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: x, namespace: shop}\n"
    assert said(pod("{run: web}"), monitor, service("{app: web}")) == [CLOSEST.format("app=web", "run=web")]


def test_near_miss_beside_an_operator_is_a_warning() -> None:
    prometheus = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s, namespace: shop}\n"
    (found,) = said(pod("{run: web}"), pod("{run: db}", name="q"), prometheus, service("{app: web}"))
    assert found == CLOSEST.format("app=web", "run=web").replace("error", "warning", 1)


@pytest.mark.parametrize(
    ("pod_ns", "more", "severity"),
    [("other", [pod("{app: db}", name="q")], "error"), ("other", [], "warning"), ("none", [], "warning")],
)
def test_pods_in_another_namespace(pod_ns: str, more: list[str], severity: str) -> None:
    where = "default" if pod_ns == "none" else pod_ns
    assert said(pod("{app: web}", ns=pod_ns), *more, service("{app: web}")) == [
        f"{severity} service-without-endpoints: selector `app=web` matches no pod in namespace `shop`"
        f" | pod/p has these labels, in namespace `{where}`"
    ]


NO_NAME = "error unknown-target-port: no container of the selected pods has a port named `{}`"
PORTS = "[{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]"
HAVE = " | they have 53 (`dns`), 8080 (`http`)"


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ("[{port: 80, targetPort: http}]", []),
        ("[{port: 80, targetPort: 8080}]", []),
        ("[{port: 8080}]", []),
        ("[{port: 53, targetPort: dns, protocol: UDP}]", []),
        ("[{port: 80, targetPort: web}]", [NO_NAME.format("web") + HAVE]),
        ("[{port: 80, targetPort: htpp}]", [NO_NAME.format("htpp") + " | did you mean `http`?"]),
        (
            "[{port: 80, targetPort: '8080'}]",
            [NO_NAME.format("8080") + " | `8080` in quotes is a name; write the number without them"],
        ),
        (
            "[{port: 53, targetPort: dns}]",
            [
                "error unknown-target-port: port `dns` of the selected pods is for UDP, this one for TCP"
                " | give this port `protocol: UDP`"
            ],
        ),
        (
            "[{port: 80, targetPort: 9090}]",
            ["warning unknown-target-port: no container of the selected pods declares port 9090" + HAVE],
        ),
        ("[{port: 80}]", ["warning unknown-target-port: no container of the selected pods declares port 80" + HAVE]),
    ],
)
def test_target_port(ports: str, expected: list[str]) -> None:
    assert said(pod("{app: web}", ports=PORTS), service("{app: web}", ports=ports)) == expected


def test_a_number_is_fine_where_a_pod_declares_nothing() -> None:
    assert said(pod("{app: web}"), service("{app: web}", ports="[{port: 80, targetPort: 9090}]")) == []


def test_a_name_needs_only_one_of_the_selected_pods() -> None:
    pods = [pod("{app: web}", name="a"), pod("{app: web}", name="b", ports="[{name: http, containerPort: 80}]")]
    assert said(*pods, service("{app: web}", ports="[{port: 80, targetPort: http}]")) == []


def test_name_where_no_port_is_declared() -> None:
    assert said(pod("{app: web}"), service("{app: web}", ports="[{port: 80, targetPort: http}]")) == [
        NO_NAME.format("http")
        + " | their containers name no ports; write the number, or name the port in the container"
    ]


def test_headless_services_are_judged_mildly() -> None:
    ports = "[{name: a, port: 80, targetPort: web}, {name: b, port: 9090}]"
    (found,) = said(pod("{app: web}", ports=PORTS), service("{app: web}", ports=ports, more=", clusterIP: None"))
    assert found.startswith("warning unknown-target-port: no container of the selected pods has a port named `web`")


def test_ports_of_sidecars_count_and_of_other_init_containers_do_not() -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop, labels: {app: web}}\n"
        "spec: {containers: [{name: c, image: 'x:1'}], initContainers: [{name: i, image: 'x:1',"
        " ports: [{name: http, containerPort: 80}]RESTART}]}\n"
    )
    named = service("{app: web}", ports="[{port: 80, targetPort: http}]")
    assert said(text.replace("RESTART", ", restartPolicy: Always"), named) == []
    assert len(said(text.replace("RESTART", ""), named)) == 1


@pytest.mark.parametrize(
    ("selector", "labels", "expected"),
    [
        ("{matchLabels: {app: web}}", "{app: web, x: y}", None),
        ("{matchLabels: {app: web}}", "{app: db}", "the template has `app=db`"),
        ("{matchLabels: {app: web, a: b}}", "{app: web}", "the template has no label `a`"),
        ("{matchLabels: {app: web}}", "null", "the template has no labels"),
        ("{matchExpressions: [{key: app, operator: In, values: [web, db]}]}", "{app: web}", None),
        (
            "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}",
            "{app: web}",
            "the template has `app=web`",
        ),
        ("{matchExpressions: [{key: app, operator: DoesNotExist}]}", "{app: web}", "the template has `app=web`"),
        ("{matchExpressions: [{key: app, operator: Exists}]}", "{x: web}", "the template has no label `app`"),
        ("{matchExpressions: [{key: app, operator: Is}]}", "{x: web}", None),
        ("{matchLabels: {app: 'not valid'}}", "{app: web}", None),
        ("{}", "{app: web}", None),
        ("null", "{app: web}", None),
        ("{matchLabels: {app: web}}", "{app: 1}", None),
        ("{matchLabels: {app: web}}", "[app]", None),
    ],
)
def test_selector_and_template(selector: str, labels: str, expected: str | None) -> None:
    text = (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w}}\nspec: {{selector: {selector}, "
        f"template: {{metadata: {{labels: {labels}}}, spec: {{containers: [{{name: c, image: 'x:1'}}]}}}}}}\n"
    )
    helps = [line.split(" | ")[1] for line in said(text)]
    assert helps == ([expected] if expected else [])


def test_old_versions_without_selector_are_given_one_by_the_api_server() -> None:
    text = workload("Deployment", "{app: web}", api="extensions/v1beta1").replace(
        "selector: {matchLabels: {app: web}}, ", ""
    )
    assert said(text) == []


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n"


@pytest.mark.parametrize(
    ("documents", "count"),
    [
        ([CONFIG, CONFIG], 1),
        ([CONFIG, CONFIG, CONFIG], 2),
        ([CONFIG, CONFIG.replace("name: a", "name: b")], 0),
        ([CONFIG, CONFIG.replace("name: a", "name: a, namespace: default")], 1),
        ([CONFIG, CONFIG.replace("name: a", "name: a, namespace: other")], 0),
        ([CONFIG, CONFIG.replace("ConfigMap", "Secret").replace("data", "stringData")], 0),
        ([CONFIG.replace("name: a", "generateName: a-")] * 2, 0),
        ([CONFIG.replace("name: a", "name: a, annotations: {helm.sh/hook: pre-install}")] * 2, 0),
        ([workload("Deployment", "{a: b}"), workload("Deployment", "{a: b}", api="apps/v1beta2")], 1),
        ([workload("Deployment", "{a: b}"), workload("Deployment", "{a: b}", api="extensions/v1beta1")], 1),
    ],
)
def test_duplicate(documents: list[str], count: int) -> None:
    found = said(*documents)
    assert len([line for line in found if line.startswith("error duplicate-object")]) == len(found) == count


def test_thousands_of_objects_take_time_in_proportion() -> None:
    def seconds(n: int) -> float:
        documents = [pod(f"{{app: a{i}, part: x}}", name=f"p{i}") for i in range(n)]
        documents += [service(f"{{app: a{i}}}", name=f"s{i}") for i in range(n)]
        manifest = load_text("---\n".join(documents))
        start = time.process_time()
        assert lint_manifest(manifest, minor=37, select=["references", "collisions"]) == ()
        return time.process_time() - start

    few, many = (min(seconds(n) for _ in range(3)) for n in (400, 3200))
    assert many < 24 * few
