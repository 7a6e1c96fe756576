"""Whatever an object that the server could decode holds, the verdict on it is findings."""

from __future__ import annotations

import gzip
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kplan.loader import load_text, parse_documents
from kplan.model import format_path
from kplan.pipeline import Lint, lint
from kplan.report import lint_concise, lint_json, lint_text
from kplan.schemas import Field, Type, entries, lookup
from kplan.schemas.type import field_at

ALONE = ("syntax", "schema", "validation", "deprecation")
RECORDED = Path(__file__).resolve().parents[1] / "conformance" / "verdicts" / "documents.jsonl.gz"
WORDS = [
    "", "a", "A", "a b", "-", "a-", "a.b", "a/b", "a/b/c", "/", "x" * 300, "é", "\x00", "\n", "0", "-1", "80", "http",
    "None", "Always", "Never", "TCP", "IPv4", "IPv6", "ClusterIP", "RollingUpdate", "Recreate", "50%", "200%", "-5%",
    "1.2.3.4", "01.2.3.4", "::1", "1.2.3.0/24", "1.2.3.4/24", "::/0", "*", "*.a.b", "* * * * *", "@every 1s",
    "0 0 31 2 *", "Europe/Paris", "https://a.b/c", "spec.nodeName", "metadata.labels['a']", "cpu", "memory",
    "hugepages-2Mi", "example.com/gpu", "kubernetes.io/tls", "requests.cpu", "count/pods", "object.spec",
    "self.a > 1", "(", "apps/v1", "v1", "Pod", "In", "Exists",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 3, 80, 443, 10250, 65535, 65536, 2**31 - 1, -(2**31), 30.0]
QUANTITIES = ["0", "1", "-1", "100m", "1Gi", "1.5", "0.1m", "1e3", 5, 0.5, "9" * 30, "1n"]
BY_FORMAT = {
    "byte": ["", "YQ==", "e30="],
    "date-time": ["2024-01-31T12:00:00Z"],
    "micro-time": ["2024-01-31T12:00:00.000000Z"],
}
KINDS = [
    "v1 Pod", "v1 PodTemplate", "v1 ReplicationController", "v1 Service", "v1 Endpoints", "v1 PersistentVolume",
    "v1 PersistentVolumeClaim", "v1 ConfigMap", "v1 Secret", "v1 LimitRange", "v1 ResourceQuota", "v1 Namespace",
    "v1 ServiceAccount", "apps/v1 Deployment", "apps/v1 ReplicaSet", "apps/v1 StatefulSet", "apps/v1 DaemonSet",
    "batch/v1 Job", "batch/v1 CronJob", "autoscaling/v1 HorizontalPodAutoscaler",
    "autoscaling/v2 HorizontalPodAutoscaler", "networking.k8s.io/v1 Ingress", "networking.k8s.io/v1 IngressClass",
    "networking.k8s.io/v1 NetworkPolicy", "policy/v1 PodDisruptionBudget", "rbac.authorization.k8s.io/v1 Role",
    "rbac.authorization.k8s.io/v1 ClusterRole", "rbac.authorization.k8s.io/v1 RoleBinding",
    "rbac.authorization.k8s.io/v1 ClusterRoleBinding", "storage.k8s.io/v1 StorageClass",
    "storage.k8s.io/v1 CSIDriver", "scheduling.k8s.io/v1 PriorityClass", "node.k8s.io/v1 RuntimeClass",
    "coordination.k8s.io/v1 Lease", "discovery.k8s.io/v1 EndpointSlice",
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration",
    "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration",
    "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy",
    "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding",
    "admissionregistration.k8s.io/v1 MutatingAdmissionPolicy",
    "admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding",
    "apiextensions.k8s.io/v1 CustomResourceDefinition",
]  # fmt: skip
FUZZ = settings(
    max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def value_of(field: Field, dice: random.Random, depth: int) -> Any:
    """A value that the server decodes into the field."""
    if dice.random() < 0.08:
        return None
    if field.type == "list":
        assert field.element is not None
        return [value_of(field.element, dice, depth + 1) for _ in range(dice.choice((0, 1, 1, 2)))]
    if field.type == "map":
        assert field.element is not None
        return {dice.choice(WORDS): value_of(field.element, dice, depth + 1) for _ in range(dice.choice((0, 1, 1, 2)))}
    if field.type == "object":
        assert field.object is not None
        return object_of(field.object, dice, depth + 1)
    return scalar_of(field, dice)


def scalar_of(field: Field, dice: random.Random) -> Any:
    if field.type == "string":
        return dice.choice(BY_FORMAT.get(field.format, WORDS))
    if field.type == "quantity":
        return dice.choice(QUANTITIES)
    if field.type == "boolean":
        return dice.random() < 0.5
    if field.type == "any":
        return dice.choice([{}, True, {"type": "object"}]) if field.format else dice.choice([None, 1, "a", {}, []])
    return dice.choice([*NUMBERS, *WORDS[-20:]] if field.type == "int-or-string" else NUMBERS)


def object_of(type_: Type, dice: random.Random, depth: int = 0) -> dict[str, Any]:
    """An object of the type: most of what it requires, and some of the rest, the less the deeper."""
    share = (1.0, 0.8, 0.5, 0.35, 0.3, 0.25, 0.2, 0.1)[min(depth, 7)]
    found = {}
    for name, field in type_.fields.items():
        wanted = field.required or name in ("spec", "containers", "name", "template", "selector", "labels", "rules")
        if name not in ("status", "managedFields") and dice.random() < (0.9 if wanted else share) and depth < 12:
            found[name] = value_of(field, dice, depth)
    return found


def verdict(data: Any, minor: int) -> Lint:
    """The verdict, which is the same each time, and can be shown."""
    text = json.dumps(data)
    found = lint(load_text(text, file="a.yaml"), minor=minor, select=ALONE)
    for finding in found.findings:
        assert isinstance(format_path(finding.path), str)
        assert finding.message
    for report in (lint_text, lint_concise, lint_json):
        assert report.report(found).endswith("\n")
    return found


@pytest.mark.parametrize("kind", KINDS)
@settings(FUZZ, max_examples=25)
@given(st.integers(0, 2**32), st.integers(25, 37))
def test_objects_from_the_schema(kind: str, seed: int, minor: int) -> None:
    api_version, name = kind.split()
    type_ = lookup(api_version, name, minor)
    if type_ is not None:
        data = object_of(type_, random.Random(seed))
        found = verdict({**data, "apiVersion": api_version, "kind": name}, minor)
        assert {f.rule for f in found.findings}.isdisjoint(("unknown-field", "unknown-kind", "wrong-type")), (
            found.findings
        )


def test_every_kind_with_checks_is_among_them() -> None:
    from kplan.validation import is_judged

    served = {f"{group}/{version} {kind}".lstrip("/") for group, version, kind in entries()}
    judged = {
        k for k in served if is_judged(*k.split()) and not k.split()[0].endswith(("alpha1", "beta1", "beta2", "beta3"))
    }
    assert judged <= set(KINDS)


@cache
def accepted() -> list[Any]:
    rows = map(json.loads, gzip.decompress(RECORDED.read_bytes()).decode().splitlines())
    texts = [row["yaml"] for row in rows if row["verdict"]["accepted"]]
    return [data for text in texts for data in parse_documents(text) if isinstance(data, dict)]


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, child in below for p in paths(child, (*path, key)))]


