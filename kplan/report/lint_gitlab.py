"""What lint found, as the code quality report of GitLab."""

from __future__ import annotations

import json
from typing import Any

from kplan.model import Finding, Severity
from kplan.model.fingerprint import fingerprints, posix
from kplan.pipeline import Lint
from kplan.report.colour import Paint, plain
from kplan.report.headline import headline
from kplan.report.place import rendered, shown

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report as one JSON document, a list of issues, indented, ending in a newline."""
    prints = fingerprints(lint.findings)
    issues = [_issue(finding, mark, lint) for finding, mark in zip(lint.findings, prints, strict=True)]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Finding, fingerprint: str, lint: Lint) -> dict[str, Any]:
    about = f" ({finding.ref})" if finding.ref else ""
    made = rendered(finding.span) if finding.span else None
    return {
        "description": headline(finding) + about + (f", rendered at {made}" if made else ""),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": _location(finding, lint),
        **({"content": {"body": finding.help}} if finding.help else {}),
    }


def _location(finding: Finding, lint: Lint) -> dict[str, Any]:
    """Path and lines; a finding without a place is given the first file of the input, as there must be one."""
    if finding.span is None:
        return {"path": posix(next(iter(lint.manifest.files), ".")), "lines": {"begin": 1, "end": 1}}
    span = shown(finding.span)
    return {
        "path": posix(span.file),
        "lines": {"begin": span.start.line, "end": max(span.start.line, span.end.line)},
    }
