"""Where the values were written that a rendered text was made from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kplan.model import Finding, Span, format_path
from kplan.render.value.table import FilePlace, OptionPlace

if TYPE_CHECKING:
    from kplan.loader.text import Origin
    from kplan.render.origin import OriginMap
    from kplan.render.rendering import Rendered
    from kplan.render.value import Values


def with_values(origins: OriginMap, values: Values) -> Origin:
    """As `OriginMap.origin`: behind the template and the tags that included it comes the value that was written."""

    def origin(span: Span) -> Span | None:
        trace = origins.trace(span)
        if trace is None:
            return None
        places = (values.origin(path) for path in trace.values)
        behind = next((place.span for place in places if isinstance(place, FilePlace)), None)
        for each in (*reversed(trace.callers), trace.span):
            behind = Span(each.file, each.start, each.end, behind)
        return behind

    return origin


def with_options(finding: Finding, rendered: Rendered, values: Values) -> Finding:
    """The finding; where it is about a text that was made from a value of an option, its help says which."""
    trace = rendered.trace(finding.span) if finding.span else None
    said = [
        f"`Values.{format_path(path)}` is set by `{place.option}`"
        for path in (trace.values if trace else ())
        if isinstance(place := values.origin(path), OptionPlace)
    ]
    return replace(finding, help="; ".join([*filter(None, [finding.help]), *said])) if said else finding
