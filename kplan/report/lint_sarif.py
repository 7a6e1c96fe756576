"""What lint found, as SARIF 2.1.0: for code scanning of GitHub and others, and for editors."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from kplan.k8s.version import format_version
from kplan.model import Finding, ObjectRef, Severity, Span, format_path
from kplan.model.fingerprint import fingerprints
from kplan.pipeline import Lint
from kplan.report.colour import Paint, plain
from kplan.report.headline import headline
from kplan.report.place import related_to, rendered, shown
from kplan.report.rule_about import about

MOST: Final = 25_000
"""So many results a run may have for GitHub to take it."""

_ROOT: Final = "%SRCROOT%"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report as one JSON document, indented, ending in a newline."""
    return json.dumps(document(lint), indent=2, ensure_ascii=False) + "\n"


def left_out(lint: Lint) -> int:
    """How many findings the report has no room for; they are the mildest and last ones."""
    return max(0, len(lint.findings) - MOST)


def document(lint: Lint) -> dict[str, Any]:
    """The report as plain Python."""
    kept = _kept(lint)
    rules = sorted({finding.rule for finding, _ in kept})
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(rules)},
                "automationDetails": {"id": f"kplan/lint/{format_version(lint.minor)}/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that kplan ran in."}}},
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notices(lint))}],
                "results": [_result(finding, mark, rules.index(finding.rule), lint) for finding, mark in kept],
            }
        ],
    }


def _kept(lint: Lint) -> list[tuple[Finding, str]]:
    """The findings with their fingerprints, in order; of too many the worst, and of these the first."""
    both = list(zip(lint.findings, fingerprints(lint.findings), strict=True))
    if not left_out(lint):
        return both
    worst = sorted(range(len(both)), key=lambda number: (-both[number][0].severity, number))[:MOST]
    return [both[number] for number in sorted(worst)]


def _driver(rules: list[str]) -> dict[str, Any]:
    from kplan import __version__

    return {
        "name": "kplan",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": "https://kplan.dev",
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule_id: str) -> dict[str, Any]:
    rule = about(rule_id)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.paragraph},
        "help": {"text": rule.paragraph, "markdown": rule.page},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["kubernetes", rule.group]},
    }


def _notices(lint: Lint) -> Iterator[dict[str, Any]]:
    """What a reader of the results should know of their completeness."""
    for one in lint.unchecked:
        named = f": {', '.join(one.where)}" if one.where else ""
        yield {"level": "note", "descriptor": {"id": "not-checked"}, "message": {"text": f"not checked: {one}{named}"}}
    if left_out(lint):
        text = f"{left_out(lint)} findings are left out: a run has room for {MOST}, the worst are kept"
        yield {"level": "warning", "descriptor": {"id": "left-out"}, "message": {"text": text}}


def _result(finding: Finding, fingerprint: str, index: int, lint: Lint) -> dict[str, Any]:
    related = [{"id": number, **place} for number, place in enumerate(_related(finding), 1)]
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(filter(None, (headline(finding), finding.help)))},
        "locations": [_location(finding, lint)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {"kplanFinding/v1": fingerprint},
        "properties": {"path": format_path(finding.path)},
    }


def _location(finding: Finding, lint: Lint) -> dict[str, Any]:
    """Where it is; a finding without a place is given the first file of the input, as there must be one."""
    if finding.span is None:
        physical: dict[str, Any] = {"artifactLocation": _artifact(next(iter(lint.manifest.files), "."))}
    else:
        physical = _physical(shown(finding.span))
    return {"physicalLocation": physical, **({"logicalLocations": [_logical(finding.ref)]} if finding.ref else {})}


def _related(finding: Finding) -> Iterator[dict[str, Any]]:
    if finding.span is not None and (span := rendered(finding.span)):
        yield {"physicalLocation": _physical(span), "message": {"text": "as rendered"}}
    for related in related_to(finding):
        yield {"physicalLocation": _physical(shown(related.span)), "message": {"text": related.message}}


def _physical(span: Span) -> dict[str, Any]:
    start, end = span.start, max(span.start, span.end)
    region = {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}
    return {"artifactLocation": _artifact(span.file), "region": region}


def _artifact(file: str) -> dict[str, str]:
    """The file as a URI: relative to the folder that kplan ran in, unless it was named from the root.

    >>> _artifact("./a b.yaml"), _artifact("/srv/web.yaml"), _artifact("HEAD:web.yaml")["uri"]
    ({'uri': 'a%20b.yaml', 'uriBaseId': '%SRCROOT%'}, {'uri': 'file:///srv/web.yaml'}, 'HEAD%3Aweb.yaml')
    """
    path = quote(posixpath.normpath(file.replace("\\", "/")).encode("utf-8", "surrogateescape"))
    return {"uri": f"file://{path}"} if path.startswith("/") else {"uri": path, "uriBaseId": _ROOT}


def _logical(ref: ObjectRef) -> dict[str, str]:
    parts = (ref.group, ref.kind, ref.namespace, ref.name)
    return {"name": ref.name, "kind": "resource", "fullyQualifiedName": "/".join(filter(None, parts))}
