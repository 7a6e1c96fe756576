"""Suppressions in a lint: each removes exactly its findings, and says so where it is of no use."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from kplan.config import Allow, Terms
from kplan.config.model import at_line
from kplan.loader import load_text
from kplan.model import Finding, Position, Span
from kplan.pipeline import Lint, lint

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {{team: a, app: web}}{object}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata:
      labels: {{app: web}}{template}
    spec:
      containers:
      - name: web
        image: x
        imagePullPolice: Always
      - name: log
        image: nginx
        imagePullPolice: Always
  replicass: 3
"""
ABOUT = ("unused-suppression", "unknown-suppression", "expired-suppression")


def text(object: str = "", template: str = "") -> str:
    note = "\n{0}annotations: {{{1}}}"
    return DEPLOYMENT.format(
        object=note.format("  ", object) if object else "",
        template=note.format("      ", template) if template else "",
    )


def run(manifest: str, *allows: Allow, today: date | None = None, whole: bool = False, **options: object) -> Lint:
    select = ["schema", "validation", *ABOUT]
    terms = Terms(allows=allows, today=today, whole=whole)
    return lint(load_text(manifest, file="web.yaml"), minor=36, terms=terms, **{"select": select, **options})  # type: ignore[arg-type]


def told(result: Lint) -> list[str]:
    return [f"{f.rule}@{'.'.join(map(str, f.path[-3:]))}" for f in result.findings]


ALL = ["unknown-field@containers.0.imagePullPolice", "unknown-field@containers.1.imagePullPolice"]
TOP = "unknown-field@spec.replicass"


def entry(*rules: str, **fields: object) -> Allow:
    return Allow(rules or ("unknown-field",), at_line("kplan.toml", 7), **fields)  # type: ignore[arg-type]


def test_nothing_allowed() -> None:
    result = run(text())
    assert told(result) == [*ALL, TOP]
    assert result.allowed == {}


@pytest.mark.parametrize("note", ["unknown-field -- x", "schema -- x", "wrong-type, unknown-field"])
def test_annotation_of_the_object(note: str) -> None:
    result = run(text(object=f"kplan.dev/allow: '{note}'"))
    assert [rule for rule in told(result) if not rule.startswith("unused")] == []
    assert result.allowed == {"annotation": 3}


def test_annotation_of_the_template() -> None:
    result = run(text(template="kplan.dev/allow: unknown-field"))
    assert told(result) == [TOP]


def test_annotation_of_many_lines() -> None:
    folded = text(object="X").replace(
        "{X}", "\n    kplan.dev/allow: >\n      unknown-field,\n      wrong-type\n      -- so\n      it is"
    )
    assert told(run(folded)) == ["unused-suppression@"]


@pytest.mark.parametrize(
    ("annotations", "part"),
    [
        ("kplan.dev/allow: unknown-fild", "`unknown-fild` is neither a rule nor a group"),
        ("kplan.dev/allow: ''", "names no rule"),
        ("kplan.dev/allow: 5", "the value is a text"),
        ("kplan.dev/allow: [a]", "the value is a text"),
        ("kplan.dev/ignore: unknown-field", "`kplan.dev/ignore` is not known"),
        ("kplan.dev/allow-until: '2027-01-31'", "stands beside `kplan.dev/allow`"),
        ("kplan.dev/allow: unknown-field, kplan.dev/allow-until: soon", "`soon` is no date"),
        ("kplan.dev/allow: unknown-field until soon", "`soon` is no date"),
    ],
)
def test_annotations_that_cannot_be_understood(annotations: str, part: str) -> None:
    result = run(text(object=annotations))
    messages = [f.message for f in result.findings if f.rule == "unknown-suppression"]
    assert any(part in message for message in messages)
    assert result.allowed == {}


