"""Where a finding stands, for a reader: in the template that it was rendered from, where there is one."""

from __future__ import annotations

from typing import Final

from kplan.model import Finding, Related, Span

WRITTEN: Final = "the value is written here"


def shown(span: Span) -> Span:
    """The place to show: that in the chart's template where the text was rendered from one, else the span itself."""
    return span.origin or span


def related_to(finding: Finding) -> tuple[Related, ...]:
    """The other places that explain a finding, after the tags that included its text and the value that it has."""
    included = []
    caller = finding.span.origin.origin if finding.span and finding.span.origin else None
    while caller is not None:
        is_tag = "/templates/" in caller.file
        place = Span(caller.file, caller.start, caller.end)
        included.append(Related(place, "included from here" if is_tag else WRITTEN))
        caller = caller.origin
    return (*included, *finding.related)


def rendered(span: Span) -> Span | None:
    """The place in the rendered text; None where `shown` is that already."""
    return span if span.origin is not None else None
