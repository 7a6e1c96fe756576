"""The rules, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kplan.rules.catalog import Entry


def report(rules: Iterable[Entry]) -> str:
    """A table of the rules by group, with severity, profile, summary and the rules of peers that they answer to."""
    rules = list(rules)
    width = max(len(rule.id) for rule, _, _ in rules)
    blocks = []
    for group, members in groupby(rules, key=lambda entry: entry.rule.group):
        blocks.append(f"{group}\n{''.join(_line(entry, width) for entry in members)}")
    return "\n".join(blocks)


def _line(entry: Entry, width: int) -> str:
    rule, summary, head = entry
    answers = f" [{', '.join(head.answers)}]" if head.answers else ""
    return f"  {rule.id:{width}}  {rule.severity!s:7}  {head.profile:14}  {summary}{answers}\n"
