"""Whether a report is coloured."""

from __future__ import annotations

import os
import sys
from typing import Literal

from kplan.report.colour import Paint, coloured, plain


def paint_for(wish: Literal["auto", "always", "never"] | str, *, error: bool = False) -> Paint:
    """Colours if asked for; `auto` gives them to a terminal that takes them, and to all where FORCE_COLOR is set.

    NO_COLOR takes them away from both. With `error` it is about standard error.
    """
    if wish == "auto":
        return coloured if _is_fit(error) and not os.environ.get("NO_COLOR") else plain
    return coloured if wish == "always" else plain


def _is_fit(error: bool) -> bool:
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    stream = sys.stderr if error else sys.stdout
    is_terminal = stream is not None and stream.isatty()
    return is_terminal and os.environ.get("TERM") != "dumb"
