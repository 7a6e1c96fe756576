"""`kplan explain FIELD`: which field is meant, and what is said of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kplan.errors import UsageError
from kplan.kinds.name import named, names
from kplan.loader import load_text
from kplan.report.explain_field import report
from kplan.report.explain_probe import change_refused, defaults_below
from kplan.report.explain_topic import subject_of
from kplan.schemas import entries
from kplan.schemas.description import description, values

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Backup, plural: backups, singular: backup, shortNames: [bk, deploy]}
  versions:
    - {name: v1alpha1, served: true, storage: false, schema: {openAPIV3Schema: {type: object}}}
    - {name: v0, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          description: A backup.
          properties:
            spec:
              type: object
              description: What is backed up. And when.
              required: [schedule]
              properties:
                schedule: {type: string, pattern: "^@", maxLength: 9, description: When.}
                keep: {type: integer, default: 7, description: How many.}
                mode: {type: string, enum: [full, diff], x-kubernetes-validations: [{rule: self == oldSelf}]}
                targets:
                  type: array
                  items: {type: object, properties: {claim: {type: string, description: Its name.}}}
                limits:
                  type: object
                  additionalProperties: {type: integer}
"""


def page(topic: str, minor: int = 37, **options: Any) -> str:
    return report(subject_of(topic, minor), **options)


def custom(topic: str, **options: Any) -> str:
    return report(subject_of(topic, 37, load_text(CRD)), **options)


