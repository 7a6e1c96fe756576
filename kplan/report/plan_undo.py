"""The way back, for people: how long it is, which revisions are taken up again, and what stays lost."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.planner.model import Return, Undo
from kplan.planner.sentence import plural
from kplan.report.colour import Paint
from kplan.report.diff_text import Namer, wrap


def undo_lines(undo: Undo, name: Namer, paint: Paint) -> Iterator[str]:
    """A line for the whole, one for each workload that goes back, and one for each thing that does not."""
    yield paint("strong", f"The way back, in {plural(undo.steps, 'step')}")
    for found in undo.returns:
        yield from wrap(f"{name(found.ref)} {_return(found)}", "  ")
    if undo.losses:
        yield "  What it does not bring back:"
    for loss in undo.losses:
        yield from wrap(f"{name(loss.ref)} {loss.text}", "    ", paint, "warning")


def _return(found: Return) -> str:
    kind = "ReplicaSet" if found.ref.kind == "Deployment" else "revision"
    if found.kept:
        return f"takes {kind} {found.name} up again"
    return f"makes {kind} {found.name} anew: it is in no history"
