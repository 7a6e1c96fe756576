"""Which rules have fixes: a table, cheap to ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kplan.fixer.outcome import Safety

if TYPE_CHECKING:
    from kplan.model import Finding

_SAFETY: Final[dict[str, Safety]] = {
    "deprecated-api": "safe",
    "deprecated-service-account-field": "safe",
    "duplicate-key": "safe",
    "invalid-value": "unsafe",
    "not-an-object": "safe",
    "removed-api": "safe",
    "required-value": "safe",
    "selector-mismatch": "unsafe",
    "service-without-endpoints": "unsafe",
    "unknown-field": "safe",
    "unknown-kind": "safe",
    "unknown-target-port": "unsafe",
    "unsupported-value": "safe",
    "wrong-type": "safe",
}


def fixable(rule_id: str) -> Safety | None:
    """Whether there are fixes for findings of a rule, "safe" or "unsafe"; None where there are none.

    Of a rule with both it is "safe". Not every finding of such a rule can be fixed.

    >>> fixable("removed-api"), fixable("selector-mismatch"), fixable("no-schema")
    ('safe', 'unsafe', None)
    """
    return _SAFETY.get(rule_id)


_SIGNS: Final = {
    "deprecated-api": "write `apiVersion: ",
    "deprecated-service-account-field": "write `serviceAccountName`",
    "not-an-object": "is spelled",
    "removed-api": "write `apiVersion: ",
    "unknown-field": "did you mean",
}
"""What the help of a finding says where `kplan fix` can probably do what it says."""

_SCALAR = re.compile(r"expected string, given (boolean|integer|number)\b|expected (integer|boolean), given string `")
_PORT_NAME = re.compile(r"spec\.ports\[\d+\]\.name")


def may_be_fixed(finding: Finding) -> bool:
    """Whether `kplan fix` has a safe fix that is made for such a finding. A guess, from its words alone."""
    if finding.rule == "wrong-type":
        return bool(_SCALAR.match(finding.message)) and finding.help is not None
    if finding.rule == "required-value":
        from kplan.model import format_path

        return finding.ref is not None and bool(_PORT_NAME.fullmatch(format_path(finding.path)))
    return _SIGNS.get(finding.rule, "\0") in (finding.help or "")
