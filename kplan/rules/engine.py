"""From problems to findings: with their rule, object and place, in one fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kplan.model import Finding, Problem, Related, Resource, format_path
from kplan.model.fingerprint import named_path
from kplan.rules.catalog import find_rule

if TYPE_CHECKING:
    from kplan.rules.context import Context


_TELLS_MORE = {"selector-mismatch": "does not match template `labels`"}
"""Rules that say what the API server says too, and more: the rule, and a part of the server's message."""


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
        span=resource.source.span(problem.path if problem.place is None else problem.place, problem.at),
        related=tuple(Related(other.source.span(path), text) for other, path, text in problem.related),
        named=named_path(resource.data, problem.path),
    )


def told_once(by_server: Iterable[Finding], by_rules: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of the server's verdict, but for those that a rule explains at the same place."""
    better = {_field(f): _TELLS_MORE[f.rule] for f in by_rules if f.rule in _TELLS_MORE}
    for found in by_server:
        part = better.get(_field(found))
        if part is None or part not in found.message:
            yield found


def _field(finding: Finding) -> object:
    """Which field it is about, of which of the files that describe an object of the name."""
    return finding.span and finding.span.file, finding.ref, finding.path


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by file, place and rule; of equal ones at one place (an anchor used twice) only the first.

    The API server's verdict keeps all its paths: of two fields that are missing, both stand where their parent does.
    """
    unique: dict[object, Finding] = {}
    for found in sorted(findings, key=_order):
        path = found.path if found.group in ("validation", "updates") else ()
        unique.setdefault((_place(found), found.rule, found.message, path), found)
    return tuple(unique.values())


def _place(finding: Finding) -> tuple[str, int, int]:
    span = finding.span
    return (span.file, span.start.line, span.start.column) if span else ("", 0, 0)


def _order(finding: Finding) -> tuple[tuple[str, int, int], str, str, str, str]:
    return (_place(finding), finding.rule, finding.message, str(finding.ref), format_path(finding.path))
