"""The text report: what it looks like in the odd cases. The plain ones are in the pages of the rules."""

from __future__ import annotations

import pytest

from kplan.loader import load_text
from kplan.model import Finding, ObjectRef, Position, Severity, Span
from kplan.pipeline import Lint, lint
from kplan.report.cell import width
from kplan.report.colour import coloured
from kplan.report.lint_concise import report as concise
from kplan.report.lint_text import report

REF = ObjectRef("", "Pod", "default", "web")


def shown(text: str, start: tuple[int, int], end: tuple[int, int], **more: object) -> list[str]:
    """The lines below the message of one finding about a stretch of the text."""
    span = Span("a.yaml", Position(*start), Position(*end))
    finding = Finding("a-rule", "schema", Severity.ERROR, "no", span=span, **{"ref": REF, "path": ("spec",), **more})  # type: ignore[arg-type]
    manifest = load_text(text, file="a.yaml")
    manifest = type(manifest)(manifest.resources, (), (), ("a.yaml",), {"a.yaml": text})
    return report(Lint(manifest, (finding,), 37, ())).split("\n\n")[0].split("\n")[1:]


def test_tabs_are_spaces_and_the_caret_keeps_its_place() -> None:
    assert shown("a:\tb\tc", (1, 6), (1, 7)) == [
        " --> a.yaml:1:6",
        "  |",
        "1 | a:  b   c",
        "  |         ^ spec of pod/web",
    ]


def test_wide_and_combining_characters_keep_the_caret_in_its_place() -> None:
    assert shown("a: 网页e\u0301 b", (1, 9), (1, 10))[2:] == ["1 | a: 网页e\u0301 b", "  |          ^ spec of pod/web"]


def test_a_long_line_is_cut_around_the_place() -> None:
    line = f"a: {'x' * 500}BAD{'y' * 500}"
    _, _, source, under = shown(line, (1, 504), (1, 507))
    assert len(source) <= 4 + 126
    assert source.startswith("1 | ...x")
    assert source.endswith("y...")
    assert source[under.index("^") : under.index("^") + 3] == "BAD"
    assert under.count("^") == 3


def test_a_place_longer_than_the_line_may_be_is_cut() -> None:
    _, _, source, under = shown("x" * 500, (1, 1), (1, 501))
    assert source == f"1 | {'x' * 120}..."
    assert under == f"  | {'^' * 120} spec of pod/web"


def test_an_empty_place_at_the_end_of_a_line_has_one_caret() -> None:
    assert shown("a:\n", (1, 3), (1, 3))[2:] == ["1 | a:", "  |   ^ spec of pod/web"]


def test_several_lines_are_bracketed() -> None:
    assert shown("a:\n  b: 1\n  c: 2\n", (2, 3), (3, 7))[2:] == [
        "2 | /   b: 1",
        "3 | |   c: 2",
        "  | |______^ spec of pod/web",
    ]


def test_of_many_lines_the_middle_is_left_out() -> None:
    text = "".join(f"k{i}: 1\n" for i in range(1, 12))
    assert shown(text, (1, 1), (11, 7))[2:] == [
        " 1 | / k1: 1",
        " 2 | | k2: 1",
        " 3 | | k3: 1",
        "...  |",
        "11 | | k11: 1",
        "   | |______^ spec of pod/web",
    ]


def test_empty_lines_and_comments_after_a_block_do_not_belong_to_it() -> None:
    assert shown("a:\n  b: 1\n\n  # more\nc: 2\n", (2, 3), (5, 1))[2:] == [
        "2 |   b: 1",
        "  |   ^^^^ spec of pod/web",
    ]


def test_carriage_returns_are_not_shown() -> None:
    assert shown("a: 1\r\nb: 2\r\n", (2, 4), (2, 5))[2:] == ["2 | b: 2", "  |    ^ spec of pod/web"]


def test_nothing_of_a_manifest_reaches_the_terminal_as_a_command() -> None:
    text = "".join(shown("a: '\x1b[2J'", (1, 4), (1, 10), path=("\x1b[2J",)))
    assert "\x1b" not in text
    assert "\ufffd[2J" in text


