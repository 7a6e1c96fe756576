"""Sixty files with errors of all kinds in one run: none hides what is wrong in another, whatever their order."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from kplan.cli.output import FORMATS
from kplan.k8s.version import NEWEST
from kplan.loader import load
from kplan.pipeline import lint_manifest

ROOT = Path(__file__).resolve().parents[2]


def of_kind(kind: str, body: str, version: str = "v1", name: str = "thing") -> bytes:
    namespace = ", namespace: shop" if name != "thing" else ""  # things of one name hide nothing of each other, either
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\n{body}\n".encode()


def pod(container: str = "", spec: str = "", name: str = "thing") -> bytes:
    image = "" if "image" in container else "image: shop:1"
    parts = ", ".join(filter(None, ("name: web", image, container)))
    return of_kind("Pod", f"spec:\n  containers: [{{{parts}}}]\n  {spec}", name=name)


def deployment(spec: str, version: str = "apps/v1") -> bytes:
    return of_kind("Deployment", f"spec:\n  {spec}", version)


def config(data: str) -> bytes:
    return of_kind("ConfigMap", data)


LABELS = "selector: {matchLabels: {app: web}}"
TEMPLATE = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: shop:1}]}}"
SERVICE = "spec: {{selector: {{app: thing}}, ports: [{}]}}"

NAMESPACE = b"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"

FILES: dict[str, tuple[bytes, str]] = {
    # what is no YAML, no JSON or no text
    "bracket.yaml": (b"apiVersion: v1\nkind: [Pod\n", "yaml-syntax"),
    "tab.yaml": (b"apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n", "yaml-syntax"),
    "alias.yaml": (b"apiVersion: v1\nkind: *nothing\n", "yaml-syntax"),
    "indent.yaml": (b"apiVersion: v1\n kind: Pod\n", "yaml-syntax"),
    "quote.yaml": (b'apiVersion: "v1\nkind: Pod\n', "yaml-syntax"),
    "latin.yaml": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ä}\n".encode("latin-1"), "yaml-syntax"),
    "zero.yaml": (b"apiVersion: v1\x00\nkind: Pod\n", "yaml-syntax"),
    "comma.json": (b'{"apiVersion": "v1", "kind": "Pod",}', "missing-field"),
    "half.json": (b'{"apiVersion": "v1"', "yaml-syntax"),
    "deep.yaml": (b"a: " + b"[" * 20_000, "yaml-syntax"),
    "bomb.yaml": (
        b"a: &a [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (n + 1, n + 1, b", ".join([b"*%c" % n] * 9)) for n in range(97, 106)),
        "yaml-syntax",
    ),
    "second.yaml": (config("data: {a: b}") + b"---\nkind: {\n", "yaml-syntax"),
    "first.yaml": (b"kind: {\n---\n" + config("datum: {a: b}"), "yaml-syntax"),
    "key.yaml": (config("data: {a: b}\ndata: {a: c}"), "duplicate-key"),
    "template.yaml": (b"apiVersion: v1\nkind: {{ .Values.kind }}\n{{- if .x }}\n", "unrendered-template"),
    "link.yaml": (b"", "yaml-syntax"),
    # what is no object
    "list.yaml": (b"- apiVersion: v1\n- kind: Pod\n", "not-an-object"),
    "text.yaml": (b"just text\n", ""),
    "kind.yaml": (b"apiVersion: v1\nmetadata: {name: a}\nspec: {}\n", "not-an-object"),
    "version.yaml": (b"kind: Pod\nmetadata: {name: a}\n", "not-an-object"),
    "typo.yaml": (b"apiversion: v1\nkind: Pod\nmetadata: {name: a}\n", "not-an-object"),
    # what the schema does not know
    "field.yaml": (config("datum: {a: b}"), "unknown-field"),
    "deepfield.yaml": (pod("imagePulPolicy: Always"), "unknown-field"),
    "number.yaml": (config("data: {a: 1}"), "wrong-type"),
    "yes.yaml": (config("data: {a: yes}"), "wrong-type"),
    "listed.yaml": (pod("args: all"), "wrong-type"),
    "count.yaml": (deployment(f"replicas: two\n  {LABELS}\n  {TEMPLATE}"), "wrong-type"),
    "nokind.yaml": (of_kind("Pot", "spec: {}"), "unknown-kind"),
    "crd.yaml": (of_kind("Thing", "spec: {}", "example.com/v1"), "no-schema"),
    "selectorless.yaml": (deployment(TEMPLATE), "missing-field"),
    # what was there once
    "removed.yaml": (deployment(f"{LABELS}\n  {TEMPLATE}", "extensions/v1beta1"), "removed-api"),
    "ingress.yaml": (of_kind("Ingress", "spec: {}", "networking.k8s.io/v1beta1"), "removed-api"),
    "budget.yaml": (of_kind("PodDisruptionBudget", "spec: {}", "policy/v1beta1"), "removed-api"),
    # what the API server refuses
    "name.yaml": (of_kind("ConfigMap", "data: {}", name="Upper_Case"), "invalid-value"),
    "dns.yaml": (of_kind("Service", SERVICE.format("{port: 80}"), name="Svc_1"), "invalid-value"),
    "port.yaml": (of_kind("Service", SERVICE.format("{port: 70000}")), "invalid-value"),
    "protocol.yaml": (of_kind("Service", SERVICE.format("{port: 80, protocol: tcp}")), "unsupported-value"),
    "unnamed.yaml": (of_kind("Service", SERVICE.format("{port: 80}, {port: 81}")), "required-value"),
    "twice.yaml": (of_kind("Service", SERVICE.format("{name: a, port: 80}, {name: a, port: 81}")), "duplicate-value"),
    "mount.yaml": (pod("volumeMounts: [{name: none, mountPath: /a}]"), "not-found"),
    "quantity.yaml": (pod("resources: {requests: {cpu: lots}}"), "wrong-type"),
    "limits.yaml": (pod("resources: {requests: {cpu: 2}, limits: {cpu: 1}}"), "invalid-value"),
    "policy.yaml": (pod("", "restartPolicy: Sometimes"), "unsupported-value"),
    "probe.yaml": (pod("livenessProbe: {httpGet: {port: 80}, exec: {command: [a]}}"), "forbidden-value"),
    "schedule.yaml": (
        of_kind(
            "CronJob",
            "spec: {schedule: often, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, "
            "containers: [{name: a, image: b}]}}}}}",
            "batch/v1",
        ),
        "invalid-value",
    ),
    "role.yaml": (
        of_kind("Role", "rules: [{resources: [pods], verbs: []}]", "rbac.authorization.k8s.io/v1"),
        "required-value",
    ),
    "secret.yaml": (of_kind("Secret", "data: {a: '!'}"), "wrong-type"),
    "labels.yaml": (deployment(f"selector: {{matchLabels: {{app: shop}}}}\n  {TEMPLATE}"), "selector-mismatch"),
    "surge.yaml": (
        deployment(f"strategy: {{rollingUpdate: {{maxSurge: 0, maxUnavailable: 0}}}}\n  {LABELS}\n  {TEMPLATE}"),
        "invalid-value",
    ),
    # what only others show to be wrong
    "reader.yaml": (pod("envFrom: [{configMapRef: {name: nowhere}}]", name="reader"), "dangling-config-map"),
    "claim.yaml": (
        pod("", "volumes: [{name: a, persistentVolumeClaim: {claimName: nowhere}}]", name="claimant"),
        "dangling-volume-claim",
    ),
    "account.yaml": (pod("", "serviceAccountName: nobody", name="accountless"), "dangling-service-account"),
    "nobody.yaml": (
        of_kind("Service", "spec: {selector: {app: nobody}, ports: [{port: 80}]}", name="nobody"),
        "service-without-endpoints",
    ),
    "twin.yaml": (
        of_kind("ConfigMap", "data: {a: b}", name="twin")
        + b"---\n"
        + of_kind("ConfigMap", "data: {a: c}", name="twin"),
        "duplicate-object",
    ),
    "scale.yaml": (
        of_kind(
            "HorizontalPodAutoscaler",
            "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gone}}",
            "autoscaling/v2",
            "scale",
        ),
        "dangling-scale-target",
    ),
    "binding.yaml": (
        of_kind(
            "RoleBinding",
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone}\nsubjects: []",
            "rbac.authorization.k8s.io/v1",
            "binding",
        ),
        "dangling-role",
    ),
    "suppressed.yaml": (b"# kplan: allow nothing-like-it\n" + config("data: {a: b}"), "unknown-suppression"),
    # nothing wrong
    "empty.yaml": (b"", ""),
    "comment.yaml": (b"# nothing yet\n", ""),
    "good.yaml": (of_kind("ConfigMap", "data: {a: b}", name="good") + b"---\n" + NAMESPACE, ""),
}
ALONE = ("syntax", "schema", "validation", "deprecation")
"""Groups of rules that ask no other file."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sixty")
    for name, (raw, _) in FILES.items():
        if name == "link.yaml":
            (made / name).symlink_to("nowhere")
        else:
            (made / name).write_bytes(raw)
    return made


