"""Real-world manifests: no schema finding where a real API server accepts the whole file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kplan.loader import load_text
from kplan.model import format_path
from kplan.schema import check, custom_types

CORPUS = Path(os.environ.get("KPLAN_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")


@pytest.mark.parametrize("folder", ["manifests", "rendered"])
def test_accepted_files_have_no_schema_finding(folder: str) -> None:
    verdicts = CORPUS / folder / "verdicts.jsonl"
    if not verdicts.is_file():
        pytest.skip("the corpus of real-world manifests is not here; KPLAN_CORPUS may name its folder")
    accepted: dict[str, bool] = {}
    for line in verdicts.read_text("utf-8").splitlines():
        row = json.loads(line)
        accepted[row["file"]] = accepted.get(row["file"], True) and row["accepted"]
    found = []
    for name in sorted(name for name, all_of_it in accepted.items() if all_of_it):
        manifest = load_text((CORPUS / folder / name).read_bytes(), file=name)
        custom = custom_types(manifest)
        for resource in manifest:
            found += [
                f"{name}: {rule}: {format_path(problem.path)}: {problem.message}"
                for rule, problem in check(resource, 36, custom)
                if rule != "deprecated-api"
            ]
    assert found == []
