"""Files before and after: every fix with comments, and what is left alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kplan.defaults import stored
from kplan.fixer.outcome import Fixing
from kplan.fixer.run import RULES
from kplan.k8s.version import parse_version
from kplan.loader import load_text
from kplan.pipeline import fix, lint_manifest

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir())
KNOWN = {"unsafe", "fixes", "left", "kube_version", "same_object"}


def _options(case: Path) -> dict[str, Any]:
    options: dict[str, Any] = json.loads((case / "case.json").read_text(encoding="utf-8"))
    assert set(options) <= KNOWN
    return options


def _fixed(text: str, options: dict[str, Any], *, unsafe: bool | None = None) -> tuple[str, Fixing]:
    minor = parse_version(options.get("kube_version", "1.37"))
    wanted = options.get("unsafe", False) if unsafe is None else unsafe
    fixing = fix({"case.yaml": text.encode()}, minor=minor, unsafe=wanted)
    return fixing.files[0].after.decode(), fixing


def _comments(text: str) -> Counter[str]:
    return Counter(found.rstrip() for found in re.findall(r"(?:^|(?<=\s))#[^\n]*", text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, request: pytest.FixtureRequest) -> None:
    options, before = _options(case), (case / "before.yaml").read_text(encoding="utf-8")
    after, fixing = _fixed(before, options)
    if request.config.getoption("--update"):
        (case / "after.yaml").write_text(after, encoding="utf-8")
    assert after == (case / "after.yaml").read_text(encoding="utf-8")
    assert sorted(found.rule for found in fixing.fixes) == options["fixes"]
    assert [left.reason for left in fixing.left] == options.get("left", [])
    assert (after == before) is (not options["fixes"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_laws(case: Path) -> None:
    options, before = _options(case), (case / "before.yaml").read_text(encoding="utf-8")
    after, _ = _fixed(before, options)
    minor = parse_version(options.get("kube_version", "1.37"))
    assert _fixed(after, options)[0] == after
    assert set(_comments(before)) <= set(_comments(after))
    old, new = (
        Counter(f.rule for f in lint_manifest(load_text(t), minor=minor, select=RULES)) for t in (before, after)
    )
    assert not new - old
    assert not set(new) & set(options["fixes"])
    if options.get("same_object"):
        objects = [[stored(r.data, minor) for r in load_text(text).resources] for text in (before, after)]
        assert objects[0] == objects[1]


@pytest.mark.parametrize("case", [case for case in CASES if _options(case).get("unsafe")], ids=lambda case: case.name)
def test_unsafe_fixes_are_asked_for(case: Path) -> None:
    options, before = _options(case), (case / "before.yaml").read_text(encoding="utf-8")
    assert _fixed(before, options, unsafe=False)[0] == before
