"""The SARIF report keeps to the schema of OASIS, whatever is found."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kplan.model import Finding, Manifest, ObjectRef, Position, Related, Severity, Span, Unchecked
from kplan.pipeline import Lint
from kplan.report.lint_sarif import MOST, document
from kplan.rules.catalog import find_page, groups_by_rule

HERE = Path(__file__).parent


@cache
def validator() -> Any:
    schema = json.loads(gzip.decompress((HERE / "sarif-schema-2.1.0.json.gz").read_bytes()))
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def valid(result: Lint) -> dict[str, Any]:
    found = document(result)
    validator().validate(found)
    run: dict[str, Any] = found["runs"][0]
    return run


def test_the_schema_refuses_what_is_no_report() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator().validate({"version": "2.1.0", "runs": [{"tool": {}}]})


@pytest.mark.parametrize("rule", sorted(groups_by_rule()))
def test_every_rule_has_a_descriptor(rule: str) -> None:
    finding = Finding(rule, groups_by_rule()[rule], Severity.ERROR, "no", span=span())
    run = valid(Lint(Manifest(), (finding,), 37))
    (descriptor,) = run["tool"]["driver"]["rules"]
    assert descriptor["id"] == rule
    assert descriptor["help"]["markdown"] == find_page(rule)
    assert rule in descriptor["helpUri"]


def span(file: str = "a.yaml", origin: Span | None = None) -> Span:
    return Span(file, Position(3, 5), Position(4, 1), origin)


@pytest.mark.parametrize(
    ("file", "uri", "is_relative"),
    [
        ("a.yaml", "a.yaml", True),
        ("./base/../b c.yaml", "b%20c.yaml", True),
        ("网页/a#b?.yaml", "%E7%BD%91%E9%A1%B5/a%23b%3F.yaml", True),
        ("<stdin>", "%3Cstdin%3E", True),
        ("HEAD~1:web.yaml", "HEAD~1%3Aweb.yaml", True),
        ("/srv/web.yaml", "file:///srv/web.yaml", False),
        ("a\udc80.yaml", "a%80.yaml", True),
    ],
)
def test_files_are_uris(file: str, uri: str, is_relative: bool) -> None:
    finding = Finding("no-schema", "schema", Severity.NOTE, "no", span=span(file))
    artifact = valid(Lint(Manifest(), (finding,), 37))["results"][0]["locations"][0]["physicalLocation"]
    assert artifact["artifactLocation"] == {"uri": uri, **({"uriBaseId": "%SRCROOT%"} if is_relative else {})}


def test_a_full_finding() -> None:
    template = Span("chart/templates/web.yaml", Position(7, 2), Position(7, 9))
    finding = Finding(
        "service-without-endpoints",
        "references",
        Severity.WARNING,
        "selector `app=web` matches no pod",
        help="do",
        ref=ObjectRef("", "Service", "shop", "web"),
        path=("spec", "selector"),
        span=span("web.yaml", template),
        related=(Related(span("pod.yaml"), "labels of pod/web"),),
    )
    run = valid(Lint(Manifest(), (finding,), 36, (Unchecked("template", "not rendered", 2, ("a", "b")),)))
    (result,) = run["results"]
    assert result["level"] == "warning"
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"] == {"level": "error"}
    assert result["message"]["text"] == "selector `app=web` matches no pod\ndo"
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "chart/templates/web.yaml"
    assert place["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 2, "endLine": 7, "endColumn": 9}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "Service/shop/web"
    assert [(r["id"], r["message"]["text"]) for r in result["relatedLocations"]] == [
        (1, "as rendered"),
        (2, "labels of pod/web"),
    ]
    assert len(result["partialFingerprints"]["kplanFinding/v1"]) == 32
    assert run["automationDetails"]["id"] == "kplan/lint/1.36/"
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "not checked: 2 templates not rendered: a, b"


def test_a_finding_without_a_place_has_the_first_file() -> None:
    finding = Finding("not-an-object", "syntax", Severity.ERROR, "nothing here")
    place = valid(Lint(Manifest(files=("empty.yaml",)), (finding,), 37))["results"][0]["locations"][0][
        "physicalLocation"
    ]
    assert place == {"artifactLocation": {"uri": "empty.yaml", "uriBaseId": "%SRCROOT%"}}


def test_of_too_many_the_worst_are_kept_in_order() -> None:
    kinds = (Severity.NOTE, Severity.WARNING, Severity.ERROR)
    findings = tuple(
        Finding(
            "no-schema", "schema", kinds[n % 3], f"{n}", span=Span("a.yaml", Position(n + 1, 1), Position(n + 1, 2))
        )
        for n in range(MOST + 3_000)
    )
    run = document(Lint(Manifest(), findings, 37))["runs"][0]
    kept = [int(result["message"]["text"]) for result in run["results"]]
    assert len(kept) == MOST
    assert kept == sorted(kept)
    dropped = set(range(len(findings))) - set(kept)
    assert all(n % 3 == 0 for n in dropped)
    assert min(dropped) > max(n for n in kept if n % 3 == 0)
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["level"] == "warning"
    assert notice["message"]["text"].startswith("3000 findings are left out")
