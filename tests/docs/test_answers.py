"""The page of what answers the checks of other linters is complete and up to date."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from kplan.rules.catalog import find_head, groups_by_rule

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {"kube-linter": 63, "kube-score": 39, "polaris": 44, "popeye": 116}


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_answers", ROOT / "scripts" / "build_answers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_answers"] = module  # named tuples look their module up
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(builder: ModuleType, golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "answers.md", builder.page())


def test_every_check_has_an_answer_or_a_reason(builder: ModuleType) -> None:
    counts = Counter(answer.peer for answer in builder.answers() if answer.rules or answer.remark)
    assert counts == COUNTS


def test_every_answer_of_a_page_is_shown(builder: ModuleType) -> None:
    shown = {(f"{a.peer}/{a.check}", rule) for a in builder.answers() for rule in a.rules}
    assert {(check, rule) for rule in groups_by_rule() for check in find_head(rule).answers} <= shown


@pytest.mark.parametrize(
    ("written", "by_pages", "said"),
    [
        ("", (), "wants a rule"),
        ({"no": "reason"}, ("latest-tag",), "wants a rule"),
        ({"how": "somehow"}, (), "wants a rule"),
        ({"no": "reason", "why": "else"}, (), "wants a rule"),
        ({"rules": "no-such-rule", "how": "somehow"}, (), "no rule no-such-rule"),
    ],
)
def test_half_an_answer_is_refused(
    builder: ModuleType, written: str | dict[str, str], by_pages: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        builder._answer("peer", "check", written, by_pages)
