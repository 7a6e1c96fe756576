"""Rules that the documents name, in examples that people copy, are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kplan.rules.catalog import GROUPS, groups_by_rule

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ALLOWED = re.compile(r"(?:kplan: allow |kplan\.dev/allow: \"?)([a-z0-9, -]+?)(?: until| --|[\"`\n]|$)")
OPTION = re.compile(r"--(?:select|ignore)[ =]([a-z0-9,-]+)")
TABLE = re.compile(r"^(?:rule|select|ignore) = \[?\"([a-z-]+)\"", re.M)


def names(text: str) -> Iterator[str]:
    for pattern in (ALLOWED, OPTION, TABLE):
        for found in pattern.finditer(text):
            yield from (name.strip() for name in found[1].split(",") if name.strip())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_rules_in_examples_are_known(document: Path) -> None:
    assert [n for n in names(document.read_text(encoding="utf-8")) if n not in {*GROUPS, *groups_by_rule()}] == []


def test_there_are_some() -> None:
    assert {name for file in DOCUMENTS for name in names(file.read_text(encoding="utf-8"))} >= {
        "latest-tag",
        "privileged-container",
        "host-namespace",
        "no-readiness-probe",
    }
