"""Real-world manifests of many projects, beside what an API server said of each document."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kplan.loader import load, load_text
from kplan.model import Finding, Manifest, Severity
from kplan.pipeline import lint_manifest

CORPUS = Path(os.environ.get("KPLAN_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
ALONE = ("syntax", "schema", "validation", "deprecation")

JUDGED = {
    ("0035-ingress-nginx-oauth2-proxy.yaml", "dangling-backend"):
        "true of the file: the Service of the dashboard, in kube-system, is installed apart",
    ("0239-containersolutions-examples-readiness-broken.yaml", "service-without-endpoints"):
        "true: the Service selects tier=frontend, the only pods have tier=backend",
    ("0239-containersolutions-examples-readiness-broken.yaml", "invalid-image"):
        "true: a part of the path is empty",
    ("0402-linkerd2-inject_emojivoto_already_injected.input.yaml", "selector-collision"):
        "true: the four Deployments select app=web-svc, as their pods all have it",
    ("0440-linkerd2-ipfamilies-server-client.yaml", "dangling-config-map"):
        "true of the file: the ConfigMap is made by hand",
    ("bitnami-charts__grafana-k6-operator.yaml", "dangling-role"):
        "true: the chart binds a role that it does not make",
    ("bitnami-charts__grafana-tempo.yaml", "dangling-config-map"):
        "true: the chart mounts a ConfigMap that it does not make",
    ("bitnami-charts__prometheus.yaml", "dangling-governing-service"):
        "true: the chart makes the Service without -headless in its name",
    ("bitnami-charts__zookeeper.yaml", "unknown-target-port"):
        "true: with one replica the container has no such ports, and the headless Service still has",
}  # fmt: skip
"""What is said of several objects together, which no API server says, was looked at."""

pytestmark = pytest.mark.skipif(
    not (CORPUS / "manifests" / "verdicts.jsonl").is_file(),
    reason="the corpus of real-world manifests is absent; KPLAN_CORPUS names its folder",
)


def accepted(folder: str) -> Iterator[tuple[str, str]]:
    """The documents that the API server accepted: where each is from, and its text."""
    verdicts: dict[str, list[bool]] = {}
    for verdict in map(json.loads, (CORPUS / folder / "verdicts.jsonl").read_text().splitlines()):
        verdicts.setdefault(verdict["file"], []).append(verdict["accepted"] or "artefact" in verdict)
    for name, said in verdicts.items():
        documents = [
            part for part in re.split(r"^---", (CORPUS / folder / name).read_text(), flags=re.M) if part.strip()
        ]
        assert len(documents) == len(said), name
        yield from ((f"{name}#{i}", text) for i, text in enumerate(documents) if said[i])


def manifests(folder: str) -> Iterator[tuple[Path, Manifest]]:
    for file in sorted((CORPUS / folder).glob("*.yaml")):
        yield file, load([file])


def errors(manifest: Manifest, *select: str, ignore: tuple[str, ...] = ()) -> list[Finding]:
    found = lint_manifest(manifest, minor=36, select=select, ignore=ignore)
    return [f for f in found if f.severity == Severity.ERROR]


@pytest.mark.parametrize("folder", ["manifests", "rendered"])
def test_an_accepted_document_has_no_error(folder: str) -> None:
    wrong = [
        f"{finding.span}: {finding.rule}: {finding.message}"
        for name, text in accepted(folder)
        for finding in errors(load_text(text, file=name), *ALONE)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", ["manifests", "rendered"])
def test_what_is_said_between_objects_was_looked_at(folder: str) -> None:
    found = {
        (file.name, f.rule)
        for file, manifest in manifests(folder)
        for f in lint_manifest(manifest, minor=36, ignore=ALONE)
        if f.severity == Severity.ERROR or f.group in ("references", "collisions")
    }
    names = {file.name for file, _ in manifests(folder)}
    assert found == {key for key in JUDGED if key[0] in names}


@pytest.mark.parametrize("folder", ["manifests", "rendered"])
def test_the_default_is_quiet(folder: str) -> None:
    """Few files have a warning, each of them judged or about one object, and notes only say what is not checked."""
    found = {
        (file.name, f.severity, f.rule)
        for file, manifest in manifests(folder)
        for f in lint_manifest(manifest, minor=36)
    }
    assert {rule for _, severity, rule in found if severity == Severity.NOTE} <= {"no-schema"}
    warnings = [(name, rule) for name, severity, rule in found if severity == Severity.WARNING]
    assert len([key for key in warnings if key not in JUDGED]) <= len(list(manifests(folder))) // 100
    assert len(warnings) <= len(list(manifests(folder))) // 15