def kplan(*args: str, cwd: Path, seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", "lint", *args]
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=env, check=False, timeout=110)


@pytest.fixture(scope="module")
def together(folder: Path) -> list[dict[str, Any]]:
    done = kplan("-o", "json", cwd=folder)
    assert done.returncode == 1, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def of_file(findings: Iterable[dict[str, Any]], name: str) -> list[tuple[Any, ...]]:
    return [
        (f["rule"], f["line"], f["column"], f["message"]) for f in findings if f["file"] == name and f["group"] in ALONE
    ]


def test_there_are_sixty() -> None:
    assert len(FILES) == 60


@pytest.mark.parametrize("name", FILES)
def test_each_file_has_its_finding(name: str, together: list[dict[str, Any]]) -> None:
    expected = FILES[name][1]
    rules = [f["rule"] for f in together if f["file"] == name]
    assert expected in rules if expected else rules == []


@pytest.mark.parametrize("name", [name for name in FILES if name != "link.yaml"])
def test_a_file_alone_has_the_findings_that_it_has_among_the_others(
    name: str, folder: Path, together: list[dict[str, Any]]
) -> None:
    found = lint_manifest(load([folder / name]), minor=NEWEST)
    alone = [(f.rule, f.span.start.line, f.span.start.column, f.message) for f in found if f.span and f.group in ALONE]
    if FILES[name][1] == "" and alone:  # without any object, the whole input is wrong
        assert [rule for rule, *_ in alone] == ["not-an-object"]
        alone = []
    assert alone == of_file(together, name)


