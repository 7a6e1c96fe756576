"""What lint found, as Markdown: a summary for a comment on a pull request, or for the page of a CI job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from kplan.model import Finding
from kplan.pipeline import Lint
from kplan.report.colour import Paint, plain
from kplan.report.group import NAMED, Group, grouped
from kplan.report.headline import headline
from kplan.report.lint_text import where
from kplan.report.markup import LIMIT, code, cut, text
from kplan.report.place import rendered, shown
from kplan.report.summary import counts, coverage, plural

_TAIL: Final = 1_000
"""Room that is kept for the line on what is left out."""
_RULES: Final = 5
"""So many rules of what is left out are named."""
_TABLE: Final = "| | what | where |\n|---|---|---|\n"


def report(lint: Lint, *, paint: Paint = plain, verbose: bool = False) -> str:
    """The report: a table of the findings, the worst and most frequent first, in at most 65,536 characters."""
    head = f"### kplan lint: {counts(lint) or 'nothing found'}\n\n"
    end = f"{text(cut(coverage(lint)))}\n"
    if not lint.findings:
        return head + end
    ranked = sorted(grouped(lint.findings), key=lambda group: (-group.first.severity, -len(group.others)))
    table, left = _table(ranked, LIMIT - _TAIL - len(head) - len(_TABLE) - len(end))
    return f"{head}{_TABLE}{table}\n{_left_out(left)}{end}"


def _table(ranked: list[Group], room: int) -> tuple[str, list[Group]]:
    """As many rows as there is room for, and the groups that are left."""
    rows = ""
    for number, group in enumerate(ranked):
        row = _row(group)
        if len(rows) + len(row) > room:
            return rows, ranked[number:]
        rows += row
    return rows, []


def _row(group: Group) -> str:
    finding = group.first
    return f"| **{finding.severity}** | {'<br>'.join(_what(finding))} | {'<br>'.join(_where(group))} |\n"


def _what(finding: Finding) -> Iterator[str]:
    yield text(cut(headline(finding)))
    about = where(finding)
    yield f"{code(finding.rule)}{f', {code(cut(about))}' if about else ''}"
    if finding.help:
        yield f"help: {text(cut(finding.help))}"


def _where(group: Group) -> Iterator[str]:
    span = group.first.span
    if span is not None:
        yield code(str(shown(span)))
        if made := rendered(span):
            yield f"rendered {code(str(made))}"
    if group.others:
        places = ", ".join(code(str(other.span)) for other in group.others[:NAMED])
        yield f"and {len(group.others)} more: {places}{', ...' if len(group.others) > NAMED else ''}"


def _left_out(left: list[Group]) -> str:
    """How many findings there was no room for, by severity and rule; "" where there was."""
    members = [finding for group in left for finding in (group.first, *group.others)]
    if not members:
        return ""
    severities = Counter(finding.severity for finding in members)
    rules = Counter(finding.rule for finding in members).most_common()
    named = ", ".join(f"{code(rule)} {count}" for rule, count in rules[:_RULES])
    more = f" and {plural(len(rules) - _RULES, 'more rule')}" if len(rules) > _RULES else ""
    by_severity = ", ".join(plural(severities[s], str(s)) for s in sorted(severities, reverse=True))
    return f"Left out, for want of room: {by_severity} ({named}{more}).\n\n"