@FUZZ
@given(st.data())
def test_good_objects_with_other_values(data: st.DataObject) -> None:
    """Each changed in a few places, by what the server would decode there."""
    dice = random.Random(data.draw(st.integers(0, 2**32)))
    minor = data.draw(st.integers(25, 37))
    for original in dice.sample(accepted(), 8):
        chosen = json.loads(json.dumps(original))
        type_ = lookup(chosen["apiVersion"], chosen["kind"], minor)
        for _ in range(dice.randint(1, 4) if type_ else 0):
            path = dice.choice(paths(chosen))
            field = field_at(type_, path) if path and path not in (("apiVersion",), ("kind",)) else None
            if field is not None:
                parent = chosen
                for part in path[:-1]:
                    parent = parent[part]
                parent[path[-1]] = value_of(field, dice, len(path))
        verdict(chosen, minor)


@FUZZ
@given(st.data())
def test_files_with_other_bytes(data: st.DataObject) -> None:
    dice = random.Random(data.draw(st.integers(0, 2**32)))
    text = bytearray(json.dumps(dice.choice(accepted()), indent=dice.choice([None, 1])).encode())
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(text))
        text[place : place + dice.randint(0, 3)] = dice.choice(
            [
                b"",
                b"\t",
                b"\n",
                b"- ",
                b": ",
                b"{",
                b"*",
                b"&a ",
                b"\xff",
                b"'",
                b'"',
                b"---\n",
                b"0",
                b"null",
                b"[]",
                b",",
            ]
        )
    for report in (lint_text, lint_concise, lint_json):
        assert report.report(lint(load_text(bytes(text), file="a.yaml"), minor=36, select=ALONE)).endswith("\n")
