from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kplan.loader import load_text, parse_documents
from kplan.loader.text import line_starts
from kplan.model import FieldPath, Resource, Span

HEAD = "apiVersion: v1\nkind: ConfigMap\n"


def written(resource: Resource, span: Span) -> str:
    """The text under a span."""
    text = resource.source.text()
    starts = line_starts(text)
    return text[starts[span.start.line - 1] + span.start.column - 1 : starts[span.end.line - 1] + span.end.column - 1]


def at(text: str, *path: str | int, key: bool = False) -> str:
    """The text under the span of a key or value of a ConfigMap with these further lines."""
    resource = load_text(HEAD + text).resources[0]
    return written(resource, resource.source.span(path, at="key" if key else "value"))


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a: b\n", ("a",), "b"),
        ("a:   b   # c\n", ("a",), "b"),
        ("a: 'it''s'\n", ("a",), "'it''s'"),
        ('a: "x\\ty"\n', ("a",), '"x\\ty"'),
        ("a: {b: c, d: [e, f]}\n", ("a", "d", 1), "f"),
        ("a: {b: c, d: [e, f]}\n", ("a", "d"), "[e, f]"),
        ("a: {b: c, d: [e, f]}  # x\n", ("a",), "{b: c, d: [e, f]}"),
        ("a:\n  b: c\n  d: e\n\n\n# x\nf: g\n", ("a",), "b: c\n  d: e"),
        ("a:\n- b\n- c\n\nf: g\n", ("a",), "- b\n- c"),
        ("a:\n- b\n- c: d\n  e: f\n", ("a", 1), "c: d\n  e: f"),
        ("a: |\n  x\n  y\n\nb: c\n", ("a",), "|\n  x\n  y"),
        ("a: >-\n  x\n\n# c\nb: c\n", ("a",), ">-\n  x"),
        ("a: x\n  y\n  z\nb: c\n", ("a",), "x\n  y\n  z"),
        ("a: &x b\n", ("a",), "b"),
        ("a: !!str 5\n", ("a",), "5"),
        ("a: &x !!str  5\n", ("a",), "5"),
        ("a: &x\n  b: c\n", ("a",), "b: c"),
        ("a: &x # c\n  b: c\n", ("a",), "b: c"),
        ("a: &x {b: c}\nd: *x\n", ("d",), "*x"),
        ("a: &x {b: c}\nd: *x\n", ("d", "b"), "c"),
        ("a: &x {b: c}\nd: {<<: *x, e: f}\n", ("d", "b"), "c"),
        ("a: &x {b: c}\nd: {<<: *x, e: f}\n", ("d", "e"), "f"),
        ("a: [&x {b: c}, {<<: [*x], b: d}]\n", ("a", 1, "b"), "d"),
        ("a: 😀 é\nb: ü\n", ("b",), "ü"),
        ("😀: [é, 日本, x]\n", ("😀", 2), "x"),
        ("? a\n: b\n", ("a",), "b"),
        ("a: {name:}\n", ("a", "name:"), ""),
        ('a: "it\\\'s"\nb: c\n', ("a",), '"it\\\'s"'),
        ('a: "it\\\'s"\nb: c\n', ("b",), "c"),
        ("a:\nb: c\n", ("a",), ""),
        ("a: ''\n", ("a",), "''"),
    ],
)
def test_values(text: str, path: FieldPath, expected: str) -> None:
    assert at(text, *path) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a: b\n", ("a",), "a"),
        ('"a b" : c\n', ("a b",), '"a b"'),
        ("a: {b: c}\n", ("a", "b"), "b"),
        ("a: [b, c]\n", ("a", 1), "c"),
        ("8080: c\n", ("8080",), "8080"),
        ("yes: c\n", ("true",), "yes"),
        ("? a\n: b\n", ("a",), "a"),
        ("&x a: b\n", ("a",), "a"),
        ("a: &x {b: c}\nd: {<<: *x}\n", ("d", "b"), "b"),
        ("a: &x b\nc: {*x : d}\n", ("c", "b"), "*x"),
    ],
)
def test_keys(text: str, path: FieldPath, expected: str) -> None:
    assert at(text, *path, key=True) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("spec", "a", "missing"), "a"),
        (("spec", "missing", "deeper"), "spec"),
        (("spec", "list", 7), "list"),
        (("spec", "list", "name"), "list"),
        (("spec", "list", 0, "missing"), "b: c"),
        (("spec", "a", 0), "a"),
        (("spec", "list", 0, "b", "x"), "b"),
    ],
)
def test_what_is_not_there_is_shown_at_its_nearest_parent(path: FieldPath, expected: str) -> None:
    assert at("spec:\n  a: 1\n  list:\n  - b: c\n", *path) == expected


