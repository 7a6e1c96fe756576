"""The JSON report keeps to its schema, and says the same as the text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema

from kplan.loader import load_text
from kplan.pipeline import lint
from kplan.report.lint_json import report

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "kplan/report/lint.schema.json").read_text())
TEXT = """\
a: 1
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {run: web}}
spec: {containers: [{name: web, image: "web:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, prot: TCP}]
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: a, namespace: other}
---
kind: [
"""


def test_report_keeps_to_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(report(lint(load_text(TEXT), minor=37))))


def test_findings_have_all_that_a_program_needs() -> None:
    found = json.loads(report(lint(load_text(TEXT, file="a.yaml"), minor=37)))
    assert found["version"] == 1
    assert found["kube_version"] == "1.37"
    assert [(f["rule"], f["line"]) for f in found["findings"]] == [
        ("service-without-endpoints", 12),
        ("unknown-field", 13),
        ("no-schema", 16),
        ("yaml-syntax", found["findings"][-1]["line"]),
    ]
    first = found["findings"][0]
    assert re.fullmatch("[0-9a-f]{32}", first.pop("fingerprint"))
    assert first == {
        "rule": "service-without-endpoints",
        "group": "references",
        "severity": "error",
        "message": "selector `app=web` matches no pod",
        "file": "a.yaml",
        "line": 12,
        "column": 13,
        "end_line": 12,
        "end_column": 23,
        "path": "spec.selector",
        "resource": {"group": "", "kind": "Service", "namespace": "default", "name": "web"},
        "help": "the closest pod has the labels `run=web`",
        "related": [
            {
                "file": "a.yaml",
                "line": 5,
                "column": 31,
                "end_line": 5,
                "end_column": 41,
                "message": "labels of pod/web",
            }
        ],
        "rendered": None,
    }
    assert found["coverage"] == {
        "complete": False,
        "unchecked": [
            {"what": "object", "why": "without schema", "count": 1, "where": ["example.com/v1/Thing"]},
        ],
    }
    summary = found["summary"]
    assert (summary["errors"], summary["warnings"], summary["notes"]) == (3, 0, 1)
    assert (summary["files"], summary["objects"]) == (1, 3)
    assert [(s["file"], s["line"]) for s in summary["skipped"]] == [("a.yaml", 1)]
    assert summary["without_schema"] == ["example.com/v1/Thing"]
