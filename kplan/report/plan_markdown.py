"""A plan as Markdown: for a comment on a pull request, or for the page of a CI job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kplan.model import Finding, Span
from kplan.planner.build import headline
from kplan.planner.model import Effect, Plan, Risk, Rollout, ServicePlan
from kplan.report import diff_markdown
from kplan.report.colour import Paint, plain
from kplan.report.diff_text import Namer
from kplan.report.headline import headline as said
from kplan.report.lint_text import where
from kplan.report.markup import Page, code, cut, text
from kplan.report.place import shown

_NAMES: Final = 3
"""So many ReplicaSets or revisions that a rollout begins with are named."""


def report(plan: Plan, *, paint: Paint = plain) -> str:
    """What is refused, what is risky, what rolls and how far availability falls, what changes: the worst first.

    At most 65,536 characters; rows that have no room are counted.
    """
    name = Namer(change.ref for change in plan.changes)
    page = Page(f"kplan {headline(plan).replace('Plan:', 'plan:', 1)}")
    page.table(("", "what the API server refuses", "where"), map(_error, plan.findings), "error")
    page.table(("", "risk", "where"), (_risk(risk, name) for risk in plan.risks), "risk")
    moving = [each for each in plan.rollouts if each.effect != Effect.NONE]
    page.table(
        ("workload", "what happens", "lowest availability", "most pods"),
        (_rollout(each, name) for each in moving),
        "workload",
    )
    serving = [each for each in plan.services if len(set(each.endpoints)) > 1]
    columns = ("Service", "endpoints before", "at fewest", "after")
    page.table(columns, (_service(each, name) for each in serving), "Service")
    for what_if in plan.what_ifs:
        page.paragraph(f"**What if {text(cut(what_if.title))}** {' '.join(text(cut(line)) for line in what_if.text)}")
    for one in plan.stuck:
        page.paragraph(f"{code(name(one.ref))} does not get all its pods: {text(cut(one.message))}")
    for line in plan.unknown:
        page.paragraph(f"Not predicted: {text(cut(line))}")
    page.table(diff_markdown.COLUMNS, diff_markdown.rows(plan.changes, name), "object")
    return str(page)


def _error(finding: Finding) -> tuple[str, ...]:
    what = [text(cut(said(finding))), f"{code(finding.rule)}, {code(cut(where(finding)))}"]
    if finding.help:
        what.append(f"help: {text(cut(finding.help))}")
    return f"**{finding.severity}**", "<br>".join(what), _place(finding.span)


def _risk(risk: Risk, name: Namer) -> tuple[str, ...]:
    about = [code(risk.rule), *([code(cut(name(risk.ref)))] if risk.ref else [])]
    when = f" (step {risk.step})" if risk.step is not None else ""
    what = [f"{text(cut(risk.message))}{when}", ", ".join(about)]
    if risk.help:
        what.append(f"help: {text(cut(risk.help))}")
    return f"**{risk.severity}**", "<br>".join(what), _place(risk.span)


def _place(span: Span | None) -> str:
    return code(str(shown(span))) if span else ""


def _rollout(found: Rollout, name: Namer) -> tuple[str, ...]:
    return code(cut(name(found.ref))), "<br>".join(_what(found)), _lowest(found), str(found.peak.pods or "")


def _what(found: Rollout) -> Iterator[str]:
    yield text(cut(found.summary))
    if found.old_names and found.new_name and found.effect in (Effect.ROLL, Effect.REPLACE):
        old = ", ".join(code(each) for each in found.old_names[:_NAMES])
        yield f"{old}{', ...' if len(found.old_names) > _NAMES else ''} → {code(found.new_name)}"
    if not found.finished:
        yield "**it does not come to an end by itself**"


def _lowest(found: Rollout) -> str:
    """The fewest pods that serve at any step, of those asked for; "" where no pods are replaced."""
    if found.effect not in (Effect.ROLL, Effect.REPLACE) or found.fewest_available is None:
        return ""
    share = f"{found.fewest_available} of {found.replicas_after}"
    return f"**{share}: an outage**" if found.fewest_available == 0 and found.replicas_after else share


def _service(service: ServicePlan, name: Namer) -> tuple[str, ...]:
    first, last = service.endpoints[0], service.endpoints[-1]
    fewest = f"**{service.fewest}**" if service.at_zero else str(service.fewest)
    return code(cut(name(service.ref))), str(first), fewest if first else "", str(last)
