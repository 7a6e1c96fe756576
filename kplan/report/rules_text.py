"""The rules, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kplan.rules.rule import Rule


def report(rules: Iterable[tuple[Rule, str]]) -> str:
    """A table of the rules with their summaries, by group; lines that end in newlines."""
    rules = list(rules)
    width = max(len(rule.id) for rule, _ in rules)
    blocks = []
    for group, members in groupby(rules, key=lambda member: member[0].group):
        lines = [f"  {rule.id:{width}}  {rule.severity!s:7}  {summary}\n" for rule, summary in members]
        blocks.append(f"{group}\n{''.join(lines)}")
    return "\n".join(blocks)
