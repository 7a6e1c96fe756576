"""What `kplan fix` did, for people: a line for each fix and for each thing that was left, then how much it was."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.fixer.outcome import Fix, Fixing, Left
from kplan.report.cell import one_line
from kplan.report.summary import plural


def report(fixing: Fixing, *, done: bool = True) -> str:
    """The report, lines that end in newlines. `done`: the files are written, else they would be."""
    outcomes: list[Fix | Left] = sorted((*fixing.fixes, *fixing.left), key=lambda outcome: (outcome.file, outcome.line))
    lines = [line for outcome in outcomes for line in _lines(outcome)]
    return "".join(f"{line}\n" for line in (*lines, *([""] if lines else []), summary(fixing, done=done)))


def summary(fixing: Fixing, *, done: bool = True) -> str:
    """How much was fixed, and how much was left."""
    count, files = plural(len(fixing.fixes), "problem"), plural(len(fixing.changed), "file")
    if not fixing.fixes:
        text = "nothing to fix" if not fixing.left else "nothing fixed"
    else:
        text = f"fixed {count} in {files}" if done else f"{count} in {files} would be fixed"
    return f"{text}; {plural(len(fixing.left), 'problem')} left" if fixing.left else text


def _lines(outcome: Fix | Left) -> Iterator[str]:
    place = f"{outcome.file}:{outcome.line}"
    where = f" ({outcome.ref})" if outcome.ref else ""
    if isinstance(outcome, Left):
        yield one_line(f"{place}: not fixed[{outcome.rule}]: {outcome.message}{where}")
        yield one_line(f"  because: {outcome.reason}")
        return
    word = "fixed" if outcome.safety == "safe" else "fixed, please check"
    yield one_line(f"{place}: {word}[{outcome.rule}]: {outcome.message}{where}")
    for remark in outcome.remarks:
        yield one_line(f"  note: {remark}")
