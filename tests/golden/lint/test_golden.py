"""Whole reports on folders with many faults: our own wording, reviewed as a diff."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from kplan.cli.output import FORMATS
from kplan.loader import load
from kplan.pipeline import lint

HERE = Path(__file__).parent
FILES = {
    "text": "text.txt",
    "concise": "concise.txt",
    "json": "report.json",
    "sarif": "report.sarif",
    "junit": "junit.xml",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "markdown": "summary.md",
}


def test_every_format_has_its_golden_file() -> None:
    assert set(FILES) == set(FORMATS)


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("case", sorted(f.name for f in HERE.iterdir() if (f / "input").is_dir()))
def test_report(case: str, form: str, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / case / "input")
    report = import_module(f"kplan.report.lint_{form}").report
    golden(HERE / case / FILES[form], report(lint(load(["."]), minor=37), verbose=True))
