from __future__ import annotations

import pytest

from kplan.loader import load_text
from kplan.model import format_path
from kplan.schema import check
from kplan.schema.scalar import is_base64, is_int64, is_micro_time, is_time

Answer = tuple[str, str, str, str | None]


def answers(text: str, minor: int = 36) -> list[Answer]:
    return [
        (rule, format_path(problem.path), problem.message, problem.help)
        for resource in load_text(text)
        for rule, problem in check(resource, minor)
    ]


def header(api_version: str, kind: str) -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n"


def pod(container: str) -> str:
    return f"{header('v1', 'Pod')}spec: {{containers: [{{name: a, image: b, {container}}}]}}\n"


def deployment(spec: str = "", template: str = "", pod_spec: str = "") -> str:
    return (
        f"{header('apps/v1', 'Deployment')}spec: {{{spec}selector: {{matchLabels: {{a: b}}}}, "
        f"template: {{{template}metadata: {{labels: {{a: b}}}}, spec: {{{pod_spec}containers: [{{name: a}}]}}}}}}\n"
    )


ACCEPTED = [
    "replicas: 1.0, ",
    "replicas: 3e1, ",
    "replicas: null, ",
    "revisionHistoryLimit: 2147483647, ",
    "strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}, ",
]


@pytest.mark.parametrize("spec", ACCEPTED)
def test_what_decoding_takes_has_no_finding(spec: str) -> None:
    assert answers(deployment(spec)) == []


@pytest.mark.parametrize(
    "container",
    [
        "resources: {limits: {cpu: 1, memory: 1.5, pods: 1e3}}",
        "resources: {limits: {cpu: 1., memory: .5}}",
        "env: null",
        "env: [null]",
        "livenessProbe: {httpGet: {port: http}, periodSeconds: 30.0}",
        "stdin: yes",
        "command: []",
    ],
)
def test_what_decoding_takes_in_containers_has_no_finding(container: str) -> None:
    assert answers(pod(container)) == []


def test_status_and_null_timestamps_are_fine() -> None:
    text = deployment().replace("{name: a}\n", "{name: a, creationTimestamp: null}\n", 1) + "status: {}\n"
    assert answers(text) == []


@pytest.mark.parametrize(
    ("container", "path", "message", "help_"),
    [
        (
            'ports: [{containerPort: "80"}]',
            "ports[0].containerPort",
            'expected integer, given string `"80"`',
            "leave out the quotes: `80`",
        ),
        ("ports: [{containerPort: 80.5}]", "ports[0].containerPort", "expected integer, given number `80.5`", None),
        ("ports: {containerPort: 80}", "ports", "expected list, given map", "begin each element with `- `"),
        ("command: sh", "command", 'expected list, given string `"sh"`', "begin each element with `- `"),
        ("args: [1]", "args[0]", "expected string, given integer `1`", "put it in quotes"),
        ('tty: "yes"', "tty", 'expected boolean, given string `"yes"`', "write `true`, without quotes"),
        ("resources: []", "resources", "expected map, given list", "leave out the `- `"),
        ("resources: {limits: {cpu: 1x}}", "resources.limits.cpu", 'expected quantity, given string `"1x"`', None),
        ('resources: {limits: {cpu: ""}}', "resources.limits.cpu", 'expected quantity, given string `""`', None),
        ("resources: {limits: {cpu: true}}", "resources.limits.cpu", "expected quantity, given boolean `true`", None),
        (
            "livenessProbe: {tcpSocket: {port: true}}",
            "livenessProbe.tcpSocket.port",
            "expected integer or string, given boolean `true`",
            None,
        ),
        (
            "livenessProbe: {periodSeconds: 2147483648}",
            "livenessProbe.periodSeconds",
            "expected integer of 32 bits, given integer `2147483648`",
            None,
        ),
    ],
)
def test_wrong_types_are_told_in_the_words_of_the_api(
    container: str, path: str, message: str, help_: str | None
) -> None:
    assert answers(pod(container)) == [("wrong-type", f"spec.containers[0].{path}", message, help_)]


def test_yaml_booleans_are_explained() -> None:
    [(rule, path, message, help_)] = answers(pod("env: [{name: A, value: y}]"))
    assert (rule, path, message) == (
        "wrong-type",
        "spec.containers[0].env[0].value",
        "expected string, given boolean `true`",
    )
    assert help_ is not None
    assert "quotes" in help_


