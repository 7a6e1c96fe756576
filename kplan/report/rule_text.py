"""One rule in full, for people at a terminal."""

from __future__ import annotations

from kplan.rules.page import Head
from kplan.rules.rule import Rule


def report(rule: Rule, head: Head, page: str) -> str:
    """The page, with a line below its title on severity, profile and the rules of peers that it answers to."""
    title, _, rest = page.partition("\n")
    facts = f"Group {rule.group}, {rule.severity}, profile {head.profile}."
    answers = f" Answers to {', '.join(head.answers)}." if head.answers else ""
    return f"{title}\n\n{facts}{answers}\n{rest}"
