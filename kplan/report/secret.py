"""Keeping the values of Secrets out of source lines that a report shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from kplan.model import Finding
from kplan.rules.credential import credential

_SECRET_KIND = re.compile(r"""["']?kind["']?\s*:\s*["']?Secret\b""")
_KEY = re.compile(r"""\s*(- +)*(["']?)[\w./-]+\2\s*:(?=\s|$)""")
_HARMLESS = {("apiVersion",), ("kind",), ("type",), ("immutable",), ("metadata", "name"), ("metadata", "namespace")}


def mask_for(finding: Finding, text: str) -> Callable[[str], str]:
    """What to do with each line that a finding shows of `text`: cover it where it may hold the value of a Secret."""
    if finding.ref is None:
        return masked if tells_of_secrets(text) else str
    if finding.rule in _IN_PLAIN_TEXT:
        return _IN_PLAIN_TEXT[finding.rule]
    if finding.ref.kind != "Secret":
        return str
    one_line = finding.span is not None and finding.span.start.line == finding.span.end.line
    return _masked_flow if one_line and finding.path[:2] in _HARMLESS else masked


def mask_of_values(finding: Finding, own: str | None) -> Callable[[str], str]:
    """The same for lines of a values file: `own` is the text that the finding itself stands in."""
    about_secret = finding.ref.kind == "Secret" if finding.ref else own is not None and tells_of_secrets(own)
    return masked if about_secret or finding.rule in _IN_PLAIN_TEXT else _masked_credential


def _masked_credential(line: str) -> str:
    """The line, covered where its key is that of a password or its value looks like one."""
    key = _KEY.match(line)
    if key is None:
        return masked(line)
    name, value = key[0].strip(" -:\"'"), line[key.end() :].strip(" \"'")
    return masked(line) if "{" in line or credential(name, value) else line


@lru_cache(maxsize=4)
def tells_of_secrets(text: str) -> bool:
    """Whether a text may have a Secret in it."""
    return bool(_SECRET_KIND.search(text))


def _masked_flow(line: str) -> str:
    """A line of a harmless field, covered only where other fields may stand beside it."""
    return masked(line) if "{" in line else line


def masked(line: str) -> str:
    """The line with all but its key covered: a star for each character that is no space.

    >>> masked("  password: aHVudGVyMg=="), masked("{kind: Secret, data: {a: b}}")
    ('  password: ************', '****** ******* ***** *** ***')
    """
    key = _KEY.match(line)
    kept = key.end() if key else len(line) - len(line.lstrip())
    return line[:kept] + "".join(" " if c.isspace() else "*" for c in line[kept:])


_IN_PLAIN_TEXT: dict[str, Callable[[str], str]] = {"secret-in-env": _masked_flow, "secret-in-config-map": masked}
"""What covers the lines of findings about secrets that stand elsewhere than in a Secret."""