def test_int64_fields_take_more_than_int32() -> None:
    assert answers(deployment(pod_spec="activeDeadlineSeconds: 9223372036854775807, ")) == []
    [(rule, _, message, _)] = answers(deployment(pod_spec="activeDeadlineSeconds: 9223372036854775808, "))
    assert (rule, message) == ("wrong-type", "expected integer of 64 bits, given integer `9223372036854775808`")


def test_values_of_secrets_are_never_shown() -> None:
    text = header("v1", "Secret") + "data: {password: not base64, pin: 123456}\nstringData: {pin: 654321, x: [hush]}\n"
    found = answers(text)
    assert [(path, message) for _, path, message, _ in found] == [
        ("data.password", "expected base64 text, given string"),
        ("data.pin", "expected string, given integer"),
        ("stringData.pin", "expected string, given integer"),
        ("stringData.x", "expected string, given list"),
    ]
    assert not any(value in str(found) for value in ("123456", "654321", "hush", "not base64"))


@pytest.mark.parametrize(
    ("text", "path", "help_"),
    [
        (pod("imagepullpolicy: Always"), "spec.containers[0].imagepullpolicy", "did you mean `imagePullPolicy`?"),
        (pod("image_pull_policy: Always"), "spec.containers[0].image_pull_policy", "did you mean `imagePullPolicy`?"),
        (pod("imagePulPolicy: Always"), "spec.containers[0].imagePulPolicy", "did you mean `imagePullPolicy`?"),
        (pod("port: 80"), "spec.containers[0].port", "did you mean `ports`?"),
        (pod("environment: []"), "spec.containers[0].environment", "did you mean `env`?"),
        (pod("nodeSelector: {}"), "spec.containers[0].nodeSelector", "it belongs in `spec`"),
        (
            pod("livenessProbe: {path: /}"),
            "spec.containers[0].livenessProbe.path",
            "it belongs in `spec.containers[0].livenessProbe.httpGet`",
        ),
        (
            pod("securityContext: {fsGroup: 1}"),
            "spec.containers[0].securityContext.fsGroup",
            "it belongs in `spec.securityContext`",
        ),
        (deployment(spec="containers: [], "), "spec.containers", "it belongs in `spec.template.spec`"),
        (deployment(template="replicas: 2, "), "spec.template.replicas", "it belongs in `spec`"),
        (
            deployment(pod_spec="image: a, "),
            "spec.template.spec.image",
            "it belongs in `spec.template.spec.containers[]`",
        ),
        (deployment(pod_spec="replicas: 2, "), "spec.template.spec.replicas", "it belongs in `spec`"),
        (deployment() + "replicas: 2\n", "replicas", "it belongs in `spec`"),
        (deployment() + "labels: {}\n", "labels", "it belongs in `metadata`"),
        (deployment().replace("{matchLabels: {a: b}}", "{a: b}"), "spec.selector.a", "labels belong in `matchLabels`"),
    ],
)
def test_unknown_fields_come_with_what_may_be_meant(text: str, path: str, help_: str) -> None:
    [(rule, found, message, given)] = answers(text)
    assert (rule, found, given) == ("unknown-field", path, help_)
    assert message.startswith("unknown field `")


@pytest.mark.parametrize(("minor", "help_"), [(24, "the field exists since Kubernetes 1.25"), (25, None), (37, None)])
def test_fields_are_those_of_the_minor(minor: int, help_: str | None) -> None:
    found = answers(deployment(pod_spec="hostUsers: false, "), minor)
    assert [given for *_, given in found] == ([help_] if help_ else [])


def test_fields_that_went_name_their_last_minor() -> None:
    text = header("v1", "Service") + "spec: {ports: [{port: 80}], topologyKeys: ['*']}\n"
    assert answers(text, 21) == []
    [(_, _, _, help_)] = answers(text, 22)
    assert help_ == "the field exists since Kubernetes 1.17 and up to Kubernetes 1.21"


def test_field_names_are_case_sensitive() -> None:
    assert [rule for rule, *_ in answers(deployment(spec="Replicas: 2, "))] == ["unknown-field"]


