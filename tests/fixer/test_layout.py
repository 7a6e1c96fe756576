"""The tree of a text gives the text back, and conversions come out the same in every way to write an object."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from kplan.fixer.parse import parse_yaml
from kplan.fixer.parse_json import parse_json
from kplan.fixer.render import render, style_of
from kplan.fixer.tree import plain
from kplan.k8s.version import NEWEST
from kplan.loader import load_text, parse_documents
from kplan.pipeline import fix

TESTS = Path(__file__).resolve().parents[1]
WRITTEN = """\
# top
---   # a document
a:   1    # one

# before b
b:
    # first
    -   x: "q"   # dash
        y: 'z'

    - {p: 1,   q: [ 1,2 ], } # flow
    -
      # deep
      r: &anchor
        s: |
          text
            more   # no comment

        t: >-
          folded
      # trailing r
    # trailing item
  # odd
c: *anchor
"d e" :   ~
? plain
: ok
...
""".replace("? plain\n: ok\n", "f:\n- g\n-  - h\n   - i\n")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_an_odd_text_comes_back_whole(end: str) -> None:
    text = WRITTEN.replace("\n", end)
    before, root, after = parse_yaml(text)
    assert before + render(root, style_of(root, text)) + after == text
    assert [plain(root)] == parse_documents(text)


def _files() -> list[Path]:
    found = (*TESTS.glob("ok/*.yaml"), *TESTS.parent.glob("examples/**/*.yaml"))
    return sorted(path for path in found if "templates" not in path.parts)


@pytest.mark.parametrize("file", _files(), ids=lambda file: file.name)
def test_files_come_back_whole(file: Path) -> None:
    for text in re.split(r"(?m)^(?=---)", file.read_text(encoding="utf-8")):
        if parse_documents(text):
            before, root, after = parse_yaml(text)
            assert before + render(root, style_of(root, text)) + after == text


@pytest.mark.parametrize("indent", [None, 2, 4])
def test_json_comes_back_whole(indent: int | None) -> None:
    text = json.dumps({"a": [1, {"b": {}, "c": []}, "\u00e9\\"], "d": {"e": None, "f": -1.5e3}}, indent=indent) + "\n"
    root, end = parse_json(text, 0)
    assert render(root, style_of(root, text, json=True)) + text[end:] == text
    assert plain(root) == json.loads(text)


class _Block(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Indented(_Block):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _dump(data: Any, **options: Any) -> str:
    text: str = yaml.dump(data, sort_keys=False, width=10**6, **options)
    return re.sub(r": (y|n|Y|N)(?=[,}\]\n])", r': "\1"', text)  # PyYAML takes these for text


def _commented(text: str) -> str:
    """The text with a comment of its own above and behind every line."""
    lines: list[str] = []
    for number, line in enumerate(text.splitlines()):
        indent = line[: len(line) - len(line.lstrip())]
        lines += [f"{indent}# above {number}", f"{line}  # behind {number}"]
    return "".join(f"{line}\n" for line in lines)


WAYS = {
    "block": lambda data: _dump(data, Dumper=_Block),
    "indented": lambda data: _dump(data, Dumper=_Indented, indent=4),
    "flow": lambda data: _dump(data, Dumper=_Block, default_flow_style=True),
    "commented": lambda data: _commented(_dump(data, Dumper=_Block)),
    "commented-indented": lambda data: _commented(_dump(data, Dumper=_Indented, indent=3)),
    "crlf": lambda data: _commented(_dump(data, Dumper=_Block)).replace("\n", "\r\n"),
    "json": lambda data: json.dumps(data),
    "json-indented": lambda data: json.dumps(data, indent=4) + "\n",
    "list": lambda data: _dump({"apiVersion": "v1", "kind": "List", "items": [data]}, Dumper=_Block),
}


def _old_objects() -> list[tuple[str, Any]]:
    with gzip.open(TESTS / "conformance/convert/cases.jsonl.gz", "rt", encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    return [(case["name"], resource.data) for case in cases for resource in load_text(case["input"]).resources[:1]]


OLD = _old_objects()


def _comments(text: str) -> Counter[str]:
    return Counter(re.findall(r"# (?:above|behind) \d+", text))


@pytest.mark.parametrize("way", WAYS)
def test_a_conversion_is_the_same_however_the_object_is_written(way: str) -> None:
    """And no comment is lost, no line end changed."""
    name = "x.json" if way.startswith("json") else "x.yaml"
    for case, data in OLD:
        text = WAYS[way](data)
        after = fix({name: text.encode()}, minor=NEWEST).files[0].after.decode()
        expected = fix({"x.json": json.dumps(data).encode()}, minor=NEWEST).files[0].after
        found = load_text(after, file=name).resources
        assert [r.data for r in found] == [r.data for r in load_text(expected, file="x.json").resources], case
        assert not _comments(text) - _comments(after), case
        assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0), case


def test_marks_and_other_parts_of_a_file_stay() -> None:
    before = (
        "\ufeff# top\n---\napiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n"
        "--- # odd:   [ spacing\nnot: {an:   object}\n---\n  \n---\nbroken: [\n---\n"
        "kind: Pod\napiVersion:   v1\nmetadata:   {name: 'p'}\n"
    ).encode()
    after = fix({"a.yaml": before}, minor=NEWEST).files[0].after
    assert after == before.replace(b"batch/v1beta1", b"batch/v1")


def test_what_is_no_utf_8_is_left_alone() -> None:
    before = b"# \xff\napiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n"
    assert not fix({"a.yaml": before}, minor=NEWEST).files
