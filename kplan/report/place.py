"""Where a finding stands, for a reader: in the template that it was rendered from, where there is one."""

from __future__ import annotations

from kplan.model import Span


def shown(span: Span) -> Span:
    """The place to show: that in the chart's template where the text was rendered from one, else the span itself."""
    while span.origin is not None:
        span = span.origin
    return span


def rendered(span: Span) -> Span | None:
    """The place in the rendered text; None where `shown` is that already."""
    return span if span.origin is not None else None