def test_unknown_rule_beside_a_known_one() -> None:
    result = run(text(object="kplan.dev/allow: 'unknown-field, nonsense-rule'"))
    assert told(result) == ["unknown-suppression@"]
    assert result.allowed == {"annotation": 3}


@pytest.mark.parametrize(("today", "counts"), [("2027-01-30", True), ("2027-01-31", True), ("2027-02-01", False)])
@pytest.mark.parametrize(
    "note",
    [
        "kplan.dev/allow: unknown-field until 2027-01-31 -- x",
        "kplan.dev/allow: unknown-field, kplan.dev/allow-until: '2027-01-31'",
        "kplan.dev/allow: unknown-field, kplan.dev/allow-until: 2027-01-31",
    ],
)
def test_expiry(note: str, today: str, counts: bool) -> None:
    result = run(text(object=note), today=date.fromisoformat(today))
    assert told(result) == ([] if counts else ["expired-suppression@", *ALL, TOP])
    assert told(run(text(object=note))) == []


def test_expiry_of_an_entry() -> None:
    allow = entry(expires=date(2027, 1, 31))
    assert told(run(text(), allow, today=date(2027, 1, 31))) == []
    assert "expired-suppression@" in told(run(text(), allow, today=date(2027, 2, 1)))


def test_comments() -> None:
    lines = text().split("\n")
    at = next(n for n, line in enumerate(lines) if "- name: web" in line)
    above = [*lines[:at], "      # kplan: allow unknown-field", *lines[at:]]
    assert told(run("\n".join(above))) == [ALL[1], TOP]
    beside = [*lines[:at], f"{lines[at]}  # kplan: allow unknown-field", *lines[at + 1 :]]
    assert told(run("\n".join(beside))) == [ALL[1], TOP]
    on_top = ["# kplan: allow schema -- x", *lines]
    result = run("\n".join(on_top))
    assert told(result) == []
    assert result.allowed == {"comment": 3}


def test_a_comment_that_is_of_no_use_and_one_whose_rule_did_not_run() -> None:
    manifest = text().replace("image: x", "image: x  # kplan: allow unknown-field, latest-tag, immutable-field")
    assert told(run(manifest)) == ["unused-suppression@", *ALL, TOP]

    assert "unused-suppression@" not in told(run(manifest, select=["wrong-type", *ABOUT]))
    assert "unused-suppression@" not in told(run(manifest, ignore=["unused-suppression"]))


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({}, []),
        ({"kinds": ("Deployment",)}, []),
        ({"kinds": ("apps/Deployment",)}, []),
        ({"kinds": ("apps/*",)}, []),
        ({"kinds": ("batch/*", "Job")}, [*ALL, TOP]),
        ({"namespaces": ("sh*",)}, []),
        ({"namespaces": ("default",)}, [*ALL, TOP]),
        ({"names": ("w?b",)}, []),
        ({"names": ("W*",)}, [*ALL, TOP]),
        ({"labels": ("team=a",)}, []),
        ({"labels": ("team",)}, []),
        ({"labels": ("te*=?", "app=web")}, []),
        ({"labels": ("team=a", "app=db")}, [*ALL, TOP]),
        ({"files": ("*.yaml",)}, []),
        ({"files": ("other/",)}, [*ALL, TOP]),
        ({"paths": ("spec.template",)}, [TOP]),
        ({"paths": ("spec.template.spec.containers[0]",)}, [ALL[1], TOP]),
        ({"paths": ("spec.template.spec.containers[log]",)}, [ALL[0], TOP]),
        ({"paths": ("spec.template.spec.containers[*].imagePullPolice",)}, [TOP]),
        ({"paths": ("**.imagePullPolice",)}, [TOP]),
        ({"paths": ("spec.replicas",)}, [*ALL, TOP]),
        ({"paths": ("replicass",)}, [*ALL, TOP]),
        ({"paths": ("spec.replicass", "spec.template"), "kinds": ("Deployment",)}, []),
        ({"paths": ("spec.template",), "kinds": ("Job",)}, [*ALL, TOP]),
    ],
)
def test_entries(fields: dict[str, object], left: list[str]) -> None:
    assert told(run(text(), entry(**fields))) == left


