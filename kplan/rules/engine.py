"""From problems to findings: with their rule, object and place, in one fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kplan.model import Finding, Problem, Related, Resource
from kplan.rules.catalog import find_rule

if TYPE_CHECKING:
    from kplan.rules.context import Context


def run_rules(rule_ids: Iterable[str], context: Context) -> Iterator[Finding]:
    """The findings of those of the rules that have a check of their own."""
    for rule_id in sorted(rule_ids):
        rule = find_rule(rule_id)
        if rule.check is not None:
            for resource in context.of_kinds(rule.kinds):
                for problem in rule.check(resource, context):
                    yield finding(rule_id, resource, problem)


def finding(rule_id: str, resource: Resource, problem: Problem) -> Finding:
    """A problem of an object, found by a rule, with all that a report needs."""
    rule = find_rule(rule_id)
    return Finding(
        rule=rule.id,
        group=rule.group,
        severity=rule.severity if problem.severity is None else problem.severity,
        message=problem.message,
        help=problem.help,
        ref=resource.ref,
        path=problem.path,
        span=resource.source.span(problem.path, problem.at),
        related=tuple(Related(other.source.span(path), text) for other, path, text in problem.related),
    )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by file, place and rule; of equal ones at one place (an anchor used twice) only the first."""
    unique: dict[object, Finding] = {}
    for found in sorted(findings, key=_order):
        unique.setdefault((_place(found), found.rule, found.message), found)
    return tuple(unique.values())


def _place(finding: Finding) -> tuple[str, int, int]:
    span = finding.span
    return (span.file, span.start.line, span.start.column) if span else ("", 0, 0)


def _order(finding: Finding) -> tuple[tuple[str, int, int], str, str, str]:
    return (_place(finding), finding.rule, finding.message, str(finding.ref))
