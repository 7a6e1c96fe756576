from __future__ import annotations

import pytest

from kplan.loader import load_text
from kplan.model import Severity

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"

BROKEN = [
    # text, line, column, part of the message, part of the help
    ("a:\n\tb: 1\n", 2, 1, "a tab cannot indent YAML", "indent with spaces"),
    ("name:web\nimage: x\n", 2, 6, "mapping values are not allowed", "a space is missing after the colon: `name: web`"),
    ("a: b: c\n", 1, 5, "mapping values are not allowed", "quote a value that contains `: `"),
    ("a: b\n  c: d\n", 2, 4, "mapping values are not allowed", "the line above has a value already"),
    ('a: "x\nb: 1\n', 1, 4, "the quote that opens here is never closed", "close the quote"),
    ("a: 'x\nb: 1\n", 1, 4, "the quote that opens here is never closed", "close the quote"),
    ("a: {{ $labels.x }}\n", 1, 5, "cannot be a key", "template braces"),
    ("a: 1\n{{ $x }}\n", 2, 1, "", "template braces"),
    ("a: %x\n", 1, 4, "`%` cannot begin a value", "quote a value"),
    ("a: @x\n", 1, 4, "`@` cannot begin a value", "quote a value"),
    ("a: `x`\n", 1, 4, "a backtick cannot begin a value", "quote a value"),
    ("a: *.example.com\n", 1, 5, "alphabetic or numeric", "quote the value"),
    ("a: *nobody\n", 1, 4, "`*nobody` names an anchor that is not there", "quote the value"),
    ("a: [b\n", 1, 6, "expected ',' or ']'", "close the bracket"),
    ("a: {b: c\n", 1, 9, "expected ',' or '}'", "close the bracket"),
    ("a: [x?y]\n", 1, 6, "`?` in a flow collection", ""),
    ("a: -\n", 1, 4, "block sequence entries are not allowed", "quote the value"),
    ("a:\n  b: 1\n c: 2\n", 3, 2, "did not find expected key", "begin in the same column"),
    ("a: 1\nb\n", 2, 1, "could not find expected ':'", "no `key: value`"),
    ("null: 1\n", 1, 1, "null cannot be a key", "quote the key"),
    ("a: .inf\n", 1, 4, "JSON", ""),
    ("a: !!int x\n", 1, 4, "`x` is no !!int", ""),
    ("<<: 1\n", 1, 5, "takes a mapping", ""),
    ("a: &a [*a]\n", 1, 8, "contains itself", ""),
    ("a: x\u0007\n", 1, 5, "U+0007", ""),
    ("%YAML 1.1\n", 1, 1, "`%` directive", ""),
    ("--- a: b\n", 1, 5, "only a comment behind `---`", ""),
    ("é: ü\nß: [日本, 😀, @\n", 2, 12, "`@` cannot begin a value", ""),
]


@pytest.mark.parametrize(("text", "line", "column", "message", "help"), BROKEN, ids=lambda value: repr(value)[:30])
def test_broken(text: str, line: int, column: int, message: str, help: str) -> None:
    manifest = load_text(text)
    assert not manifest.resources
    finding = manifest.findings[0]
    assert (finding.rule, finding.group, finding.severity) == ("yaml-syntax", "syntax", Severity.ERROR)
    assert finding.span is not None
    assert (finding.span.start.line, finding.span.start.column) == (line, column)
    assert message in finding.message
    assert help in (finding.help or "")


