"""What goes wrong while a chart is rendered."""

from __future__ import annotations

from kplan.render.origin import Place


class Fault(Exception):
    """An error of the chart, in words for its author; `place` where it is not the tag that was being rendered."""

    rule = "template-error"

    def __init__(self, message: str, help: str | None = None, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.place = place


class Undefined(Fault):
    """A value is used that is not there."""

    rule = "undefined-value"


class Known(Exception):
    """Something could not be made because of an error that is already reported."""
