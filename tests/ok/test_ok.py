"""Manifests as people write them, with nothing wrong in them: nothing is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kplan.loader import load
from kplan.pipeline import lint_manifest

HERE = Path(__file__).parent
FILES = sorted(f for f in HERE.iterdir() if f.suffix in (".yaml", ".json"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
@pytest.mark.parametrize("minor", [30, 37])
def test_silent(file: Path, minor: int) -> None:
    manifest = load([file])
    assert len(manifest) > 0
    assert not manifest.skipped
    assert lint_manifest(manifest, minor=minor) == ()


def test_silent_together() -> None:
    manifest = load([HERE])
    assert [f for f in lint_manifest(manifest, minor=37) if f.rule != "no-schema"] == []
