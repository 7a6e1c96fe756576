from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kplan.loader import load, load_text
from kplan.model import Manifest, Span

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("KPLAN_CORPUS", ROOT.parent / "shared" / "corpus"))


def traps() -> list[bytes]:
    file = ROOT / "tests" / "conformance" / "yaml" / "traps.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["yaml"].encode() for line in lines]


BASES = [
    *traps(),
    b"a: &x {b: [1, 2]}\n---\nkind: Pod\napiVersion: v1\nx: {<<: *x, c: |\n",
    b'{"apiVersion": "v1", "kind": "List", "items": [{"kind": "Pod"}, 1]}\n{"a": "\\ud83d"}\n',
    '\ufeffapiVersion: v1\r\nkind: Pod\r\né: "x\\\'\r\n  y"\r\n...\r\n---\r\n'.encode(),
]
PIECES = [
    b"\t", b"\n", b"\r", b": ", b"- ", b'"', b"'", b"{", b"}", b"[", b"]", b",", b"#", b"&a ", b"*a", b"!!int ", b"|",
    b">", b"%", b"@", b"? ", b"<<: ", b"~", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xc2\x85", b"\xe2\x80\xa8", b"...\n",
    b"\n---\n", b"\n--- x\n", b"\\'", b"\\/", b"\\ud800", b".inf", b"0x", b"1e999", b"apiVersion: v1\nkind: Pod\n",
]  # fmt: skip


def check(manifest: Manifest, text: str) -> None:
    """Every position lies in the text."""
    lines = text.split("\n")

    def inside(span: Span | None) -> None:
        assert span is not None
        assert span.start <= span.end
        for position in (span.start, span.end):
            assert 1 <= position.line <= len(lines)
            assert 1 <= position.column <= len(lines[position.line - 1]) + 1

    for finding in manifest.findings:
        inside(finding.span)
        for related in finding.related:
            inside(related.span)
    for resource in manifest:
        assert 1 <= resource.source.line <= len(lines)
        for key in resource.data:
            inside(resource.source.span((key,)))
            inside(resource.source.span((key,), at="key"))
        inside(resource.source.span(("metadata", "name", "missing")))
    for skipped in manifest.skipped:
        assert 1 <= skipped.line <= len(lines)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    base=st.sampled_from(BASES),
    edits=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 5), st.sampled_from(PIECES) | st.binary(max_size=3)), max_size=4
    ),
    json_file=st.booleans(),
)
def test_damaged_files_never_raise(base: bytes, edits: list[tuple[int, int, bytes]], json_file: bool) -> None:
    for index, length, piece in edits:
        index = min(index, len(base))
        base = base[:index] + piece + base[index + length :]
    check(
        load_text(base, file="x.json" if json_file else "x.yaml"),
        base.decode("utf-8", "replace").removeprefix("\ufeff"),
    )


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=60))
def test_any_bytes_never_raise(raw: bytes) -> None:
    load_text(raw)
    load_text(raw, file="x.json")


def test_the_same_text_gives_the_same_manifest() -> None:
    for base in BASES:
        first, second = load_text(base), load_text(base)
        assert [resource.data for resource in first] == [resource.data for resource in second]
        assert (first.findings, first.skipped) == (second.findings, second.skipped)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no real-world manifests here: KPLAN_CORPUS names their folder")
@pytest.mark.parametrize("folder", ["manifests", "rendered"])
def test_real_world_manifests(folder: str) -> None:
    manifest = load([CORPUS / folder])
    assert manifest.findings == ()
    starts: dict[str, list[int]] = defaultdict(list)
    for resource in manifest:
        starts[Path(resource.source.file).name].append(resource.source.line)
    for skipped in manifest.skipped:
        starts[Path(skipped.file).name].append(skipped.line)
    verdicts = (CORPUS / folder / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    recorded: dict[str, set[int]] = defaultdict(set)
    for verdict in map(json.loads, verdicts):
        if "parse=notmap" not in verdict.get("message", ""):  # a document of comments
            recorded[verdict["file"]].add(verdict["document"])
    assert len(recorded) > 50
    for file, documents in recorded.items():
        assert len(starts[file]) >= len(documents), file
