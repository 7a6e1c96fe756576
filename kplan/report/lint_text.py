"""What lint found, for people: each finding with its source line, then what was checked and what was not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kplan.model import Finding, Span, format_path
from kplan.pipeline import Lint
from kplan.report.cell import one_line
from kplan.report.colour import Paint, plain
from kplan.report.group import Group, grouped
from kplan.report.headline import headline
from kplan.report.place import WRITTEN, related_to, rendered, shown
from kplan.report.secret import mask_for, mask_of_values
from kplan.report.snippet import Mark, lines_of, snippet
from kplan.report.summary import summary

_LONGEST = 100
"""So many characters of a rendered line are shown."""
_ABOUT_VALUES = ("unread-value", "value-against-schema")
"""Rules whose findings stand in files of values."""


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report, lines that end in newlines; what many files have alike is shown once, with the count.

    `verbose` names the documents that were skipped.
    """
    blocks = _blocks(lint, paint)
    if verbose and lint.manifest.skipped:
        blocks.append("\n".join(f"skipped {s.file}:{s.line}: {s.reason}" for s in lint.manifest.skipped))
    blocks.append("\n".join(summary(lint, paint)))
    return "\n\n".join(blocks) + "\n"


def findings(lint: Lint, *, paint: Paint = plain) -> str:
    """The findings alone, with an empty line behind each; "" where there are none."""
    return "".join(f"{block}\n\n" for block in _blocks(lint, paint))


def _blocks(lint: Lint, paint: Paint) -> list[str]:
    return ["\n".join(_block(group, lint, paint)) for group in grouped(lint.findings)]


def _block(group: Group, lint: Lint, paint: Paint) -> Iterator[str]:
    finding, severity = group.first, str(group.first.severity)
    yield paint(severity, f"{severity}[{finding.rule}]") + paint("strong", f": {one_line(headline(finding))}")
    places = list(_places(finding, severity, lint))
    gutter = max((len(str(max(p.span.start.line, p.span.end.line))) for p in places), default=1)
    for place in places:
        yield from _shown(place, finding, lint, gutter, paint)
    notes = list(_notes(group, lint))
    if notes and any(lint.text(p.span.file) is not None for p in places):
        yield paint("gutter", " " * (gutter + 1) + "|")
    for title, text in notes:
        first, *rest = map(one_line, text.split("\n"))
        yield f"{' ' * (gutter + 1)}{paint('gutter', '=')} {paint('strong', title)}{': ' if title else ''}{first}"
        yield from (f"{' ' * (gutter + 5 + len(title))}{line}" for line in rest)


class _Place(NamedTuple):
    arrow: str
    span: Span
    mark: Mark


def _places(finding: Finding, severity: str, lint: Lint) -> Iterator[_Place]:
    """The places to show lines of: the finding's own, in the template where its text is at hand, and the related."""
    if finding.span is not None:
        own, mark = shown(finding.span), Mark("^", severity, where(finding))
        yield _Place("-->", own, mark)
        if own is not finding.span and lint.text(own.file) is None:
            yield _Place(":::", finding.span, mark)
    for related in related_to(finding):
        place = shown(related.span)
        span = place if lint.text(place.file) is not None else related.span
        yield _Place(":::", span, Mark("-", "gutter", one_line(related.message)))


def _notes(group: Group, lint: Lint) -> Iterator[tuple[str, str]]:
    """The lines below: title and text."""
    finding = group.first
    if finding.help:
        yield "help", finding.help
    if finding.span is not None and (span := rendered(finding.span)) and lint.text(shown(span).file) is not None:
        yield "rendered", _rendered(span, finding, lint)
    if group.others:
        yield "", group.places


def _rendered(span: Span, finding: Finding, lint: Lint) -> str:
    """The line that was rendered, and where it stands; covered where it may hold the value of a Secret."""
    text = lint.text(span.file)
    lines = text.splitlines() if text is not None else []
    if text is None or span.start.line > len(lines):
        return str(span)
    line = one_line(mask_for(finding, text)(lines[span.start.line - 1])).strip()
    return f"{line[:_LONGEST]} ({span})" if line else str(span)


def _shown(place: _Place, finding: Finding, lint: Lint, gutter: int, paint: Paint) -> Iterator[str]:
    if place.arrow == ":::":
        yield paint("gutter", " " * (gutter + 1) + "|")
    text = lint.text(place.span.file)
    label = f" {place.mark.label}" if text is None and place.arrow == ":::" else ""
    yield f"{' ' * gutter}{paint('gutter', place.arrow)} {one_line(str(place.span))}{label}"
    if text is not None:
        yield from snippet(lines_of(text), place.span, place.mark, gutter, paint, _mask(place, finding, lint, text))


def _mask(place: _Place, finding: Finding, lint: Lint, text: str) -> Callable[[str], str]:
    if place.mark.label == WRITTEN or finding.rule in _ABOUT_VALUES:
        own = shown(finding.span).file if finding.span else ""
        return mask_of_values(finding, lint.text(own))
    return mask_for(finding, text)


def where(finding: Finding) -> str:
    """The path and the object of a finding, as far as it has them: `spec.selector of service/web`."""
    ref = finding.ref
    parts = [format_path(finding.path), (str(ref) if ref.name else ref.kind.lower()) if ref else ""]
    return one_line(" of ".join(part for part in parts if part))
