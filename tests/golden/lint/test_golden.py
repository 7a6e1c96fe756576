"""Whole reports on folders with many faults: our own wording, reviewed as a diff."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kplan.loader import load
from kplan.pipeline import lint
from kplan.report import lint_concise, lint_json, lint_text

HERE = Path(__file__).parent
FORMS = {"text.txt": lint_text, "concise.txt": lint_concise, "report.json": lint_json}


@pytest.mark.parametrize("file", FORMS)
@pytest.mark.parametrize("case", sorted(f.name for f in HERE.iterdir() if (f / "input").is_dir()))
def test_report(case: str, file: str, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / case / "input")
    golden(HERE / case / file, FORMS[file].report(lint(load(["."]), minor=37), verbose=True))
