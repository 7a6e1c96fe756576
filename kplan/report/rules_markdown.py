"""The rules, as the page `docs/rules.md`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from kplan.rules.catalog import GROUPS, Entry
from kplan.rules.page import PROFILES

_HEAD = """\
# Rules

What `kplan lint` checks and, in the groups updates and rollouts, what `kplan plan` warns of. `kplan explain RULE`
prints the page of a rule: the reason, a bad example with its report, and a good one. `--select` and `--ignore` of
`kplan lint` take rules and groups. [answers.md](answers.md) lists the checks of other linters with the rules that
answer to them. This page is made by `kplan rules -o markdown`.
"""
_PROFILES = """\
## Profiles

`kplan lint --profile NAME` says how much is asked for. The tables below name the mildest profile that has a rule:
`recommended` holds `default`, and `strict` holds both. `--select RULE` runs a rule whatever the profile;
`--select GROUP` means those rules of the group that are in the profile.
"""
_COLUMNS = "| rule | severity | profile | what is wrong | answers to |\n|---|---|---|---|---|\n"


def report(rules: Iterable[Entry]) -> str:
    """The page: what the profiles are, and a table for each group that has rules."""
    profiles = "".join(f"| `{name}` | {about} |\n" for name, about in PROFILES.items())
    blocks = [_HEAD, f"{_PROFILES}\n| profile | what it asks |\n|---|---|\n{profiles}"]
    for group, members in groupby(rules, key=lambda entry: entry.rule.group):
        blocks.append(f"## {group}\n\n{GROUPS[group]}\n\n{_COLUMNS}{''.join(map(_row, members))}")
    return "\n".join(blocks)


def _row(entry: Entry) -> str:
    rule, summary, head = entry
    page = f"../kplan/rules/{rule.group}/{rule.id.replace('-', '_')}.md"
    answers = ", ".join(f"`{name}`" for name in head.answers)
    return f"| [`{rule.id}`]({page}) | {rule.severity} | {head.profile} | {summary} | {answers} |\n"
