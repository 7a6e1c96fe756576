"""Warnings about a rendering, and the places of values."""

from __future__ import annotations

import pytest

from kplan.loader import load_text
from kplan.render.release import Capabilities, Release
from kplan.render.remark import hook_fault, remarks, unknown_hooks
from kplan.render.rendering import manifest, render
from kplan.render.trail import with_options, with_values
from kplan.render.value import Given, chart_with_values
from tests.render.chart import chart


@pytest.mark.parametrize("said", ["pre-install", " Pre-Install , test-success ", "post-delete,post-rollback,test"])
def test_hooks_that_helm_knows(said: str) -> None:
    assert hook_fault(said) is None


@pytest.mark.parametrize("said", ["", "pre-install,", "install", "crd-install", "5"])
def test_hooks_that_it_does_not(said: str) -> None:
    fault = hook_fault(said)
    assert fault
    assert fault[0].endswith("Helm leaves the object out")


def test_where_the_hook_is_written() -> None:
    text = "kind: A\napiVersion: v1\nmetadata:\n  annotations:\n    helm.sh/hook: pre-x\n"
    [finding] = unknown_hooks(load_text(text + "---\nkind: B\napiVersion: v1\n", file="a.yaml"))
    assert (str(finding.span), finding.rule) == ("a.yaml:5:19", "unknown-hook")


TEMPLATE = """{% from "_m.j2" import outer %}
data:
  {{ outer(Values.a) }}
  b: {{ Values.b | upper }}
  c: {{ Values.a ~ Values.b }}
  d: x
"""
MACRO = """{% macro row(value) %}
row: {{ value }}
{% endmacro %}
{% macro outer(value) %}
{{ row(value) }}
{% endmacro %}
"""


def rendered(*options: str):  # type: ignore[no-untyped-def]
    made, values = chart_with_values(
        chart({"a.yaml": TEMPLATE, "_m.j2": MACRO}, "a: one\nb: two\nunread: secret\n"), Given(set=options)
    )
    return render(made, values, Release(), capabilities=Capabilities(36)), values


@pytest.mark.parametrize(
    ("line", "places"),
    [
        (2, ["_m.j2:2:6", "_m.j2:5:1", "a.yaml:3:3", "values.yaml:1:1"]),
        (3, ["a.yaml:4:6", "values.yaml:2:1"]),
        (4, ["a.yaml:5:6", "values.yaml:1:1"]),
        (5, ["a.yaml:6:6"]),
    ],
)
def test_the_way_from_a_value_to_the_output(line: int, places: list[str]) -> None:
    from kplan.model import Position, Span

    made, values = rendered()
    [file] = made.files
    text = file.text.splitlines()
    assert text[1:] == ["  row: one", "  b: TWO", "  c: onetwo", "  d: x"], text
    column = text[line - 1].index(":") + 3
    span = with_values(file.origins, values)(Span("x", Position(line, column), Position(line, column + 1)))
    found = []
    while span is not None:
        found.append(f"{span.file.rpartition('/')[2]}:{span.start.line}:{span.start.column}")
        span = span.origin
    assert found == places


def test_what_an_option_says_is_not_repeated() -> None:
    made, values = rendered("a=hunter2: x,unread=hunter2,urnead=hunter2")
    read = manifest(made, values)
    [error] = [finding for finding in read.findings if finding.rule == "yaml-syntax"]
    told = with_options(error, made, values)
    assert told.help
    assert told.help.endswith("; `Values.a` is set by `--set`")
    words = [f"{each.message} {each.help}" for each in (told, *remarks(made))]
    assert [each for each in words if "hunter2" in each] == []
    assert sum("of `--set`" in each for each in words) == 2


def test_findings_elsewhere_stay_as_they_are() -> None:
    made, values = rendered()
    [finding] = unknown_hooks(
        load_text("kind: A\napiVersion: v1\nmetadata: {annotations: {helm.sh/hook: x}}\n", file="a.yaml")
    )
    assert with_options(finding, made, values) is finding
