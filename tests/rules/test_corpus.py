"""Real-world manifests of many projects, beside what an API server said of each document."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kplan.loader import load, load_text
from kplan.model import Finding, Manifest, Severity
from kplan.pipeline import lint_manifest

CORPUS = Path(os.environ.get("KPLAN_CORPUS") or Path(__file__).resolve().parents[3] / "shared" / "corpus")
ALONE = ("syntax", "schema", "validation", "deprecation")

JUDGED = {
    ("0239-containersolutions-examples-readiness-broken.yaml", "service-without-endpoints"):
        "true: the Service selects tier=frontend, the only pods have tier=backend",
}  # fmt: skip
"""Errors of cross-object rules, which no API server gives, that were looked at and are right."""

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
def test_errors_between_objects_were_looked_at(folder: str) -> None:
    found = {(file.name, f.rule) for file, manifest in manifests(folder) for f in errors(manifest, ignore=ALONE)}
    names = {file.name for file, _ in manifests(folder)}
    assert found == {key for key in JUDGED if key[0] in names}


@pytest.mark.parametrize("folder", ["manifests", "rendered"])
def test_the_default_is_quiet(folder: str) -> None:
    """At most one file in a hundred has a warning, and notes only say what could not be checked."""
    counts = Counter[tuple[Severity, str]]()
    for _, manifest in manifests(folder):
        counts.update({(f.severity, f.rule) for f in lint_manifest(manifest, minor=36)})
    assert {rule for severity, rule in counts if severity == Severity.NOTE} <= {"no-schema"}
    warnings = sum(n for (severity, _), n in counts.items() if severity == Severity.WARNING)
    assert warnings <= max(1, len(list(manifests(folder))) // 100)