def facts(text: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^  (\S+) {2,}(.+)$", text.split("\nFields")[0]))


@pytest.mark.parametrize(
    "topic",
    [
        "deployment.spec.strategy",
        "Deployment.spec.strategy",
        "deployments.spec.strategy",
        "deploy.spec.strategy",
        "apps/v1/Deployment.spec.strategy",
        "apps/v1/deploy.spec.strategy",
    ],
)
def test_a_kind_has_many_names(topic: str) -> None:
    assert page(topic) == page("deployment.spec.strategy")


@pytest.mark.parametrize(
    ("topic", "minor", "api"),
    [
        ("hpa", 37, "autoscaling/v2"),
        ("hpa", 22, "autoscaling/v1"),
        ("cronjob", 20, "batch/v1beta1"),
        ("cronjob", 21, "batch/v1"),
        ("ingress", 18, "networking.k8s.io/v1beta1"),
        ("ingress", 19, "networking.k8s.io/v1"),
        ("event", 37, "v1"),
        ("events.k8s.io/v1/event", 37, "events.k8s.io/v1"),
        ("v1/po", 37, "v1"),
        ("psp", 37, "policy/v1beta1"),
        ("endpoints", 37, "v1"),
        ("netpol", 37, "networking.k8s.io/v1"),
    ],
)
def test_the_version_that_a_server_prefers(topic: str, minor: int, api: str) -> None:
    assert f" of {api}, Kubernetes " in page(topic, minor).split("\n")[0]


def test_every_name_is_that_of_a_kind() -> None:
    kinds = {entry.kind for entry in entries().values() if entry.definition}
    assert {entry.kind for name in names() for entry in named(name, 37)} == kinds


def test_lists_maps_and_indexes_are_walked_through() -> None:
    whole = page("pod.spec.containers.image")
    assert page("pod.spec.containers[0].image") == page("pod.spec.containers[*].image") == whole
    assert page("pod.spec.containers[].image") == whole
    assert page("pod.metadata.labels[app.io/x]") == page("pod.metadata.labels")
    assert page("pod.spec.containers.resources.limits.cpu") == page("pod.spec.containers.resources.limits")


@pytest.mark.parametrize(
    ("topic", "minor", "message"),
    [
        ("deploy.spec.strategi", 37, "`spec` of apps/v1 Deployment has no field `strategi`; did you mean `strategy`?"),
        ("deployment.Spec", 37, "apps/v1 Deployment has no field `Spec`; did you mean `spec`?"),
        ("deplyment.spec", 37, "there is no rule and no kind `deplyment`; did you mean `deployment`?"),
        ("removd", 37, "no rule and no kind `removd`; `kplan rules` lists the rules, --crds brings more kinds"),
        ("pod.spec.os", 20, "`spec` of v1 Pod has no field `os` in 1.20: it came with 1.23"),
        ("svc.spec.topologyKeys", 30, "`spec` of v1 Service has no field `topologyKeys` in 1.30: it was last in 1.21"),
        ("deployment.spec.replicas.x", 37, "`spec.replicas` of apps/v1 Deployment has no fields: it is integer"),
        ("pod.spec.containers.ports.x", 37, "no field `x`; there are containerPort, hostIP, hostPort, name, protocol"),
        ("v1/deployment", 37, "there is no rule and no kind `v1/deployment`; did you mean `deployment`?"),
        ("a b", 37, "`a b` is neither a rule nor a kind"),
        ("", 37, "`` is neither a rule nor a kind"),
        (".spec", 37, "`.spec` is neither a rule nor a kind"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_with_what_is_meant(topic: str, minor: int, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        subject_of(topic, minor)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("topic", "default"),
    [
        ("deployment.spec.replicas", 1),
        ("deployment.spec.strategy.type", "RollingUpdate"),
        ("deployment.spec.strategy.rollingUpdate.maxSurge", "25%"),
        ("daemonset.spec.updateStrategy.rollingUpdate.maxSurge", 0),
        ("deployment.spec.progressDeadlineSeconds", 600),
        ("pod.spec.restartPolicy", "Always"),
        ("pod.spec.containers.livenessProbe.httpGet.scheme", "HTTP"),
        ("pod.spec.containers.livenessProbe.failureThreshold", 3),
        ("pod.spec.containers.ports.protocol", "TCP"),
        ("pod.spec.volumes.configMap.defaultMode", 420),
        ("job.spec.backoffLimit", 6),
        ("cronjob.spec.jobTemplate.spec.backoffLimit", None),
        ("service.spec.type", "ClusterIP"),
        ("secret.type", "Opaque"),
        ("storageclass.reclaimPolicy", "Delete"),
        ("deployment.spec.selector", None),
        ("pod.spec.containers.image", None),
        ("pod.metadata.name", None),
        ("pod.status.phase", None),
    ],
)
def test_defaults_are_those_that_the_server_fills_in(topic: str, default: Any) -> None:
    assert defaults_below(subject_of(topic, 37)).get("", ()) == (() if default is None else (default,))


def test_a_default_may_depend_on_the_image() -> None:
    told = facts(page("deploy.spec.template.spec.containers.imagePullPolicy"))
    assert told["default"] == "IfNotPresent or Always, depending on the image's tag"
    assert told["values"] == "Always, IfNotPresent, Never"


@pytest.mark.parametrize(
    ("topic", "refused"),
    [
        ("deployment.spec.selector", True),
        ("deployment.spec.template", False),
        ("statefulset.spec.serviceName", True),
        ("statefulset.spec.volumeClaimTemplates", True),
        ("statefulset.spec.template", False),
        ("job.spec.template", True),
        ("job.spec.completions", True),
        ("job.spec.parallelism", False),
        ("pvc.spec.storageClassName", True),
        ("secret.type", True),
        ("secret.data", False),
        ("configmap.data", False),
        ("storageclass.provisioner", True),
        ("rolebinding.roleRef", True),
        ("rolebinding.subjects", False),
        ("pod.spec.containers.image", False),
        ("pod.spec.containers.args", True),
        ("pod.spec.nodeName", True),
        ("service.spec.clusterIP", True),
        ("service.spec.ports", False),
        ("deployment.metadata.labels", False),
        ("pod.spec.activeDeadlineSeconds", False),
        ("pod.spec.tolerations", False),
        ("pod.spec.schedulingGates", False),
        ("pod.spec.containers", False),
        ("pod.spec.containers.ports", True),
        ("pvc.spec.resources", False),
        ("pvc.spec.accessModes", True),
        ("pvc.spec.resources.requests", False),
        ("pvc.spec.resources.limits", True),
    ],
)
def test_fields_that_no_update_may_change(topic: str, refused: bool) -> None:
    assert (change_refused(subject_of(topic, 37)) is not None) == refused


def test_facts_of_a_field() -> None:
    told = facts(page("deployment.spec.template.spec.containers.ports"))
    assert told["items"] == "are told apart by containerPort and protocol"
    assert "required" not in told
    assert facts(page("pod.spec.containers.name"))["required"] == "yes"
    assert facts(page("pod.spec.os"))["since"] == "1.23"
    assert facts(page("pod.spec.os.name"))["since"] == "1.23"
    assert facts(page("deployment.spec"))["since"] == "1.9"
    assert facts(page("service.spec.topologyKeys", 21))["until"] == "1.21; it is gone since 1.22"
    old = facts(page("policy/v1beta1/pdb.spec"))
    assert (old["deprecated"], old["removed"]) == ("in 1.21", "in 1.25")
    assert old["successor"] == "PodDisruptionBudget of policy/v1"


def test_the_fields_below_are_listed_required_ones_first() -> None:
    lines = page("pod.spec.containers.ports").split("\nFields\n")[1].splitlines()
    heads = [line.strip() for line in lines if re.match("  [a-z]", line)]
    assert heads == [
        "containerPort <integer (int32)> required",
        "hostIP <string>",
        "hostPort <integer (int32)>",
        "name <string>",
        "protocol <string> default TCP; one of SCTP, TCP, UDP",
    ]


def test_a_tree_ends_where_a_type_holds_itself() -> None:
    tree = page("crd", recursive=True)
    assert "properties <map of strings to JSONSchemaProps> ..." in tree
    assert "    replicas <integer (int32)>\n" in page("deployment", recursive=True)


def test_no_line_is_too_long() -> None:
    text = page("pod.spec")
    assert max(map(len, text.splitlines())) <= 120


def test_custom_resources() -> None:
    assert custom("bk").split("\n")[0] == "Backup of example.com/v1"
    assert "\n  also in     example.com/v1alpha1\n" in custom("backups")
    assert custom("example.com/v1alpha1/Backup").split("\n")[0] == "Backup of example.com/v1alpha1"
    spec = custom("backup.spec")
    assert "  What is backed up. And when." in spec
    assert "  schedule <string> required\n      When.\n  keep <integer> default 7\n      How many.\n" in spec
    assert facts(custom("backup.spec.mode")) == {"values": "full, diff", "rule": "self == oldSelf"}
    assert facts(custom("backup.spec.keep")) == {"default": "7"}
    schedule = custom("backup.spec.schedule")
    assert "  limit       pattern ^@\n  limit       maxLength 9\n" in schedule
    assert "Its name." in custom("backup.spec.targets[0].claim")
    assert "<map of strings to integers>" in custom("backup.spec.limits")
    assert "  labels <map of strings to strings>" in custom("backup.metadata")
    assert "\n    targets <list of objects>\n      claim <string>\n" in custom("backup", recursive=True)


def test_kinds_of_the_definitions_given_come_first() -> None:
    assert custom("deploy").startswith("Backup of")
    assert custom("deployment").startswith("Deployment of")


@pytest.mark.parametrize("topic", ["example.com/v0/Backup", "example.com/v1/Backups.x", "backup.spec.target"])
def test_unknown_parts_of_custom_resources(topic: str) -> None:
    with pytest.raises(UsageError):
        custom(topic)


@pytest.mark.parametrize("minor", [16, 24, 30, 37])
def test_every_kind_has_a_page_in_every_minor(minor: int) -> None:
    for group, version, kind in sorted(entries()):
        if entries()[group, version, kind].definition:
            topic = f"{group}/{version}/{kind}".lstrip("/")
            assert page(topic, minor).startswith(f"{kind} of ")


def test_every_field_is_described() -> None:
    from kplan.schemas import definition, history

    todo, seen = {entry.definition for entry in entries().values() if entry.last == 37 and entry.definition}, set[str]()
    while todo:
        seen |= todo
        types = [type_ for name in todo if (type_ := definition(name, 37)) is not None]
        fields = [field for type_ in types for field in type_.fields.values()]
        inner = [field.element.element or field.element if field.element else field for field in fields]
        todo = {field.object.name for field in inner if field.object is not None} - seen
    missing = [
        f"{name}.{line.name}"
        for name in sorted(seen)
        for line in history(name)
        if line.holds(37) and not description(name, line.name) and not name.startswith("apiextensions")
    ]
    assert len(seen) > 400
    assert missing == [  # the API itself says nothing of these
        "certificates.v1.CertificateSigningRequest.metadata",
        "meta.v1.GroupResource.group",
        "meta.v1.GroupResource.resource",
    ]


def test_words_keep_their_paragraphs() -> None:
    assert "\n" in description("core.v1.ServicePort", "appProtocol")
    assert "\\n" not in description("core.v1.ServicePort", "appProtocol")
    assert description("apps.v1beta1.DeploymentStrategy", "type").startswith("Type of deployment.")
    assert description("core.v1.Nonsense") == ""
    assert values("networking.v1.NetworkPolicySpec", "policyTypes") == ("Egress", "Ingress")
