"""Which rules there are, read from the folders. A rule's module is imported only when the rule is wanted."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import NamedTuple

from kplan.errors import UsageError
from kplan.rules.page import PROFILES, Head, profile_parts, read_head, split_page
from kplan.rules.rule import Rule

GROUPS = {
    "syntax": "The text is no YAML that Kubernetes can read.",
    "chart": "A chart or template cannot be rendered, or does not do what it looks like.",
    "schema": "The API knows no such field, kind or type of value.",
    "validation": "The API server refuses the value.",
    "updates": "The API server refuses the change.",
    "deprecation": "The API version is gone, or will be.",
    "references": "An object refers to what is not there.",
    "collisions": "Two objects claim the same thing.",
    "rollouts": "A rollout will stall, or take more down than meant.",
    "security": "The object may do more than it should.",
    "practice": "It works, and you will regret it.",
}
"""Every group with what it is about, in the order of the reference."""

_ROOT = os.path.dirname(__file__)


@cache
def groups_by_rule() -> dict[str, str]:
    """The group of every rule id, in the order of the groups and then of the alphabet."""
    return {
        name[:-3].replace("_", "-"): group
        for group in GROUPS
        if os.path.isdir(os.path.join(_ROOT, group))
        for name in sorted(os.listdir(os.path.join(_ROOT, group)))
        if name.endswith(".md")
    }


def rules_of(*groups: str) -> frozenset[str]:
    """The ids of all rules of the groups."""
    return frozenset(rule for rule, group in groups_by_rule().items() if group in groups)


@cache
def rules_about_plans() -> frozenset[str]:
    """The ids of the rules that look at plans. Their pages tell, by manifests before and after: nothing is imported."""
    marked = set()
    for rule_id in rules_of("updates", "rollouts"):
        with open(_page(groups_by_rule()[rule_id], rule_id), encoding="utf-8") as file:
            if "```yaml before" in file.read():
                marked.add(rule_id)
    return frozenset(marked)


@cache
def find_rule(rule_id: str) -> Rule:
    """The rule of that id. Raises UsageError, with the name that may be meant, where there is none."""
    group = groups_by_rule().get(rule_id)
    if group is None:
        raise UsageError(
            f"there is no rule `{rule_id}`{_meant(rule_id, groups_by_rule()) or ';'} `kplan rules` lists them all"
        )
    module = import_module(f"kplan.rules.{group}.{rule_id.replace('-', '_')}")
    found: Rule = module.check
    return found


def find_page(rule_id: str) -> str:
    """The page of a rule, Markdown without its head. Raises UsageError where there is no such rule."""
    rule = find_rule(rule_id)
    with open(_page(rule.group, rule_id), encoding="utf-8") as file:
        return split_page(file.read())[1]


def find_head(rule_id: str) -> Head:
    """The profile of a rule and what it answers to, from its page. Nothing is imported."""
    return read_head(_page(groups_by_rule()[rule_id], rule_id))


def _page(group: str, rule_id: str) -> str:
    return os.path.join(_ROOT, group, f"{rule_id.replace('-', '_')}.md")


def select_rules(select: Iterable[str] = (), ignore: Iterable[str] = (), profile: str = "default") -> frozenset[str]:
    """The ids of the rules that are in `select` and not in `ignore`; both hold rules or groups.

    Where `select` is empty, it is all rules of the profile. A group in `select` means those of its rules that are in
    the profile; a rule in `select` is taken whatever the profile.

    Raises UsageError for a name that is neither rule nor group, and for a profile that there is none of.
    """
    if profile not in PROFILES:
        raise UsageError(
            f"there is no profile `{profile}`{_meant(profile, PROFILES) or ';'} there are {', '.join(PROFILES)}"
        )
    parts = profile_parts(profile)
    rules = groups_by_rule()
    named = _expand(select) if (select := tuple(select)) else rules
    chosen = {rule for rule in named if rule in select or find_head(rule).profile in parts}
    return frozenset(chosen - _expand(ignore))


def _expand(names: Iterable[str]) -> set[str]:
    rules = groups_by_rule()
    chosen: set[str] = set()
    for name in names:
        if name in GROUPS:
            chosen.update(rule for rule, group in rules.items() if group == name)
        elif name in rules:
            chosen.add(name)
        else:
            raise UsageError(f"`{name}` is neither a rule nor a group{_meant(name, [*GROUPS, *rules])}")
    return chosen


def meant(name: str, known: Iterable[str] | None = None) -> str | None:
    """The rule that answers to another linter's name, or else the one of the known names that is spelt nearly so.

    >>> meant("host-network"), meant("latest-tags"), meant("something")
    ('host-namespace', 'latest-tag', None)
    """
    from difflib import get_close_matches

    rules = groups_by_rule()
    if not name.isdigit():
        for rule in rules:
            if any(name == answer.partition("/")[2] for answer in find_head(rule).answers):
                return rule
    close = get_close_matches(name, list(known or (*GROUPS, *rules)), n=1)
    return close[0] if close else None


def _meant(name: str, known: Iterable[str]) -> str:
    close = meant(name, known)
    return f"; did you mean `{close}`?" if close else ""


class Entry(NamedTuple):
    """A rule as lists of rules show it: with its summary, the first sentence of its page, and the page's head."""

    rule: Rule
    summary: str
    head: Head


def describe_all() -> tuple[Entry, ...]:
    """Every rule, by group and then by the alphabet."""
    return tuple(
        Entry(find_rule(rule_id), _summary(find_page(rule_id)), find_head(rule_id)) for rule_id in groups_by_rule()
    )


def _summary(page: str) -> str:
    """The first sentence below the title of a page.

    >>> _summary("# a-rule\\n\\nIt is\\nwrong. Very.\\n\\n## Bad")
    'It is wrong.'
    """
    paragraph = " ".join(page.split("\n\n")[1].split())
    return paragraph.split(". ")[0].rstrip(".") + "."