def test_a_place_outside_the_text_shows_no_line() -> None:
    assert shown("a: 1", (7, 1), (7, 2)) == [" --> a.yaml:7:1"]


SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: {name}
data:
  password: {value}
"""


@pytest.mark.parametrize(
    "text",
    [
        SECRET.format(name="db", value="[aHVudGVyMg==]"),
        SECRET.format(name="db", value="aHVudGVyMg==") + "  password: aHVudGVyMg==\n",
        SECRET.format(name="db", value="aHVudGVyMg==") + "\tbroken: aHVudGVyMg==\n",
        "{apiVersion: v1, kind: Secret, metadata: {name: db}, data: {password: [aHVudGVyMg==]}}\n",
        "{apiVersion: v1, kind: Secret, metadata: {name: db}, kind: Secret, data: {password: aHVudGVyMg==}}\n",
        SECRET.format(name="db", value="aHVudGVyMg==").replace("data:", "dat:"),
    ],
)
@pytest.mark.parametrize("form", [report, concise])
def test_values_of_secrets_are_never_shown(text: str, form: object) -> None:
    result = lint(load_text(text, file="a.yaml"), minor=37)
    assert result.findings
    assert "aHVudGVyMg" not in form(result)  # type: ignore[operator]


def test_the_name_of_a_secret_is_shown() -> None:
    text = SECRET.format(name="db", value="aHVudGVyMg==")
    result = lint(load_text(f"{text}---\n{text}", file="a.yaml"), minor=37)
    assert " 4 |   name: db" in report(result)


def test_colours_are_only_added() -> None:
    import re

    result = lint(load_text(SECRET.format(name="db", value="[x]"), file="a.yaml"), minor=37)
    text = report(result, paint=coloured)
    assert "\x1b[1;31merror[wrong-type]\x1b[0m" in text
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == report(result)


def test_summary_names_what_was_not_checked() -> None:
    text = "a: 1\n---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
    manifest = load_text(text, file="a.yaml")
    last = report(lint(manifest, minor=30)).splitlines()[-2:]
    assert last == [
        "1 note",
        "1 file, 1 object checked against Kubernetes 1.30; "
        "1 not checked: 1 object without schema (example.com/v1/Thing); 1 document skipped (no objects)",
    ]
    assert "skipped a.yaml:1: " in report(lint(manifest, minor=30), verbose=True)


def test_a_clean_manifest_is_one_line() -> None:
    manifest = load_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
    assert report(lint(manifest, minor=37)) == "1 file, 1 object checked against Kubernetes 1.37\n"


def test_a_line_of_wide_characters_is_cut_to_cells() -> None:
    line = f"a: {'网' * 300}BAD{'页' * 300}"
    _, _, source, under = shown(line, (1, 304), (1, 307))
    assert width(source) <= 4 + 126
    assert width(source[: source.index("BAD")]) == under.index("^")
    assert under.count("^") == 3


def test_the_place_in_a_very_long_line_is_found() -> None:
    line = f"a: {'x' * 1_000_000}\tBAD{'y' * 1_000_000}"
    _, _, source, under = shown(line, (1, 1_000_005), (1, 1_000_008))
    assert source[under.index("^") : under.index("^") + 3] == "BAD"
    assert source.startswith("1 | ...x")
    assert source.endswith("y...")


@pytest.mark.parametrize(("text", "cells"), [("❤\ufe0f", 1), ("e\u0301", 1), ("🎉", 2), ("한", 2), ("\u20dd", 0)])
def test_cells_of_odd_characters(text: str, cells: int) -> None:
    assert width(text) == cells


def test_a_block_of_wide_lines_is_cut_to_cells() -> None:
    lines = shown(f"a:\n  {'网' * 300}: 1\n  c: 2\n", (2, 3), (3, 7))[2:]
    assert width(lines[0]) <= 4 + 2 + 120 + 3
    assert lines[0].endswith("网...")
    assert lines[1] == "3 | |   c: 2"


def test_the_last_line_needs_no_line_break_at_its_end() -> None:
    assert shown("a: 1\nb: 2", (2, 4), (2, 5))[2:] == ["2 | b: 2", "  |    ^ spec of pod/web"]
