"""What lint found, for people: each finding with its source line, then what was checked and what was not."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.version import format_version
from kplan.model import Finding, Severity, Span, format_path
from kplan.pipeline import Lint
from kplan.report.colour import Paint, plain
from kplan.report.headline import headline
from kplan.report.secret import mask_for
from kplan.report.snippet import Mark, lines_of, snippet


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report, lines that end in newlines. `verbose` names the documents that were skipped."""
    blocks = ["\n".join(_block(finding, lint, paint)) for finding in lint.findings]
    if verbose and lint.manifest.skipped:
        blocks.append("\n".join(f"skipped {s.file}:{s.line}: {s.reason}" for s in lint.manifest.skipped))
    blocks.append("\n".join(summary(lint, paint)))
    return "\n\n".join(blocks) + "\n"


def summary(lint: Lint, paint: Paint = plain) -> Iterator[str]:
    """How much was found (nothing where nothing was), then how much was checked and what was not."""
    if lint.findings:
        yield ", ".join(paint(str(s), plural(n, str(s))) for s in reversed(Severity) if (n := lint.count(s)))
    manifest = lint.manifest
    read = f"{plural(len(manifest.files), 'file')}, {plural(len(manifest), 'object')}"
    done = f"{read} checked against Kubernetes {format_version(lint.minor)}"
    left = []
    if manifest.skipped:
        left.append(f"{plural(len(manifest.skipped), 'document')} skipped (no objects)")
    if lint.without_schema:
        left.append(f"{plural(len(lint.without_schema), 'kind')} without schema")
    yield f"{done}; {', '.join(left)}" if left else done


def plural(count: int, noun: str) -> str:
    """The count with its noun.

    >>> plural(1, "file"), plural(0, "object")
    ('1 file', '0 objects')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _block(finding: Finding, lint: Lint, paint: Paint) -> Iterator[str]:
    severity = str(finding.severity)
    yield paint(severity, f"{severity}[{finding.rule}]") + paint("strong", f": {one_line(headline(finding))}")
    spans = [s for s in (finding.span, *(r.span for r in finding.related)) if s is not None]
    gutter = max((len(str(_last_line(s))) for s in spans), default=1)
    if finding.span is not None:
        yield from _place("-->", finding, finding.span, Mark("^", severity, where(finding)), lint, gutter, paint)
    for related in finding.related:
        yield from _place(
            ":::", finding, related.span, Mark("-", "gutter", one_line(related.message)), lint, gutter, paint
        )
    if finding.help:
        if any(lint.text(s.file) is not None for s in spans):
            yield paint("gutter", " " * (gutter + 1) + "|")
        first, *rest = map(one_line, finding.help.split("\n"))
        yield f"{' ' * (gutter + 1)}{paint('gutter', '=')} {paint('strong', 'help')}: {first}"
        yield from (f"{' ' * (gutter + 9)}{line}" for line in rest)


def _place(
    arrow: str, finding: Finding, span: Span, mark: Mark, lint: Lint, gutter: int, paint: Paint
) -> Iterator[str]:
    if arrow == ":::":
        yield paint("gutter", " " * (gutter + 1) + "|")
    yield f"{' ' * gutter}{paint('gutter', arrow)} {span}"
    text = lint.text(span.file)
    if text is not None:
        yield from snippet(lines_of(text), span, mark, gutter, paint, mask_for(finding, text))


def _last_line(span: Span) -> int:
    return max(span.start.line, span.end.line)


def where(finding: Finding) -> str:
    """The path and the object of a finding, as far as it has them: `spec.selector of service/web`."""
    ref = finding.ref
    parts = [format_path(finding.path), (str(ref) if ref.name else ref.kind.lower()) if ref else ""]
    return one_line(" of ".join(part for part in parts if part))


def one_line(text: str) -> str:
    """The text without line breaks and control characters, so that no manifest can write over a terminal.

    >>> one_line("bad\\x1b[2J\\nvalue")
    'bad\\ufffd[2J value'
    """
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)