def test_missing_fields_are_at_their_own_path() -> None:
    found = answers(header("apps/v1", "Deployment") + "spec: {template: null}\n")
    assert [(rule, path) for rule, path, *_ in found] == [
        ("missing-field", "spec.selector"),
        ("missing-field", "spec.template"),
    ]
    assert found[0][2] == "missing field `selector` in `spec`"


@pytest.mark.parametrize(
    ("metadata", "kind", "paths"),
    [
        ("{}", "ConfigMap", ["metadata.name"]),
        ("null", "ConfigMap", ["metadata.name"]),
        ("{generateName: a-}", "ConfigMap", []),
        ("{}", "LimitRange", []),
    ],
)
def test_objects_need_a_name(metadata: str, kind: str, paths: list[str]) -> None:
    found = answers(f"apiVersion: v1\nkind: {kind}\nmetadata: {metadata}\n")
    assert [path for _, path, *_ in found] == paths


def test_statefulset_templates_are_looked_into_only_since_1_34() -> None:
    text = header("apps/v1", "StatefulSet") + (
        "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{}]}}}\n"
    )
    assert answers(text, 33) == []
    assert [path for _, path, *_ in answers(text, 34)] == ["spec.template.spec.containers[0].name"]
    assert [rule for rule, *_ in answers(text.replace("[{}]", "[{nam: a}]"), 33)] == ["unknown-field"]


@pytest.mark.parametrize(
    ("api_version", "kind", "at", "help_"),
    [
        ("apps/v2", "Deployment", "apiVersion", "it is in `apps/v1`"),
        ("v1", "Deployment", "apiVersion", "it is in `apps/v1`"),
        ("v1", "CronJob", "apiVersion", "it is in `batch/v1`"),
        ("core/v1", "Pod", "apiVersion", "it is in `v1`"),
        ("networking/v1", "Ingress", "apiVersion", "it is in `networking.k8s.io/v1`"),
        ("rbac.authorisation.k8s.io/v1", "Role", "apiVersion", "it is in `rbac.authorization.k8s.io/v1`"),
        ("autoscaling/v3", "HorizontalPodAutoscaler", "apiVersion", "it is in `autoscaling/v2` and `autoscaling/v1`"),
        ("apps/v1", "deployment", "kind", "did you mean `Deployment`?"),
        ("apps/v1", "Deploymnt", "kind", "did you mean `Deployment`?"),
        ("apps/v1", "CronJb", "kind", "did you mean `CronJob` in `batch/v1`?"),
        ("v1", "Pods", "kind", "did you mean `Pod`?"),
        ("apps/v1", "Widget", "kind", None),
        ("widgets/v1", "Widget", "apiVersion", None),
        ("APPS/v1", "Deployment", "apiVersion", "it is in `apps/v1`"),
    ],
)
def test_unknown_kinds_come_with_what_may_be_meant(api_version: str, kind: str, at: str, help_: str | None) -> None:
    [(rule, path, _, given)] = answers(header(api_version, kind))
    assert (rule, path, given) == ("unknown-kind", at, help_)


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [("example.com/v1", "Widget"), ("serving.knative.dev/v1", "Service"), ("gateway.networking.k8s.io/v1", "Gateway")],
)
def test_kinds_of_other_groups_are_custom(api_version: str, kind: str) -> None:
    assert answers(header(api_version, kind) + "anything: true\n") == []


