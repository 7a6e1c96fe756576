"""Whether a report is coloured."""

from __future__ import annotations

import os
import sys
from typing import Literal

from kplan.report.colour import Paint, coloured, plain


def paint_for(wish: Literal["auto", "always", "never"] | str) -> Paint:
    """Colours if asked for; `auto` gives them to a terminal that takes them, unless NO_COLOR is set."""
    if wish == "auto":
        is_terminal = sys.stdout is not None and sys.stdout.isatty()
        fit = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return coloured if fit else plain
    return coloured if wish == "always" else plain
