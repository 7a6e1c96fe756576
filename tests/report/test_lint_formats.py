"""What all forms of the lint report share: every finding is in each of them, wherever it comes from."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.cli.output import FORMATS
from kplan.loader import load, load_text
from kplan.model import Finding, Manifest, ObjectRef, Position, Related, Severity, Skipped, Span, Unchecked
from kplan.pipeline import Lint, lint
from kplan.report.group import grouped
from kplan.report.lint_markdown import LIMIT

SHOP = Path(__file__).resolve().parents[1] / "golden" / "lint"


def made(form: str, result: Lint) -> str:
    text: str = import_module(f"kplan.report.lint_{form}").report(result)
    return text


def counts(result: Lint) -> dict[str, int]:
    """How many findings each form names that names them all."""
    junit = ElementTree.fromstring(made("junit", result))
    failures = len(junit.findall(".//failure"))
    assert junit.get("failures") == str(failures)
    assert junit.get("tests") == str(len(junit.findall(".//testcase")))
    assert all(s.get("failures") == str(len(s.findall(".//failure"))) for s in junit)
    return {
        "json": len(json.loads(made("json", result))["findings"]),
        "sarif": len(json.loads(made("sarif", result))["runs"][0]["results"]),
        "junit": failures,
        "github": sum(line.startswith("::") for line in made("github", result).splitlines()),
        "gitlab": len({issue["fingerprint"] for issue in json.loads(made("gitlab", result))}),
        "concise": sum("[no-schema]: " in line for line in made("concise", result).split("\n")),
    }


positions = st.builds(Position, st.integers(1, 5), st.integers(1, 9))
files = st.text(st.characters(), min_size=1, max_size=4).filter(lambda text: "\0" not in text)
spans = st.builds(Span, files, positions, positions, st.none() | st.builds(Span, files, positions, positions))
refs = st.builds(ObjectRef, st.just("apps"), st.text(max_size=3), st.text(max_size=3), st.text(max_size=3))
findings = st.builds(
    Finding,
    st.just("no-schema"),
    st.just("schema"),
    st.sampled_from(Severity),
    st.text(max_size=9),
    st.none() | st.text(max_size=9),
    st.none() | refs,
    st.lists(st.text(max_size=3) | st.integers(0, 3), max_size=3).map(tuple),
    st.none() | spans,
    st.lists(st.builds(Related, spans, st.text(max_size=3)), max_size=2).map(tuple),
)


@given(st.lists(findings, max_size=6))
def test_every_form_names_every_finding(found: list[Finding]) -> None:
    result = Lint(Manifest(files=("a.yaml",)), tuple(found), 37)
    assert set(counts(result).values()) == {len(found)}
    assert sum(1 + len(group.others) for group in grouped(found)) == len(found)
    for form in ("text", "markdown"):
        assert made(form, result).endswith("\n")


@pytest.mark.parametrize("case", ["shop", "overlays"])
def test_every_form_names_every_finding_of_a_folder(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SHOP / case / "input")
    result = lint(load(["."]), minor=37)
    named = counts(result)
    del named["concise"]
    assert set(named.values()) == {len(result.findings)}


TEMPLATE = "kind: ConfigMap\n{{ range }}\ndta: {{ . }}\n"
RENDERED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndta: {}\n"


def from_template(texts: dict[str, str]) -> Lint:
    origin = Span("chart/web.yaml", Position(3, 1), Position(3, 4))
    manifest = load_text(RENDERED, file="rendered.yaml", origin=lambda _: origin)
    return lint(Manifest(manifest.resources, files=manifest.files, texts=texts), minor=37)


@pytest.mark.parametrize("form", FORMATS)
def test_a_finding_in_a_template_is_shown_there_and_keeps_its_place_in_the_rendered_text(form: str) -> None:
    text = made(form, from_template({"chart/web.yaml": TEMPLATE}))
    parts = ("chart/web.yaml", "rendered.yaml")
    assert all(part in text for part in parts)
    if form != "gitlab":  # whose place stands behind the description
        assert text.index(parts[0]) < text.index(parts[1])
    if form == "json":
        (found,) = json.loads(text)["findings"]
        assert (found["file"], found["line"]) == ("chart/web.yaml", 3)
        assert (found["rendered"]["file"], found["rendered"]["line"]) == ("rendered.yaml", 4)


def test_the_line_of_the_template_is_shown_where_its_text_is_at_hand() -> None:
    assert made("text", from_template({"chart/web.yaml": TEMPLATE})).split("\n\n")[0].split("\n")[1:] == [
        " --> chart/web.yaml:3:1",
        "  |",
        "3 | dta: {{ . }}",
        "  | ^^^ dta of configmap/web",
        "  |",
        "  = help: did you mean `data`?",
        "  = rendered: dta: {} (rendered.yaml:4:1)",
    ]


def test_the_line_of_the_rendered_text_is_shown_where_that_of_the_template_is_not() -> None:
    assert made("text", from_template({})).split("\n\n")[0].split("\n")[1:-2] == [
        " --> chart/web.yaml:3:1",
        "  |",
        " ::: rendered.yaml:4:1",
        "  |",
        "4 | dta: {}",
        "  | ^^^ dta of configmap/web",
    ]


def overlays(count: int, severity: Severity = Severity.ERROR, message: str = "no") -> list[Finding]:
    return [
        Finding(
            "unknown-field",
            "schema",
            severity,
            message,
            ref=ObjectRef("", "Service", f"n{number}", "web"),
            path=("spec", "a"),
            span=Span(f"{number:03}.yaml", Position(4, 3), Position(4, 4)),
        )
        for number in range(count)
    ]


def test_what_many_files_have_alike_is_shown_once() -> None:
    result = Lint(Manifest(), tuple(overlays(400)), 37)
    text = made("text", result)
    assert text.count("error[unknown-field]") == 1
    assert "  = and 399 more: 001.yaml:4:3, 002.yaml:4:3, 003.yaml:4:3, ...\n" in text
    assert "\n\n400 errors\n" in text
    assert "and 399 more: `001.yaml:4:3`, `002.yaml:4:3`, `003.yaml:4:3`, ... |" in made("markdown", result)
    assert made("concise", result).count("error[unknown-field]") == 400


@pytest.mark.parametrize(
    "other",
    [
        {"message": "yes"},
        {"severity": Severity.NOTE},
        {"rule": "wrong-type"},
        {"path": ("spec", "b")},
        {"help": "do"},
        {"ref": ObjectRef("", "Service", "n0", "db")},
        {"ref": ObjectRef("apps", "Service", "n0", "web")},
        {"ref": None},
    ],
)
def test_what_differs_is_shown_apart(other: dict[str, object]) -> None:
    from dataclasses import replace

    first, second = overlays(2)
    assert len(grouped([first, second])) == 1
    assert len(grouped([first, replace(second, **other)])) == 2  # type: ignore[arg-type]


def test_findings_from_one_place_of_a_template_are_shown_once() -> None:
    origin = Span("chart/web.yaml", Position(3, 1), Position(3, 4))
    result = tuple(
        Finding(
            "unknown-field", "schema", Severity.ERROR, "no", ref=ObjectRef("", "Pod", "", str(number)), path=(number,),
            span=Span("out.yaml", Position(number, 1), Position(number, 2), origin),
        )
        for number in (1, 2)
    )  # fmt: skip
    assert [str(f.first.span) for f in grouped(result)] == ["out.yaml:1:1"]
    assert grouped(result)[0].places == "and 1 more: out.yaml:2:1"


def test_markdown_is_bounded_and_says_what_is_left_out() -> None:
    many = [
        *(f for n in range(900) for f in overlays(1, Severity.WARNING, f"w{n} {'|' * 90}")),
        *overlays(7, Severity.NOTE, "milder"),
        *overlays(3, message="worst"),
    ]
    text = made("markdown", Lint(Manifest(), tuple(many), 37))
    assert LIMIT - 2_000 < len(text) <= LIMIT
    lines = text.splitlines()
    assert lines[0] == "### kplan lint: 3 errors, 900 warnings, 7 notes"
    assert "worst" in lines[4]
    assert "milder" not in text
    shown = sum(line.startswith("| **warning**") for line in lines)
    assert f"Left out, for want of room: {900 - shown} warnings, 7 notes (`unknown-field` {907 - shown})." in lines


def test_markdown_calls_nobody_and_keeps_its_table() -> None:
    (finding,) = overlays(1, message="@team <img src=x> [a](b) | `x|y` *b*\nnext")
    row = made("markdown", Lint(Manifest(), (finding,), 37)).splitlines()[4]
    assert row.startswith(
        "| **error** | @\u200bteam \\<img src=x\\> \\[a\\](b) \\| `x\\|y` \\*b\\* next<br>`unknown-field`"
    )


def test_workflow_commands_cannot_be_smuggled_in() -> None:
    (finding,) = overlays(1, message="no\n::set-output name=a::b\r50%")
    blind = Unchecked("object", "without schema", 1, ("a\n::error::x",))
    result = Lint(Manifest(files=("a\n::b",)), (finding,), 37, (blind,))
    lines = made("github", result).splitlines()
    assert len(lines) == 3
    assert "::no%0A::set-output name=a::b%0D50%25 (service/web)" in lines[0]


def test_annotations_have_columns_only_within_one_line() -> None:
    one = Finding("no-schema", "schema", Severity.NOTE, "no", span=Span("./a,b:c", Position(2, 3), Position(2, 9)))
    two = Finding("no-schema", "schema", Severity.NOTE, "no", span=Span("a", Position(2, 3), Position(4, 9)))
    first, second, *_ = made("github", Lint(Manifest(), (one, two), 37)).splitlines()
    assert first == "::notice file=a%2Cb%3Ac,line=2,endLine=2,col=3,endColumn=9,title=no-schema::no"
    assert second == "::notice file=a,line=2,endLine=4,title=no-schema::no"


def test_junit_has_a_passing_case_for_a_file_without_findings() -> None:
    suites = ElementTree.fromstring(made("junit", Lint(Manifest(files=("b.yaml", "000.yaml")), tuple(overlays(1)), 37)))
    assert [(s.get("name"), s.get("tests"), s.get("failures")) for s in suites] == [
        ("000.yaml", "1", "1"),
        ("b.yaml", "1", "0"),
    ]
    assert suites.findtext(".//system-out") == "2 files, 0 objects checked against Kubernetes 1.37"


def test_gitlab_has_what_gitlab_reads() -> None:
    issues = json.loads(made("gitlab", Lint(Manifest(), tuple(overlays(2, Severity.WARNING)), 37)))
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert issues[0]["severity"] == "minor"
    assert issues[0]["check_name"] == "unknown-field"
    assert issues[0]["location"] == {"path": "000.yaml", "lines": {"begin": 4, "end": 4}}


def test_coverage_names_what_was_not_checked_and_why() -> None:
    blind = (
        Unchecked("CEL rule", "not evaluated", 1),
        Unchecked("object", "without schema", 5, ("a/v1/A", "b/v1/B", "c/v1/C", "d/v1/D")),
        Unchecked("template", "not rendered", 2, ("a.tpl", "b.tpl")),
    )
    manifest = Manifest(files=("a",), skipped=(Skipped("a", 1, "none"),))
    assert made("text", Lint(manifest, (), 36, blind)) == (
        "1 file, 0 objects checked against Kubernetes 1.36; 8 not checked: 1 CEL rule not evaluated, "
        "5 objects without schema (a/v1/A, b/v1/B, c/v1/C, ...), 2 templates not rendered (a.tpl, b.tpl); "
        "1 document skipped (no objects)\n"
    )


def test_what_the_manifest_could_not_hold_is_not_checked() -> None:
    manifest = load_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", file="a.yaml")
    missed = Unchecked("chart", "not rendered", 1, ("web",))
    manifest = Manifest(manifest.resources, files=manifest.files, unchecked=(missed, missed))
    assert lint(manifest, minor=37).unchecked == (Unchecked("chart", "not rendered", 2, ("web",)),)


def test_coverage_counts_what_no_rule_tells_of() -> None:
    text = "apiVersion: a.io/v1\nkind: A\nmetadata: {name: a}\n---\napiVersion: a.io/v1\nkind: A\nmetadata: {name: b}\n"
    result = lint(load_text(text), minor=37, ignore=["no-schema"])
    assert not result.findings
    assert result.unchecked == (Unchecked("object", "without schema", 2, ("a.io/v1/A",)),)
    assert lint(load_text(text), minor=37, select=["references"]).unchecked == ()
