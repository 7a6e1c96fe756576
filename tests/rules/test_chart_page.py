"""Pages of rules about charts: an example is the files of a chart, each fence named by its path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kplan.pipeline import Lint, lint
from kplan.render.load import Options, load
from kplan.report.lint_text import report
from kplan.report.place import shown
from kplan.rules.catalog import GROUPS, find_page, groups_by_rule

RULES = Path(__file__).resolve().parents[2] / "kplan" / "rules"
FENCE = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)
MARK = re.compile(r" *# (error|warning|note): (.*)$", re.M)
CHART = "apiVersion: v2\nname: web\nversion: 0.1.0\n"


class Example(NamedTuple):
    rule: str
    section: str
    files: dict[str, str]
    marks: list[tuple[str, int, str, str]]
    output: str

    def __str__(self) -> str:
        return f"{self.rule}-{self.section.lower()}"


def examples(rule: str) -> Iterator[Example]:
    page = find_page(rule)
    _, bad, good = re.split(r"^## (?:Bad|Good)$", page, flags=re.M)
    for section, text in (("Bad", bad), ("Good", good)):
        fences = [match.groups() for match in FENCE.finditer(text)]
        files = {path: MARK.sub("", body) for _, path, body in fences if path}
        marks = [
            (path, number, *mark.groups())
            for _, path, body in fences
            if path
            for number, line in enumerate(body.split("\n"), 1)
            if (mark := MARK.search(line))
        ]
        output = "".join(body for kind, _, body in fences if kind == "output")
        yield Example(rule, section, {"Chart.yaml": CHART, **files}, marks, output)


RENDERED = [rule for rule, group in groups_by_rule().items() if group == "chart" and "```jinja" in find_page(rule)]
EXAMPLES = [example for rule in RENDERED for example in examples(rule)]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)

    def runs(example: Example) -> Lint:
        for path, text in example.files.items():
            file = tmp_path / "web" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return lint(load(["web"], options=Options(37)), minor=37, select=(*GROUPS, example.rule))

    return runs


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_marks_and_findings_are_the_same(example: Example, run) -> None:  # type: ignore[no-untyped-def]
    found = [
        (shown(f.span).file.removeprefix("web/"), shown(f.span).start.line, str(f.severity), f.message)
        for f in run(example).findings
        if f.span
    ]
    assert len(found) == len(example.marks), found
    for file, line, severity, part in example.marks:
        assert any(f[:3] == (file, line, severity) and part in f[3] for f in found), (file, line, part, found)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.section == "Bad"], ids=str)
def test_bad_example_shows_its_rule_and_the_report(
    example: Example,
    run,  # type: ignore[no-untyped-def]
    request: pytest.FixtureRequest,
) -> None:
    result = run(example)
    assert example.rule in {f.rule for f in result.findings}
    text = report(result)
    if request.config.getoption("--update"):
        page = RULES / "chart" / f"{example.rule.replace('-', '_')}.md"
        content = page.read_text()
        start = content.index("```output\n") + len("```output\n")
        page.write_text(content[:start] + text + content[content.index("```\n", start) :])
    else:
        assert text == example.output


def test_good_examples_have_no_marks() -> None:
    assert not [str(e) for e in EXAMPLES if e.section == "Good" and e.marks]
