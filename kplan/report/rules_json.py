"""The rules, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kplan.rules.catalog import Entry


def report(rules: Iterable[Entry]) -> str:
    """A JSON document `{"version": 1, "rules": [...]}`, each rule with
    "id", "group", "severity", "profile", "since", "kinds", "answers" and "summary".
    """
    rows = [
        {
            "id": rule.id,
            "group": rule.group,
            "severity": str(rule.severity),
            "profile": head.profile,
            "since": rule.since,
            "kinds": list(rule.kinds),
            "answers": list(head.answers),
            "summary": summary,
        }
        for rule, summary, head in rules
    ]
    return json.dumps({"version": 1, "rules": rows}, indent=2) + "\n"
