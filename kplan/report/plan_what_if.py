"""The parts of a plan for people that say what cannot go on, and what would come of something that may go wrong."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.planner.duration import duration
from kplan.planner.model import Plan, WhatIf, WhatIfStep
from kplan.planner.sentence import plural
from kplan.report.colour import Paint
from kplan.report.diff_text import Namer, wrap

_MOST = 12
"""So many objects are shown a moment; the others are counted."""
_WHY = {
    "refused": ("is not made", "are not made"),
    "unschedulable": ("waits for a node", "wait for a node"),
    "volume": ("waits for its volume", "wait for their volume"),
}


def stuck_lines(plan: Plan, name: Namer, paint: Paint) -> Iterator[str]:
    """Pods that cannot go on, and why."""
    for one in plan.stuck:
        verb = _WHY[one.why][one.pods > 1]
        yield from wrap(f"{name(one.ref)}: {plural(one.pods, 'pod')} {verb}: {one.message}", "  ", paint, "error")


def what_if_lines(found: WhatIf, name: Namer, paint: Paint) -> Iterator[str]:
    """One what-if: what it is, step by step, what it comes to, and what to do."""
    yield from wrap(f"What if {found.title}", "", paint, "strong")
    for step in found.steps:
        yield from _step(step, name, paint)
    for text in found.text:
        bad = text.startswith("single point") or "nothing ready" in text
        yield from wrap(text, "  ", paint, "error" if bad else "")
    for text in found.help:
        yield from wrap(f"help: {text}", "  ")


def _step(step: WhatIfStep, name: Namer, paint: Paint) -> Iterator[str]:
    for number, line in enumerate(wrap(step.what, "           ")):
        yield f"  {duration(step.at_s):<9}{line[11:]}" if number == 0 else line
    wide = max((len(name(ref)) for ref, _, _ in step.counts[:_MOST]), default=0)
    for ref, before, after in step.counts[:_MOST]:
        line = f"             {name(ref):<{wide}}  {before} -> {after} ready"
        yield paint("error", line) if not after else line
    if len(step.counts) > _MOST:
        yield f"             and {len(step.counts) - _MOST} more"
