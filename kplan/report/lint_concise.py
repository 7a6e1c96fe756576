"""What lint found, a line each: `file:line:column: severity[rule]: message (object)`."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Finding
from kplan.pipeline import Lint
from kplan.report.cell import one_line
from kplan.report.colour import Paint, plain
from kplan.report.headline import headline
from kplan.report.place import rendered, shown
from kplan.report.summary import summary


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report, lines that end in newlines; the summary is the last. `verbose` names the skipped documents."""
    return "".join(f"{line}\n" for line in _lines(lint, paint, verbose))


def _lines(lint: Lint, paint: Paint, verbose: bool) -> Iterator[str]:
    for finding in lint.findings:
        yield _line(finding, paint)
    for skipped in lint.manifest.skipped if verbose else ():
        yield f"{skipped.file}:{skipped.line}: skipped: {skipped.reason}"
    yield from summary(lint, paint)


def _line(finding: Finding, paint: Paint) -> str:
    severity = str(finding.severity)
    place = one_line(f"{shown(finding.span)}: ") if finding.span else ""
    about = f" ({one_line(str(finding.ref))})" if finding.ref else ""
    span = rendered(finding.span) if finding.span else None
    made = f" [rendered {one_line(str(span))}]" if span else ""
    return f"{place}{paint(severity, f'{severity}[{finding.rule}]')}: {one_line(headline(finding))}{about}{made}"