def test_entries_are_unused_only_where_all_is_judged() -> None:
    assert told(run(text(), entry("wrong-type"))) == [*ALL, TOP]
    result = run(text(), entry("wrong-type"), whole=True)
    assert "unused-suppression@" in told(result)
    finding = next(f for f in result.findings if f.rule == "unused-suppression")
    assert str(finding.span) == "kplan.toml:7:1"


def test_an_entry_may_allow_what_is_said_of_suppressions() -> None:
    manifest = text(object="kplan.dev/allow: wrong-type")
    assert told(run(manifest, entry("unused-suppression"), whole=True)) == [*ALL, TOP]


def test_syntax_is_allowed_only_by_the_configuration() -> None:
    broken = "# kplan: allow yaml-syntax\na: b: c\n"
    assert [f.rule for f in run(broken, select=["syntax"]).findings] == ["yaml-syntax"]
    assert run(broken, entry("yaml-syntax"), select=["syntax"]).findings == ()
    assert run(broken, entry("syntax", kinds=("*",)), select=["syntax"]).findings != ()


def test_other_objects_of_the_file_are_not_covered() -> None:
    other = text().replace("name: web\n  namespace", "name: other\n  namespace")
    result = run(text(object="kplan.dev/allow: schema") + "---\n" + other)
    assert {f.ref.name for f in result.findings if f.ref} == {"other"}
    assert len(result.findings) == 3


SUPPRESSIONS = (
    (
        "annotation",
        lambda t: t.replace("app: web}\nspec", "app: web}\n  annotations: {kplan.dev/allow: schema}\nspec", 1),
    ),
    ("comment", lambda t: t.replace("      - name: web", "      # kplan: allow unknown-field\n      - name: web")),
    ("line", lambda t: t.replace("replicass: 3", "replicass: 3  # kplan: allow unknown-field")),
    ("top", lambda t: "# kplan: allow validation\n" + t),
)


@pytest.mark.parametrize(
    "chosen",
    [c for n in range(4) for c in itertools.combinations(SUPPRESSIONS, n)],
    ids=lambda chosen: "+".join(name for name, _ in chosen) or "none",
)
def test_law_what_is_left_and_what_is_allowed_is_all(chosen: tuple) -> None:  # type: ignore[type-arg]
    plain = run(text())
    manifest = text()
    for _, write in chosen:
        manifest = write(manifest)
    result = run(manifest)
    assert all(
        f in {_key(x) for x in plain.findings} for f in {_key(x) for x in result.findings if x.rule not in ABOUT}
    )
    shown = [f for f in result.findings if f.rule not in ABOUT]
    assert len(shown) + sum(result.allowed.values()) == len(plain.findings)


def _key(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.path, finding.message


def test_json_has_no_comments() -> None:
    raw = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "# kplan: allow x"}}'
    result = lint(load_text(raw, file="a.json"), minor=36)
    assert [f.rule for f in result.findings] == ["invalid-value"]


def test_a_comment_in_the_template_covers_what_is_rendered_from_there() -> None:
    template = "spec:\n  {{- with .x }}\n  # kplan: allow unknown-field\n  {{ .y }}: 3\n  {{- end }}\n"
    line = text().split("\n").index("  replicass: 3") + 1

    def origin(span: Span) -> Span | None:
        place = Position(4, 3)
        return Span("templates/web.yaml", place, place) if span.start.line == line else None

    manifest = load_text(text(), file="rendered", origin=origin)
    manifest = replace(manifest, files=("templates/web.yaml",), texts={"templates/web.yaml": template})
    result = lint(manifest, minor=36, select=["schema", *ABOUT])
    assert told(result) == ALL
    assert result.allowed == {"comment": 1}
