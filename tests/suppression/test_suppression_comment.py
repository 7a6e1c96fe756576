"""Comments: which are meant, what they say, and what they cover."""

from __future__ import annotations

from datetime import date

import pytest

from kplan.suppression.comment import comments
from kplan.suppression.model import read_words

TEXT = """# kplan: allow a1 -- the whole object
apiVersion: apps/v1 # kplan: allow a2
kind: Deployment
metadata:
  name: web
spec:
  # kplan: allow a7
  # another comment

  template:
    spec:
      containers: # kplan: allow a12
      - name: web # kplan: allow a13
        image: x # kplan: allow a14
        # kplan: allow a15
        env:
        - name: A
          value: b
      - name: log
        # kplan: allow a20
        image: y
      volumes:
      # kplan: allow a23
      - name: v
        emptyDir: {}
      - name: w
---
kind: ConfigMap
data:
  script: |
    # kplan: allow no31
    echo # kplan: allow no32
  # kplan: allow a33
  other: "# kplan: allow no34" # kplan: allow a34
  folded: >-
    # kplan: allow no36
  items:
  - |
    # kplan: allow no39
  - key: |
      # kplan: allow no41
    last: x # kplan: allow a42
# kplan: allow nothing
"""
REACH = {
    "a1": (2, 26), "a2": (2, 2), "a7": (10, 26), "a12": (12, 21), "a13": (13, 18), "a14": (14, 14), "a15": (16, 18),
    "a20": (21, 21), "a23": (24, 25), "a33": (34, 34), "a34": (34, 34), "a42": (42, 43), "nothing": (1, 0),
}  # fmt: skip


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_reach(eol: str) -> None:
    found = {c.words.rules[0]: (c.first, c.last) for c in comments("a.yaml", TEXT.replace("\n", eol))}
    assert found.keys() == REACH.keys()
    for name, (first, last) in REACH.items():
        assert found[name][0] == first, name
        # blank lines and comments behind a node may or may not count: no finding stands there
        assert found[name][1] in (last, last + 1), name


def test_above_an_object_in_the_middle() -> None:
    text = "a: 1\n---\n# kplan: allow x\n\n# more\nb: 1\nc: 2\n---\nd: 1\n"
    ((first, last),) = [(c.first, c.last) for c in comments("a.yaml", text)]
    assert (first, last) == (6, 7)


def test_before_the_separator() -> None:
    ((first, last),) = [(c.first, c.last) for c in comments("a.yaml", "a: 1\n# kplan: allow x\n---\nb: 1\nc: 2\n")]
    assert (first, last) == (4, 6)


def test_template_actions_end_nothing() -> None:
    text = (
        "spec:\n  # kplan: allow x\n  {{- with .Values }}\n  a:\n{{- if .b }}\n    c: 1\n{{- end }}\n    d: 1\n  e: 1\n"
    )
    ((first, last),) = [(c.first, c.last) for c in comments("a.yaml", text)]
    assert (first, last) == (4, 8)


def test_place() -> None:
    (comment,) = comments("a.yaml", "a: é # kplan: allow x -- y  \n")
    assert str(comment.span) == "a.yaml:1:6"
    assert comment.span.end.column == 27


@pytest.mark.parametrize(
    ("text", "rules", "until", "reason"),
    [
        (" a", ("a",), None, ""),
        ("a, b", ("a", "b"), None, ""),
        ("a b", ("a", "b"), None, ""),
        ("a,b,", ("a", "b"), None, ""),
        ("a -- why not", ("a",), None, "why not"),
        ("a --- why", ("a",), None, "why"),
        ("a — why", ("a",), None, "why"),
        ("a-b -- c -- d", ("a-b",), None, "c -- d"),
        ("a until 2027-01-31", ("a",), date(2027, 1, 31), ""),
        ("a, b until 2027-01-31 -- until then", ("a", "b"), date(2027, 1, 31), "until then"),
        ("until-ready", ("until-ready",), None, ""),
    ],
)
def test_words(text: str, rules: tuple[str, ...], until: date | None, reason: str) -> None:
    assert read_words(text) == (rules, until, reason, "")


@pytest.mark.parametrize("text", ["", " -- only a reason", "a until", "a until soon", "a until 2027-02-30", "until 5"])
def test_words_that_say_nothing(text: str) -> None:
    assert read_words(text).fault


@pytest.mark.parametrize(
    ("line", "is_meant", "has_fault"),
    [
        ("#kplan: allow x", True, False),
        ("## kplan:allow x", True, False),
        ("# kplan: allow: x", True, False),
        ("# kplan: ignore x", True, True),
        ("# kplan: alow x", True, True),
        ("# kplan: see the docs", False, False),
        ("# kplan allow x", False, False),
        ("a#kplan: allow x", False, False),
        ("a: 'it # kplan: allow x'", False, False),
        ("a: 'it''s # kplan: allow x'", False, False),
        ("a: don't # kplan: allow x", True, False),
        ('a: "\\" # kplan: allow x"', False, False),
        ("a: {b: 'c'} # kplan: allow x", True, False),
    ],
)
def test_which_are_meant(line: str, is_meant: bool, has_fault: bool) -> None:
    found = list(comments("a.yaml", f"{line}\nb: 1\n"))
    assert bool(found) is is_meant
    assert any(comment.words.fault for comment in found) is has_fault
