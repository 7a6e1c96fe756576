"""Where a finding stands, for a reader: in the template that it was rendered from, where there is one."""

from __future__ import annotations

from kplan.model import Finding, Related, Span


def shown(span: Span) -> Span:
    """The place to show: that in the chart's template where the text was rendered from one, else the span itself."""
    return span.origin or span


def related_to(finding: Finding) -> tuple[Related, ...]:
    """The other places that explain a finding, after the tags through which its text was included."""
    included = []
    caller = finding.span.origin.origin if finding.span and finding.span.origin else None
    while caller is not None:
        included.append(Related(caller, "included from here"))
        caller = caller.origin
    return (*included, *finding.related)


def rendered(span: Span) -> Span | None:
    """The place in the rendered text; None where `shown` is that already."""
    return span if span.origin is not None else None
