"""Every rule's page is run: each marked line must give its finding, each finding must have its mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from kplan.config import Terms
from kplan.loader import load_text
from kplan.model import Finding
from kplan.pipeline import Lint, lint
from kplan.report.lint_text import report
from kplan.rules.catalog import GROUPS, find_page, find_rule, groups_by_rule
from kplan.rules.page import split_page

RULES = Path(__file__).resolve().parents[2] / "kplan" / "rules"
SECTION = re.compile(r"^## (.*)$", re.M)
FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.M | re.S)
MARK = re.compile(r" *# (error|warning|note): (.+)$", re.M)
OPTION = re.compile(r"kube=1\.(\d+)\Z")


class Example(NamedTuple):
    rule: str
    section: str
    number: int
    text: str
    marks: list[tuple[int, str, str]]
    minor: int
    output: str | None

    def __str__(self) -> str:
        return f"{self.rule}-{self.section.lower()}-{self.number}"


def page_of(rule: str) -> Path:
    return RULES / groups_by_rule()[rule] / f"{rule.replace('-', '_')}.md"


def examples(rule: str) -> Iterator[Example]:
    page = find_page(rule)
    headings = list(SECTION.finditer(page))
    assert [h[1] for h in headings] == ["Bad", "Good"], f"{rule}: a page has the sections Bad and Good"
    assert not FENCE.search(page[: headings[0].start()]), f"{rule}: code stands under Bad or Good"
    for heading, end in zip(headings, [headings[1].start(), len(page)], strict=True):
        fences = list(FENCE.finditer(page, heading.end(), end))
        assert {f[1] for f in fences} == ({"yaml", "output"} if heading[1] == "Bad" else {"yaml"})
        for number, fence in enumerate(fences):
            if fence[1] == "yaml":
                output = fences[number + 1][3] if heading[1] == "Bad" else None
                option = OPTION.match(fence[2].strip())
                assert bool(option) == bool(fence[2].strip()), f"{rule}: what is `{fence[2]}`?"
                yield Example(
                    rule,
                    heading[1],
                    number,
                    MARK.sub("", fence[3]),
                    [(i, *m.groups()) for i, line in enumerate(fence[3].split("\n"), 1) if (m := MARK.search(line))],
                    int(option[1]) if option else 37,
                    output,
                )


LINTED = [r for r in groups_by_rule() if find_rule(r).forecast is None and "```jinja" not in find_page(r)]
"""Rules about plans and about charts have pages of another form, and tests of their own."""
EXAMPLES = [example for rule in LINTED for example in examples(rule)]


def run(example: Example) -> Lint:
    """An example is judged by the default profile and the rule itself: other opinions are not its matter."""
    manifest = load_text(example.text, file="example.yaml")
    return lint(manifest, minor=example.minor, select=(*GROUPS, example.rule), terms=Terms(today=date(2026, 1, 1)))


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_marks_and_findings_are_the_same(example: Example) -> None:
    findings = list(run(example).findings)
    for line, severity, part in example.marks:
        match = next((f for f in findings if _is(f, line, severity, part)), None)
        assert match, f"no {severity} with `{part}` on line {line}; there is {[*map(str, findings)]}"
        findings.remove(match)
    assert not findings, "not marked"


def _is(finding: Finding, line: int, severity: str, part: str) -> bool:
    assert finding.span is not None
    return finding.span.start.line == line and str(finding.severity) == severity and part in finding.message


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.section == "Bad"], ids=str)
def test_bad_example_shows_its_rule_and_the_report(example: Example, request: pytest.FixtureRequest) -> None:
    result = run(example)
    assert example.rule in {f.rule for f in result.findings}
    text = report(result)
    if request.config.getoption("--update"):
        _write(example, text)
    else:
        assert text == example.output


def _write(example: Example, text: str) -> None:
    page = page_of(example.rule)
    content = page.read_text(encoding="utf-8")
    fences = list(FENCE.finditer(content))
    output = fences[example.number + 1]
    page.write_text(content[: output.start(3)] + text + content[output.end(3) :], encoding="utf-8")


def test_good_examples_have_no_marks() -> None:
    assert not [str(e) for e in EXAMPLES if e.section == "Good" and e.marks]


@pytest.mark.parametrize("rule", groups_by_rule())
def test_rule_has_its_pair_of_files(rule: str) -> None:
    found = find_rule(rule)
    assert (found.id, found.group) == (rule, groups_by_rule()[rule])
    _, page = split_page(page_of(rule).read_text(encoding="utf-8"))
    assert page.startswith(f"# {rule}\n\n")


def test_every_module_of_a_group_has_its_page() -> None:
    modules = {f.stem.replace("_", "-") for group in GROUPS for f in (RULES / group).glob("[!_]*.py")}
    assert modules == set(groups_by_rule())


def test_every_folder_is_a_group() -> None:
    folders = {f.name for f in RULES.iterdir() if f.is_dir() and f.name != "__pycache__"}
    assert folders <= set(GROUPS)