def test_a_missing_field_of_the_object_is_shown_at_the_object() -> None:
    resource = load_text(HEAD + "a: b\n").resources[0]
    assert written(resource, resource.source.span(("metadata",))) == HEAD + "a: b"


def test_where_an_empty_value_would_stand() -> None:
    span = load_text(HEAD + "a:\nb: c\n").resources[0].source.span(("a",))
    assert (span.start, span.end) == (span.end, span.start)
    assert (span.start.line, span.start.column) == (3, 3)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_marks_and_line_ends_move_nothing(mark: str, eol: str) -> None:
    text = mark + (HEAD + "data: {a: 1,\n  é: x}\n---\n" + HEAD + "b: |\n  x\n  y\nc: d\n").replace("\n", eol)
    first, second = load_text(text.encode()).resources
    assert str(first.source.span(("apiVersion",))) == "<text>:1:13"
    assert str(first.source.span(("data", "é"))) == "<text>:4:6"
    assert second.source.line == 6
    assert str(second.source.span(("c",))) == "<text>:11:4"
    assert second.get("b") == "x\ny\n"
    assert written(second, second.source.span(("b",))) == f"|{eol}  x{eol}  y"


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\u2029", "\r"])
def test_lines_are_those_of_editors(odd: str) -> None:
    text = f'{HEAD}a: "x{odd} y"\nb: z\n---\n{HEAD}c: z\n'
    first, second = load_text(text).resources
    assert written(first, first.source.span(("b",))) == "z"
    assert str(first.source.span(("b",))) == "<text>:4:4"
    assert (second.source.line, str(second.source.span(("c",)))) == (6, "<text>:8:4")


def test_origin() -> None:
    def origin(span: Span) -> Span:
        return Span("templates/web.yaml", span.start, span.end)

    text = HEAD + "metadata: {name: a, name: b}\n"
    manifest = load_text(text, origin=origin)
    span = manifest.resources[0].source.span(("kind",))
    assert str(span.origin) == "templates/web.yaml:2:7"
    assert manifest.findings[0].span is not None
    assert str(manifest.findings[0].span.origin) == "templates/web.yaml:3:21"


def scalars(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from scalars(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from scalars(inner, (*path, index))
    else:
        yield path, value


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=30)
KEY = st.text("abyn01-./ é😀:#'\"{[,&*!|>%@`?", min_size=1, max_size=12)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e6, 1e6, width=32) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=DATA,
    flow=st.sampled_from([True, False, None]),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.sampled_from([20, 80]),
    allow_unicode=st.booleans(),
    eol=st.sampled_from(["\n", "\r\n"]),
)
def test_under_the_span_of_a_scalar_stands_the_scalar(
    data: Any, flow: bool | None, style: str | None, width: int, allow_unicode: bool, eol: str
) -> None:
    document = {"apiVersion": "v1", "kind": "ConfigMap", "data": data}
    text = yaml.dump(
        document,
        default_flow_style=flow,
        default_style=style,
        width=width,
        allow_unicode=allow_unicode,
        Dumper=_Plain,
        sort_keys=False,
    )
    manifest = load_text(text.replace("\n", eol).encode())
    if manifest.findings:  # keys that Kubernetes takes for one: 1 and "1"
        assert {finding.rule for finding in manifest.findings} <= {"duplicate-key", "yaml-syntax"}
        return
    resource = manifest.resources[0]
    for path, value in scalars(resource.data):
        under = written(resource, resource.source.span(path))
        assert parse_documents(f"- {under}\n") == ([[value]]), (text, path)
        if isinstance(path[-1], str):
            key = written(resource, resource.source.span(path, at="key"))
            assert parse_documents(f"? {key}\n: x\n") == [{path[-1]: "x"}], (text, path)


class _Plain(yaml.SafeDumper):
    """Writes no aliases, for equal parts would share one place, and quotes only strings."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_scalar(self, tag: str, value: str, style: str | None = None) -> Any:
        return super().represent_scalar(tag, value, style if tag.endswith(":str") else "")
