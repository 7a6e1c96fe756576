"""What looks like a password, a key or a token that is written out. No answer ever holds the value."""

from __future__ import annotations

import re
from typing import Any

from kplan.rules.placeholder import is_filled_in

_NAME = re.compile(
    r"(?:\A|[_.-]|(?<=[a-z0-9])(?=[A-Z]))"
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|(?:api|private|access|secret|encryption|signing)[_.-]?key|credentials?)"
    r"\d*\Z",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"\s*(?:true|false|yes|no|none|null|nil|disabled|enabled|auto|optional|required|default|\*+|x{3,}|\.\.\.|\d{1,4})?\s*\Z"
    r"|[./~]|file:|\w+://[^@\s]*\Z",
    re.IGNORECASE,
)
_FORMS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}"),
    "a key of AWS": re.compile(r"\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPLE)[A-Z0-9]{16}\b"),
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})"),
    "a token of GitLab": re.compile(r"\bglpat-[\w-]{20}"),
    "a token of Slack": re.compile(r"\bxox[abprs]-\d+-[\w-]{10,}"),
    "a key of Google": re.compile(r"\bAIza[\w-]{35}\b"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@$<{%]+:[^\s@/$<{%*]+@[^\s/]"),
}


def credential(name: str, value: Any) -> str | None:
    """What a value seems to be, in words, by its form or by the name that it has; None where it is nothing of the sort.

    >>> credential("DATABASE_PASSWORD", "hunter2"), credential("URL", "postgres://shop:hunter2@db/shop")
    ('a secret, by its name', 'a password in an address')
    >>> credential("PASSWORD_FILE", "hunter2"), credential("PASSWORD", "${PASSWORD}"), credential("TOKEN", "/run/token")
    (None, None, None)
    """
    if not isinstance(value, str) or not value:
        return None
    for form, pattern in _FORMS.items():
        if pattern.search(value):
            return form
    stands_for_itself = name in value or is_filled_in(value)  # `API_KEY: API_KEY_VALUE` waits for somebody
    is_secret = _NAME.search(name) and not _NO_SECRET.match(value) and not stands_for_itself
    return "a secret, by its name" if is_secret else None
