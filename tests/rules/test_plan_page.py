"""The pages of rules about plans are run: an example is a manifest before and one after, and marks stand on either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kplan.loader import load_text
from kplan.pipeline import plan_manifests
from kplan.planner.model import Plan
from kplan.report import plan_risk
from kplan.rules.catalog import find_page, find_rule, groups_by_rule, rules_about_plans
from kplan.simulator.node import plain_nodes

RULES = Path(__file__).resolve().parents[2] / "kplan" / "rules"
SECTION = re.compile(r"^## (.*)$", re.M)
FENCE = re.compile(r"^```(\S+) ?([^\n]*)\n(.*?)^```$", re.M | re.S)
MARK = re.compile(r" *# (error|warning|note): (.+)$", re.M)


class Example(NamedTuple):
    rule: str
    section: str
    number: int
    texts: dict[str, str]
    marks: list[tuple[str, int, str, str]]
    options: str
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
        size = 3 if heading[1] == "Bad" else 2
        assert fences
        assert len(fences) % size == 0, f"{rule}: an example is before, after and, if bad, its output"
        for number in range(0, len(fences), size):
            group = fences[number : number + size]
            names = [(f[1], f[2].partition(" ")[0]) for f in group]
            assert names == [("yaml", "before"), ("yaml", "after"), ("output", "")][:size], rule
            sides = {f[2].partition(" ")[0]: f[3] for f in group[:2]}
            yield Example(
                rule,
                heading[1],
                number,
                {side: MARK.sub("", text) for side, text in sides.items()},
                [mark for side, text in sides.items() for mark in marks(side, text)],
                group[1][2].partition(" ")[2],
                group[2][3] if size == 3 else None,
            )


def marks(side: str, text: str) -> Iterator[tuple[str, int, str, str]]:
    for line, content in enumerate(text.split("\n"), 1):
        if mark := MARK.search(content):
            yield (f"{side}.yaml", line, mark[1], mark[2])


FORECASTS = [rule for rule in groups_by_rule() if find_rule(rule).forecast is not None]
EXAMPLES = [example for rule in FORECASTS for example in examples(rule)]


def plan(example: Example) -> Plan:
    before, after = (load_text(text, file=f"{side}.yaml") for side, text in example.texts.items())
    return plan_manifests(before, after, minor=37, **dict(map(option, example.options.split())))


def option(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    known = {"prune": True, "bad-image": (value,), "nodes": plain_nodes(int(value)) if value.isdigit() else None}
    assert name in known, f"what is `{text}`?"
    return {"bad-image": "never_ready"}.get(name, name), known[name]


def said(found: Plan) -> list[tuple[str, int, str, str, str]]:
    """File, line, severity, message and rule of all risks, and of all findings."""
    every = [(r.span, r.severity, r.message, r.rule) for r in found.risks]
    every += [(f.span, str(f.severity), f.message, f.rule) for f in found.findings]
    return [(s.file, s.start.line, severity, text, rule) for s, severity, text, rule in every if s is not None]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_marks_and_risks_are_the_same(example: Example) -> None:
    left = said(plan(example))
    for file, line, severity, part in example.marks:
        match = next((one for one in left if one[:3] == (file, line, severity) and part in one[3]), None)
        assert match, f"no {severity} with `{part}` on line {line} of {file}; there is {left}"
        left.remove(match)
    assert not left, "not marked"


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.section == "Bad"], ids=str)
def test_bad_example_shows_its_rule_and_the_report(example: Example, request: pytest.FixtureRequest) -> None:
    found = plan(example)
    assert example.rule in {one[4] for one in said(found)}
    text = plan_risk.report(found)
    if request.config.getoption("--update"):
        page = page_of(example.rule)
        content = page.read_text(encoding="utf-8")
        bad = content.index("## Bad")
        output = list(FENCE.finditer(content, bad))[example.number + 2]
        page.write_text(content[: output.start(3)] + text + content[output.end(3) :], encoding="utf-8")
    else:
        assert text == example.output


def test_good_examples_have_no_marks() -> None:
    assert not [str(e) for e in EXAMPLES if e.section == "Good" and e.marks]


def test_they_are_told_by_their_pages() -> None:
    assert rules_about_plans() == set(FORECASTS)
    assert len(FORECASTS) > 25
