"""The rules, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kplan.rules.rule import Rule


def report(rules: Iterable[tuple[Rule, str]]) -> str:
    """A JSON document `{"version": 1, "rules": [{"id", "group", "severity", "since", "kinds", "summary"}]}`."""
    rows = [
        {
            "id": rule.id,
            "group": rule.group,
            "severity": str(rule.severity),
            "since": rule.since,
            "kinds": list(rule.kinds),
            "summary": summary,
        }
        for rule, summary in rules
    ]
    return json.dumps({"version": 1, "rules": rows}, indent=2) + "\n"
