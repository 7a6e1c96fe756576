"""The risks of a plan for people: the worst first, each with the step at which it bites and what helps."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Finding, format_path
from kplan.planner.model import Plan
from kplan.report.colour import Paint, plain
from kplan.report.diff_text import Namer, wrap
from kplan.report.headline import headline
from kplan.report.lint_text import where
from kplan.report.place import shown

_MOST = 5
"""Of one rule so many are shown, the others are counted."""


def report(plan: Plan) -> str:
    """What the API server refuses and what is risky, as the text report shows them; lines that end in newlines."""
    name = Namer(change.ref for change in plan.changes)
    return "".join(f"{line}\n" for line in (*error_lines(plan.findings, plain), *risk_lines(plan, name, plain)))


def risk_lines(plan: Plan, name: Namer, paint: Paint) -> Iterator[str]:
    """Two lines or more for each risk; many of one rule are folded."""
    count: dict[str, int] = {}
    for risk in plan.risks:
        count[risk.rule] = count.get(risk.rule, 0) + 1
        if count[risk.rule] > _MOST:
            continue
        when = f" (step {risk.step})" if risk.step is not None else ""
        where = f"{name(risk.ref)}{when}: " if risk.ref else ""
        yield from wrap(f"{risk.severity}[{risk.rule}]: {where}{risk.message}", "  ", paint, risk.severity)
        if risk.help:
            yield from wrap(f"help: {risk.help}", "    ")
    for rule, number in count.items():
        if number > _MOST:
            yield paint("dim", f"  and {number - _MOST} more of {rule}")


def error_lines(findings: tuple[Finding, ...], paint: Paint) -> Iterator[str]:
    """Two lines or more for each error."""
    for finding in findings:
        text = headline(finding)
        yield from wrap(f"{finding.severity}[{finding.rule}]: {text}", "  ", paint, "error")
        if finding.span:
            place = str(finding.ref or "") if format_path(finding.path) in text else where(finding)
            yield f"    --> {shown(finding.span)} {place}".rstrip()
        if finding.help and finding.group == "updates":
            yield from wrap(f"help: {finding.help}", "    ")
