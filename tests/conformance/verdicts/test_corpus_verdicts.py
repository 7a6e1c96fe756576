"""Real-world manifests: each document is accepted or refused as a real API server of 1.36 does it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kplan.loader import load_text
from kplan.model import Severity, format_path
from kplan.pipeline import lint_manifest

CORPUS = Path(os.environ.get("KPLAN_CORPUS") or Path(__file__).resolve().parents[4] / "shared" / "corpus")
ALONE = ("syntax", "schema", "validation", "deprecation")

pytestmark = pytest.mark.skipif(
    not (CORPUS / "manifests" / "verdicts.jsonl").is_file(),
    reason="the corpus of real-world manifests is absent; KPLAN_CORPUS names its folder",
)


def documents(folder: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The documents with their verdicts, without refusals that are the recording cluster's own."""
    verdicts: dict[str, list[dict[str, Any]]] = {}
    for verdict in map(json.loads, (CORPUS / folder / "verdicts.jsonl").read_text().splitlines()):
        verdicts.setdefault(verdict["file"], []).append(verdict)
    for name, said in verdicts.items():
        parts = re.split(r"^---", (CORPUS / folder / name).read_text(), flags=re.M)
        parts = [part for part in parts if part.strip()]
        assert len(parts) == len(said), name
        yield from (
            (f"{name}#{verdict['document']}", text, verdict)
            for text, verdict in zip(parts, said, strict=True)
            if "artefact" not in verdict
        )


@pytest.mark.parametrize("folder", ["manifests", "rendered"])
def test_every_document_is_accepted_or_refused_as_by_the_server(folder: str) -> None:
    """Of a custom resource whose definition is not at hand, lint says that it is not checked."""
    count, wrong, other_paths = 0, [], []
    for name, text, verdict in documents(folder):
        found = lint_manifest(load_text(text, file="document.yaml"), minor=36, select=ALONE)
        errors = [f for f in found if f.severity == Severity.ERROR]
        unknown = "no matches for kind" in verdict.get("message", "") and "no-schema" in {f.rule for f in found}
        count += 1
        if verdict["accepted"] is bool(errors) and not unknown:
            wrong.append(f"{name}: {verdict}; kplan: {[(f.rule, f.path, f.message) for f in errors]}")
        fields = {cause["field"] for cause in verdict.get("causes", ())}
        if fields and fields != {format_path(f.path) for f in errors}:
            other_paths.append(name)
    print(f"{folder}: {count - len(wrong)} of {count} agree; other paths: {other_paths}")
    assert count > 500
    assert not wrong, "\n".join(wrong)
    assert not other_paths
