"""Suppressions against findings: what is left, how much was allowed, and which suppressions are of no use."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from kplan.model import Finding, Severity
from kplan.rules.catalog import GROUPS, groups_by_rule, meant, rules_about_plans, rules_of
from kplan.suppression.model import Suppression

UNUSED: Final = "unused-suppression"
UNKNOWN: Final = "unknown-suppression"
EXPIRED: Final = "expired-suppression"


class Outcome(NamedTuple):
    """The findings that are left, with those about suppressions, and how many were allowed by what."""

    findings: tuple[Finding, ...]
    allowed: Counter[str]


class _Entry:
    """A suppression, what its names stand for, and which of them have been of use."""

    def __init__(self, written: Suppression, today: date | None) -> None:
        self.written = written
        self.rules = {name: _meant(name) for name in written.rules}
        self.is_expired = today is not None and written.until is not None and written.until < today
        self.used: set[str] = set()

    def takes(self, finding: Finding) -> bool:
        """Whether it allows the finding; keeps in mind that it would."""
        names = [name for name, rules in self.rules.items() if finding.rule in rules]
        if not names or self.written.fault or not self.written.covers(finding):
            return False
        self.used.update(names)
        return not self.is_expired


def apply(
    findings: Iterable[Finding],
    suppressions: Iterable[Suppression],
    ran: frozenset[str],
    today: date | None = None,
    *,
    ran_in: Mapping[str, frozenset[str]] | None = None,
    whole: bool = False,
) -> Outcome:
    """The findings that no suppression allows.

    `ran` are the rules that were asked for, `ran_in` those of files where they differ: only what these do not find
    makes a suppression unused. `today` is the day by which
    suppressions expire, None where they do not. `whole` says that the findings are those of all files that the
    configuration is for, so that its entries can be unused.
    """
    given = [_Entry(each, today) for each in suppressions]
    allowed: Counter[str] = Counter()
    left = list(_left(findings, given, allowed))
    own = [each for each in given if each.written.by == "configuration"]
    ran_in = ran_in or {}
    about = [
        f for each in given if each not in own for f in _about(each, ran_in.get(each.written.span.file, ran), whole)
    ]
    left += _left(about, own, allowed)
    left += [f for each in own for f in _about(each, ran, whole)]
    return Outcome(tuple(left), allowed)


def _left(findings: Iterable[Finding], given: list[_Entry], allowed: Counter[str]) -> Iterator[Finding]:
    candidates = _by_file(given)
    for finding in findings:
        # All are asked, so that each one that has been of use is known for it.
        takers = [each for each in candidates(finding) if each.takes(finding)]
        if takers:
            allowed[takers[0].written.by] += 1
        else:
            yield finding


def _by_file(given: list[_Entry]) -> Callable[[Finding], list[_Entry]]:
    """What may reach a finding: those of its files, and those of any."""
    anywhere = [each for each in given if each.written.file is None]
    in_file: dict[str, list[_Entry]] = defaultdict(list)
    for each in given:
        if each.written.file is not None:
            in_file[each.written.file].append(each)

    def candidates(finding: Finding) -> list[_Entry]:
        found: list[_Entry] = []
        span = finding.span
        while span is not None:
            found += in_file.get(span.file, ())
            span = span.origin
        return [*found, *anywhere]

    return candidates


def _meant(name: str) -> frozenset[str]:
    """The rules that a name stands for; none for a name that is not known."""
    if name in GROUPS:
        return rules_of(name)
    return frozenset((name,)) if name in groups_by_rule() else frozenset()


def _about(each: _Entry, ran: frozenset[str], whole: bool) -> Iterator[Finding]:
    """What is wrong with a suppression itself."""
    written = each.written
    if not written.told:
        return
    if written.fault and UNKNOWN in ran:
        yield _finding(UNKNOWN, written, f"this {_what(written)} allows nothing: {written.fault}")
    for name, rules in each.rules.items():
        if not rules and UNKNOWN in ran:
            yield _finding(UNKNOWN, written, f"`{name}` is neither a rule nor a group", _hint(name))
    judged = _seen_by_lint(ran)
    if each.is_expired and EXPIRED in ran and any(rules & judged for rules in each.rules.values()):
        yield _finding(EXPIRED, written, f"this {_what(written)} counted until {written.until}", "fix it, or renew it")
    if each.is_expired or written.fault or UNUSED not in ran or (written.by == "configuration" and not whole):
        return
    for name, rules in each.rules.items():
        if name not in each.used and rules & judged:
            yield _finding(UNUSED, written, f"`{name}` finds nothing that this {_what(written)} covers", "remove it")


def _seen_by_lint(ran: frozenset[str]) -> frozenset[str]:
    """The rules that can have found something in manifests alone."""
    return ran - rules_about_plans() - rules_of("updates")


def _what(written: Suppression) -> str:
    return "entry" if written.by == "configuration" else written.by


def _hint(name: str) -> str:
    close = meant(name)
    return f"did you mean `{close}`?" if close else "`kplan rules` lists them; a reason stands behind ` -- `"


def _finding(rule: str, written: Suppression, message: str, help: str | None = None) -> Finding:
    return Finding(rule, "practice", Severity.WARNING, message, help, ref=written.ref, span=written.span)
