"""The values that a rendered text was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kplan.model import Finding, Related, format_path
from kplan.render.value.table import FilePlace

if TYPE_CHECKING:
    from kplan.render.origin import ValuePath
    from kplan.render.rendering import Rendered
    from kplan.render.value import Values

_MOST: Final = 3


def with_trail(finding: Finding, rendered: Rendered, values: Values) -> Finding:
    """A finding in rendered text, with the places where the values in that text were written as related ones.

    A value of an option has no place: it is named in the help. Any other finding stays as it is.
    """
    trace = rendered.trace(finding.span) if finding.span else None
    if trace is None:
        return finding
    paths = trace.values[:_MOST]
    advice = "; ".join(filter(None, (finding.help, *_options(paths, values))))
    return replace(finding, help=advice or None, related=(*finding.related, *_written(paths, values)))


def _written(paths: tuple[ValuePath, ...], values: Values) -> Iterator[Related]:
    for path in paths:
        place = values.origin(path)
        if isinstance(place, FilePlace):
            yield Related(place.span, f"`Values.{format_path(path)}` is set here")


def _options(paths: tuple[ValuePath, ...], values: Values) -> Iterator[str]:
    for path in paths:
        place = values.origin(path)
        if place is not None and not isinstance(place, FilePlace):
            yield f"`Values.{format_path(path)}` is set by `{place.option}`"