def test_exit_codes(folder: Path) -> None:
    def code(*args: str) -> int:
        done = kplan(*args, cwd=folder)
        assert "Traceback" not in done.stderr
        assert "internal error" not in done.stderr
        return done.returncode

    assert code() == 1
    assert code("--require-coverage") == 3
    assert code("--fail-on", "note", "--select", "practice") == 1
    assert code("--select", "practice") == 0
    assert code("good.yaml", "comment.yaml", "empty.yaml") == 0
    assert code("good.yaml", "bracket.yaml") == 1
    assert code("good.yaml", "link.yaml") == 2
    assert code("good.yaml", "nowhere.yaml") == 2
    assert code("--select", "nowhere") == 2


def test_the_same_bytes_whatever_the_order_and_the_hash_seed(folder: Path) -> None:
    names = [name for name in FILES if name != "link.yaml"]
    reports = [part for form in FORMATS for part in ("-o", f"{form}=../{form}.out")]
    seen = set()
    for seed in range(3):
        random.Random(seed).shuffle(names)
        done = kplan(*names, "-v", *reports, cwd=folder, seed=str(seed))
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
        seen.add(tuple((folder.parent / f"{form}.out").read_bytes() for form in FORMATS))
    assert len(seen) == 1


def test_a_broken_object_does_not_hide_what_rules_in_cel_say_of_another_of_its_name(tmp_path: Path) -> None:
    rules = "x-kubernetes-validations: [{rule: 'self.size < 3', message: too large}]"
    (tmp_path / "definition.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n"
        "  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n"
        f"        openAPIV3Schema:\n          type: object\n          {rules}\n"
        "          required: [size]\n          properties: {size: {type: integer}}\n"
    )
    for name, size in (("a", "{}"), ("b", "5")):
        thing = of_kind("Thing", f"size: {size}", "example.com/v1")
        (tmp_path / f"{name}.yaml").write_bytes(thing)
    found = lint_manifest(load([tmp_path]), minor=NEWEST)
    assert {Path(f.span.file).name: f.rule for f in found if f.span and f.rule != "duplicate-object"} == {
        "a.yaml": "wrong-type",
        "b.yaml": "custom-rule-broken",
    }