@pytest.mark.parametrize(
    ("api_version", "kind", "minor", "rule", "message", "help_"),
    [
        (
            "extensions/v1beta1",
            "Deployment",
            16,
            "removed-api",
            "`extensions/v1beta1` Deployment was removed in Kubernetes 1.16",
            "write `apiVersion: apps/v1`",
        ),
        (
            "policy/v1beta1",
            "PodSecurityPolicy",
            25,
            "removed-api",
            "`policy/v1beta1` PodSecurityPolicy was removed in Kubernetes 1.25",
            "nothing replaces PodSecurityPolicy",
        ),
        (
            "batch/v1",
            "CronJob",
            20,
            "removed-api",
            "`batch/v1` CronJob is not there before Kubernetes 1.21",
            "write `apiVersion: batch/v1beta1`",
        ),
        (
            "batch/v1beta1",
            "CronJob",
            21,
            "deprecated-api",
            "`batch/v1beta1` CronJob is deprecated since Kubernetes 1.21, removed in 1.25",
            "write `apiVersion: batch/v1`",
        ),
        (
            "policy/v1beta1",
            "PodDisruptionBudget",
            37,
            "removed-api",
            "`policy/v1beta1` PodDisruptionBudget was removed in Kubernetes 1.25",
            "write `apiVersion: policy/v1`",
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            22,
            "removed-api",
            "`autoscaling/v2` HorizontalPodAutoscaler is not there before Kubernetes 1.23",
            "write `apiVersion: autoscaling/v2beta2`",
        ),
    ],
)
def test_versions_that_go_name_the_minor_and_what_follows(
    api_version: str, kind: str, minor: int, rule: str, message: str, help_: str
) -> None:
    versions = [answer for answer in answers(header(api_version, kind), minor) if answer[0].endswith("-api")]
    assert versions == [(rule, "apiVersion", message, help_)]


def test_kinds_that_went_are_checked_against_their_last_schema() -> None:
    text = header("extensions/v1beta1", "Ingress") + "spec: {backand: {serviceName: a, servicePort: 80}}\n"
    assert [rule for rule, *_ in answers(text, 36)] == ["removed-api", "unknown-field"]


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("", True),
        ("YQ==", True),
        ("YWI=", True),
        ("YW\nJj", True),
        ("YQ", False),
        ("Y Q==", False),
        ("YQ==YQ==", False),
    ],
)
def test_base64(value: str, good: bool) -> None:
    assert is_base64(value) is good


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("2024-01-31T12:00:00Z", True),
        ("2024-01-31T12:00:00.25+02:00", True),
        ("2000-02-29T00:00:00Z", True),
        ("1900-02-29T00:00:00Z", False),
        ("2024-04-31T12:00:00Z", False),
        ("2024-13-01T12:00:00Z", False),
        ("2024-01-31 12:00:00Z", False),
        ("2024-01-31T24:00:00Z", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_times(value: str, good: bool) -> None:
    assert is_time(value) is good


def test_micro_times_have_six_digits() -> None:
    assert is_micro_time("2024-01-31T12:00:00.000000Z")
    assert not is_micro_time("2024-01-31T12:00:00Z")
    assert not is_micro_time("2024-01-31T12:00:00.000Z")


def test_numbers_that_are_no_integers() -> None:
    assert not is_int64(float("nan"))
    assert not is_int64(float("inf"))
    assert is_int64(-0.0)


def schema_of_crd(schema: str) -> str:
    return header("apiextensions.k8s.io/v1", "CustomResourceDefinition") + (
        "spec: {group: a.b, scope: Cluster, names: {kind: W, plural: ws}, versions: "
        f"[{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}]}}\n"
    )


@pytest.mark.parametrize(
    ("schema", "rule", "below"),
    [
        ("{properties: {a: {typ: string}}}", "unknown-field", "properties.a.typ"),
        ("{items: {properties: {a: {type: 5}}}}", "wrong-type", "items.properties.a.type"),
        (
            "{items: {x-kubernetes-validations: [{message: a}]}}",
            "missing-field",
            "items.x-kubernetes-validations[0].rule",
        ),
        ("{additionalProperties: 5}", "wrong-type", "additionalProperties"),
        ("{additionalProperties: {minLength: x}}", "wrong-type", "additionalProperties.minLength"),
        ("{dependencies: {a: [1]}}", "wrong-type", "dependencies.a[0]"),
    ],
)
def test_schemas_of_definitions(schema: str, rule: str, below: str) -> None:
    root = "spec.versions[0].schema.openAPIV3Schema"
    assert [answer[:2] for answer in answers(schema_of_crd(schema))] == [(rule, f"{root}.{below}")]


@pytest.mark.parametrize(
    "schema",
    [
        "{items: {typ: string}}",
        "{items: 5}",
        "{items: null, additionalProperties: true, dependencies: {a: [b], c: {anything: 1}}}",
        "{default: [1, {a: 2}], enum: [1, a, null], example: {a: b}}",
    ],
)
def test_nested_schemas_of_definitions_are_not_strict(schema: str) -> None:
    assert answers(schema_of_crd(schema)) == []
