"""The rules, as the page `docs/rules.md`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kplan.rules.catalog import GROUPS
from kplan.rules.rule import Rule

_HEAD = """\
# Rules

What `kplan lint` checks and, in the groups updates and rollouts, what `kplan plan` warns of. `kplan explain RULE`
prints the page of a rule: the reason, a bad example with its report, and a good one. `--select` and `--ignore` of
`kplan lint` take rules and groups. This page is made by `kplan rules -o markdown`.
"""


def report(rules: Iterable[tuple[Rule, str]]) -> str:
    """The page: a table for each group that has rules."""
    blocks = [_HEAD]
    for group, members in groupby(rules, key=lambda member: member[0].group):
        rows = [
            f"| [`{rule.id}`](../kplan/rules/{group}/{rule.id.replace('-', '_')}.md) | {rule.severity} | {summary} |\n"
            for rule, summary in members
        ]
        table = "| rule | severity | what is wrong |\n|---|---|---|\n"
        blocks.append(f"## {group}\n\n{GROUPS[group]}\n\n{table}{''.join(rows)}")
    return "\n".join(blocks)