@pytest.mark.parametrize(("text", "line", "column"), [row[:3] for row in BROKEN], ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_the_other_documents_still_load(text: str, line: int, column: int, eol: str) -> None:
    document = f"{GOOD}---\n{text.removeprefix('--- ') if text.startswith('---') else text}---\n{GOOD}"
    manifest = load_text(document.replace("\n", eol))
    if text.startswith("---"):
        assert len(manifest) == 2
        return
    assert [str(resource.ref) for resource in manifest] == ["configmap/good", "configmap/good"]
    first = manifest.findings[0]
    assert first.span is not None
    assert (first.span.start.line, first.span.start.column) == (line + 4, column)
    last = manifest.resources[1].source
    below = 4 + text.count("\n") + 1
    assert (last.line, last.span(("metadata", "name")).start.line) == (below + 1, below + 3)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(encoding: str) -> None:
    raw = GOOD.encode(encoding) if encoding == "utf-16" else ("\ufeff" + GOOD).encode(encoding)
    manifest = load_text(raw)
    assert [(finding.rule, finding.help) for finding in manifest.findings] == [
        ("yaml-syntax", "save the file as UTF-8")
    ]
    assert not manifest.resources


def test_latin_1_is_refused_where_it_stands() -> None:
    manifest = load_text(f"{GOOD}---\n{GOOD}  # Gr\u00f6\u00dfe\n---\n{GOOD}".encode("latin-1"))
    assert len(manifest) == 2
    finding = manifest.findings[0]
    assert finding.message == "the byte 0xf6 is not UTF-8"
    assert finding.span is not None
    assert (finding.span.start.line, finding.span.start.column) == (8, 7)


def test_an_object_that_kubectl_does_not_reach_is_told() -> None:
    manifest = load_text(f"{GOOD}...\n{GOOD}---\n{GOOD}")
    assert len(manifest) == 2
    assert [(finding.severity, str(finding.span)) for finding in manifest.findings] == [
        (Severity.WARNING, "<text>:5:1")
    ]
    manifest = load_text(f"{GOOD}...\nnotes\n")
    assert [(skipped.line, "kubectl" in skipped.reason) for skipped in manifest.skipped] == [(5, True)]


def test_findings_stand_in_order() -> None:
    manifest = load_text("kind: Pod\nspec: {}\n---\na: @\n---\nkind: Pod\nspec: {x: 1, x: 2}\n---\nb: @\n")
    lines = [finding.span.start.line for finding in manifest.findings if finding.span]
    assert lines == sorted(lines) == [1, 4, 6, 7, 9]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "\n".join(" " * level + "a:" for level in range(1_000)),
        '{"a":' * 100_000,
        '{"a":' * 300 + "1" + "}" * 300,
        "a: &a [" + "[" * 200 + "]" * 200 + "]\nb: " + "[" * 200 + "*a" + "]" * 200,
    ],
    ids=["lists", "mappings", "block lists", "block mappings", "open JSON", "JSON", "aliases"],
)
def test_depth_is_bounded(text: str) -> None:
    manifest = load_text(text)
    assert len(manifest.findings) == 1
    assert "levels deep" in manifest.findings[0].message


def test_a_deep_object_is_read() -> None:
    text = GOOD + "x: " + "{a: " * 200 + "1" + "}" * 200 + "\n"
    resource = load_text(text).resources[0]
    path = ("x", *["a"] * 200)
    assert resource.get(*path) == 1
    assert resource.source.span(path).start.column == 4 + 4 * 200


def test_an_alias_bomb_is_a_finding() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    manifest = load_text("\n".join(lines))
    assert [finding.message for finding in manifest.findings] == ["the document's aliases expand to too much"]


def test_json() -> None:
    text = (
        '{"apiVersion": "v1",\n\t"kind": "Pod", "metadata": {"name": "a\\/b\\u00e9"},\n'
        ' "spec": {"x": [1, {"y": 1.0}]}}\n'
    )
    manifest = load_text(text + text, file="x.json")
    assert not manifest.findings
    assert [resource.ref.name for resource in manifest] == ["a/bé"] * 2
    source = manifest.resources[1].source
    assert source.line == 4
    assert str(source.span(("metadata", "name"))) == "x.json:5:38"
    assert str(source.span(("spec", "x", 1, "y"), at="key")) == "x.json:6:21"
    assert manifest.resources[0].get("spec", "x", 1, "y") == 1


def test_json_has_keys_twice_too() -> None:
    manifest = load_text('{"apiVersion": "v1", "kind": "Pod",\n "metadata": {"name": "a", "name": "b"}}')
    finding = manifest.findings[0]
    assert (finding.rule, str(finding.span), str(finding.related[0].span)) == (
        "duplicate-key",
        "<text>:2:28",
        "<text>:2:15",
    )


def test_broken_json_is_told_as_json() -> None:
    manifest = load_text('{"a": 1,\n "b": [}', file="x.json")
    assert [(finding.message, str(finding.span)) for finding in manifest.findings] == [
        ("expecting value", "x.json:2:8")
    ]


def test_json_then_yaml() -> None:
    manifest = load_text(
        f'{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "a\\/b"}}}}\n---\n{GOOD}---\n{GOOD}'
    )
    assert [resource.source.line for resource in manifest] == [1, 3, 7]
    assert [str(resource.source.span(("kind",))) for resource in manifest] == [
        "<text>:1:30",
        "<text>:4:7",
        "<text>:8:7",
    ]
    assert not manifest.findings
