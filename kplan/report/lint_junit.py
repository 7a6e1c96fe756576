"""What lint found, as JUnit XML: a suite for each file, in it a test case for each finding, or one that passes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from kplan.model import Finding, Severity, format_path
from kplan.pipeline import Lint
from kplan.report.colour import Paint, plain
from kplan.report.headline import headline
from kplan.report.place import related_to, rendered, shown
from kplan.report.summary import coverage

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report, an XML document that ends in a newline. Every finding is a failure; its type is the severity."""
    from xml.etree.ElementTree import Element, indent, tostring

    found = {file: list(members) for file, members in groupby(sorted(lint.findings, key=_file), key=_file)}
    files = sorted({*lint.manifest.files, *found})
    cases = sum(max(1, len(found.get(file, ()))) for file in files)
    root = Element("testsuites", name="kplan lint", tests=str(cases), failures=str(len(lint.findings)), errors="0")
    root.extend(_suite(file, found.get(file, ())) for file in files)
    if root:
        _add(root[-1], "system-out", coverage(lint))
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _file(finding: Finding) -> str:
    return shown(finding.span).file if finding.span else "."


def _suite(file: str, findings: Iterable[Finding]) -> Element:
    from xml.etree.ElementTree import Element

    findings = list(findings)
    numbers = {"tests": str(max(1, len(findings))), "failures": str(len(findings)), "errors": "0"}
    suite = Element("testsuite", {"name": _safe(file), **numbers})
    for finding in findings:
        _case(suite, file, finding)
    if not findings:
        _add(suite, "testcase", name="nothing found", classname=file)
    return suite


def _case(suite: Element, file: str, finding: Finding) -> None:
    about = f" of {finding.ref}" if finding.ref else ""
    line = {"line": str(shown(finding.span).start.line)} if finding.span else {}
    case = _add(suite, "testcase", name=f"{finding.rule}{about}", classname=file, file=file, **line)
    _add(case, "failure", "\n".join(_text(finding)), message=headline(finding), type=str(finding.severity))


def _text(finding: Finding) -> Iterable[str]:
    if finding.span is not None:
        yield f"{shown(finding.span)}: {Severity(finding.severity)}[{finding.rule}]: {headline(finding)}"
    if finding.path:
        yield f"field: {format_path(finding.path)}"
    if finding.help:
        yield f"help: {finding.help}"
    yield from (f"{shown(related.span)}: {related.message}" for related in related_to(finding))
    if finding.span is not None and (span := rendered(finding.span)):
        yield f"{span}: as rendered"


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    from xml.etree.ElementTree import SubElement

    added = SubElement(parent, tag, {key: _safe(value) for key, value in attributes.items()})
    added.text = _safe(text) if text else None
    return added


def _safe(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
