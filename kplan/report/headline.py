"""What a finding says, in one line that can stand alone."""

from __future__ import annotations

import re
from typing import Final

from kplan.model import Finding, format_path

_OF_A_FIELD: Final = re.compile(r"(?:Required|Invalid|Unsupported|Duplicate) value\b|(?:Forbidden|Not found|Too \w+): ")


def headline(finding: Finding) -> str:
    """The message of a finding; where it is the API server's own, behind the path, as the API server writes it.

    >>> from kplan.model import Severity
    >>> headline(Finding("required-value", "validation", Severity.ERROR, "Required value", path=("spec", "scope")))
    'spec.scope: Required value'
    """
    if finding.path and _OF_A_FIELD.match(finding.message):
        return f"{format_path(finding.path)}: {finding.message}"
    return finding.message
