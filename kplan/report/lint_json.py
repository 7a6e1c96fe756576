"""What lint found, for programs: JSON as described by `lint.schema.json` beside this file."""

from __future__ import annotations

import json
from typing import Any

from kplan.k8s.version import format_version
from kplan.model import Finding, ObjectRef, Severity, Span, format_path
from kplan.model.fingerprint import fingerprints
from kplan.pipeline import Lint
from kplan.report.colour import Paint, plain
from kplan.report.place import related_to, rendered, shown

FORMAT_VERSION = 1
"""Grows when a reader of the version before would stumble; new fields may come at any time."""


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report as one JSON document, indented, ending in a newline."""
    return json.dumps(document(lint), indent=2, ensure_ascii=False) + "\n"


def document(lint: Lint) -> dict[str, Any]:
    """The report as plain Python."""
    manifest = lint.manifest
    prints = fingerprints(lint.findings)
    return {
        "version": FORMAT_VERSION,
        "kube_version": format_version(lint.minor),
        "findings": [_finding(*both) for both in zip(lint.findings, prints, strict=True)],
        "summary": {
            "errors": lint.count(Severity.ERROR),
            "warnings": lint.count(Severity.WARNING),
            "notes": lint.count(Severity.NOTE),
            "files": len(manifest.files),
            "objects": len(manifest),
            "skipped": [{"file": s.file, "line": s.line, "reason": s.reason} for s in manifest.skipped],
            "without_schema": list(lint.without_schema),
            "allowed": dict(lint.allowed),
        },
        "coverage": {
            "complete": not lint.unchecked,
            "unchecked": [
                {"what": u.what, "why": u.why, "count": u.count, "where": list(u.where)} for u in lint.unchecked
            ],
        },
    }


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    origin = rendered(finding.span) if finding.span else None
    return {
        "rule": finding.rule,
        "group": finding.group,
        "severity": str(finding.severity),
        "message": finding.message,
        **_place(finding.span),
        "rendered": _place(origin, follow=False) if origin else None,
        "path": format_path(finding.path),
        "resource": _resource(finding.ref),
        "help": finding.help,
        "related": [{**_place(r.span), "message": r.message} for r in related_to(finding)],
        "fingerprint": fingerprint,
    }


def _place(span: Span | None, follow: bool = True) -> dict[str, Any]:
    """Lines and columns count from 1; the end is exclusive. `follow` to the template that it was rendered from."""
    span = shown(span) if span and follow else span
    return {
        "file": span.file if span else None,
        "line": span.start.line if span else None,
        "column": span.start.column if span else None,
        "end_line": span.end.line if span else None,
        "end_column": span.end.column if span else None,
    }


def _resource(ref: ObjectRef | None) -> dict[str, str] | None:
    if ref is None:
        return None
    return {"group": ref.group, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}
