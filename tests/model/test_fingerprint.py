"""Fingerprints: the same while lines move, another where it is another finding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kplan.loader import load_text
from kplan.model import Finding, ObjectRef, Position, Severity, Span
from kplan.model.fingerprint import fingerprints, named_path, posix
from kplan.pipeline import lint_manifest

REF = ObjectRef("apps", "Deployment", "shop", "web")


def finding(**fields: object) -> Finding:
    span = Span("a/web.yaml", Position(3, 5), Position(3, 9))
    base = Finding("unknown-field", "schema", Severity.ERROR, "no such field", ref=REF, path=("spec", "x"), span=span)
    return replace(base, **fields)  # type: ignore[arg-type]


def test_form() -> None:
    (only,) = fingerprints([finding()])
    assert len(only) == 32
    assert set(only) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "same",
    [
        {"severity": Severity.NOTE},
        {"help": "another"},
        {"span": Span("a/web.yaml", Position(90, 1), Position(91, 1))},
        {"span": Span("./a/web.yaml", Position(3, 5), Position(3, 9))},
        {"span": Span("a\\web.yaml", Position(3, 5), Position(3, 9))},
    ],
    ids=lambda fields: ",".join(fields),
)
def test_what_does_not_count(same: dict[str, object]) -> None:
    assert fingerprints([finding(**same)]) == fingerprints([finding()])


@pytest.mark.parametrize(
    "other",
    [
        {"rule": "wrong-type"},
        {"message": "another"},
        {"path": ("spec", "y")},
        {"path": ()},
        {"ref": replace(REF, name="db")},
        {"ref": replace(REF, namespace="prod")},
        {"ref": None},
        {"span": None},
        {"span": Span("b/web.yaml", Position(3, 5), Position(3, 9))},
    ],
    ids=lambda fields: ",".join(fields),
)
def test_what_counts(other: dict[str, object]) -> None:
    assert fingerprints([finding(**other)]) != fingerprints([finding()])


def test_equal_ones_are_told_apart_whatever_stands_between() -> None:
    one, two = fingerprints([finding(), finding()])
    assert one != two
    assert fingerprints([finding(), finding(rule="other"), finding()])[::2] == (one, two)


def test_field_and_object_do_not_run_into_each_other() -> None:
    assert fingerprints([finding(path=("a", "b"))]) != fingerprints([finding(path=("a.b",))])
    assert fingerprints([finding(ref=replace(REF, namespace="a", name="b"))]) != fingerprints(
        [finding(ref=replace(REF, namespace="", name="a/b"))]
    )


DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
%s
      - {name: web, image: web, imagePullPolice: Always}
"""


def test_a_container_before_it_changes_nothing() -> None:
    texts = [DEPLOYMENT % "", DEPLOYMENT % "      - {name: first, image: first}\n"]
    found = [lint_manifest(load_text(text, file="web.yaml"), minor=36, select=["unknown-field"]) for text in texts]
    assert [f.path[-2] for each in found for f in each] == [0, 1]
    assert fingerprints(found[0]) == fingerprints(found[1])


@pytest.mark.parametrize(
    ("items", "named"),
    [
        ([{"name": "a"}, {"name": "b"}], "a"),
        ([{"name": "a"}, {"name": "a"}], 0),
        ([{"name": "a", "port": 1}, {"name": "a", "port": 2}], "1"),
        ([{"mountPath": "/x", "name": "v"}, {"mountPath": "/y", "name": "v"}], "/x"),
        ([{"name": None}], 0),
        ([{"name": ["x"]}], 0),
        (["x"], 0),
        ([], 0),
        (None, 0),
        ("text", 0),
    ],
)
def test_name_of_an_item(items: object, named: object) -> None:
    assert named_path({"items": items}, ("items", 0)) == ("items", named)


def test_other_names_for_files() -> None:
    assert fingerprints([finding()], lambda _: "x") == fingerprints([finding(span=replace_file("b"))], lambda _: "x")
    assert posix("<stdin>") == "<stdin>"


def replace_file(file: str) -> Span:
    return Span(file, Position(1, 1), Position(1, 1))
