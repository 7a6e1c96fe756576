"""Plans and differences as Markdown: their wording, how long they may be, and what they never show."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kplan.model import Manifest
from kplan.pipeline import diff_manifests, plan_manifests
from kplan.report import diff_markdown, plan_markdown
from kplan.report.markup import LIMIT, Page
from tests.planner.manifest import deployment, manifest, of_kind
from tests.planner.test_plan_text import CASES

GOLDEN = Path(__file__).parent.parent / "golden" / "markdown"
SHOWN = ("create", "image", "recreate", "bad-image", "selector-changed", "config", "secret", "two-namespaces", "errors")


@pytest.mark.parametrize("name", SHOWN)
def test_plan(name: str, golden: Callable[[Path, str], None]) -> None:
    before, after, options = CASES[name]
    golden(GOLDEN / f"plan-{name}.md", plan_markdown.report(plan_manifests(before, after, minor=36, **options)))


@pytest.mark.parametrize("name", ["image", "secret", "many-fields", "nothing"])
def test_diff(name: str, golden: Callable[[Path, str], None]) -> None:
    before, after, _ = CASES[name]
    golden(GOLDEN / f"diff-{name}.md", diff_markdown.report(diff_manifests(before, after, minor=36, prune=True)))


@pytest.mark.parametrize("name", sorted(CASES))
def test_tables_are_whole_and_secrets_are_not_told(name: str) -> None:
    before, after, options = CASES[name]
    text = plan_markdown.report(plan_manifests(before, after, minor=36, **options))
    assert "hunter" not in text
    width = None
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line))
        width = cells if line.startswith("|") and width in (None, cells) else None if not line.startswith("|") else -1
        assert width != -1, line
        assert not line or line.startswith(("|", "###", "`", "**", "Not predicted", "Left out")), line


def test_a_long_plan_is_cut_and_counts_what_it_leaves_out() -> None:
    many = manifest(*(of_kind("ConfigMap", f"c{number}", data={"a": "b" * 100}) for number in range(3000)))
    made = plan_manifests(Manifest(), many, minor=36)
    changed = manifest(*(of_kind("ConfigMap", f"c{number}", data={"a": "c" * 300}) for number in range(3000)))
    other = diff_manifests(many, changed, minor=36)
    for text in (plan_markdown.report(made), diff_markdown.report(other)):
        left = re.search(r"Left out, for want of room: (\d+) objects", text)
        assert left
        rows = len(re.findall(r"^\| \*\*", text, re.M))
        assert rows + int(left[1]) == 3000
        assert LIMIT - 2_000 < len(text) <= LIMIT


def test_a_page_keeps_its_limit_with_tables_that_have_no_room() -> None:
    page = Page("x" * 2000)
    for number in range(8):
        page.table(("a", "b"), [("y" * 500, str(number))] * 200, "row")
        page.paragraph("z" * 1000)
    assert len(str(page)) <= LIMIT
    assert str(page).count("Left out, for want of room") == 8


def test_markup_in_names_and_values_stays_text() -> None:
    before = manifest(deployment(image="shop:1"))
    after = manifest(deployment(image="`shop`|<b>@all"))
    text = diff_markdown.report(diff_manifests(before, after, minor=36))
    assert "`` `shop`\\|<b>@all ``" in text
