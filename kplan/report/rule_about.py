"""What the reports of other tools say of a rule: its page, cut to what they have room for."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from kplan.model import Severity
from kplan.rules.catalog import find_page, find_rule


class About(NamedTuple):
    """A rule: its summary is a sentence, the paragraph says why, and the page is all of it, Markdown."""

    id: str
    group: str
    severity: Severity
    summary: str
    paragraph: str
    page: str

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"https://kplan.dev/rules/{self.id}"


@cache
def about(rule_id: str) -> About:
    """What is said of a rule. Raises UsageError where there is no such rule."""
    rule, page = find_rule(rule_id), find_page(rule_id)
    paragraph = " ".join(page.split("\n\n")[1].split())
    return About(rule.id, rule.group, rule.severity, paragraph.split(". ")[0].rstrip(".") + ".", paragraph, page)
