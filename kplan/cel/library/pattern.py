"""Regular expressions in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kplan.cel.library.call import CallError, Unsupported


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """A pattern of RE2, where it means the same here."""
    if re.search(r"\\[pPCQzZ]|\[\[:|\(\?[^:Pi<)]|\(\?<[=!]", text):
        raise Unsupported(f"the pattern `{text}`")
    plain = re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda m: m[1] or r"\Z", text, flags=re.DOTALL)
    try:
        return re.compile(plain.replace("(?P>", "(?>"), re.ASCII)
    except re.error:
        raise CallError(f"Illegal regex: error parsing regexp: {text}") from None


def find(text: str, pattern: str) -> str:
    """The first match, "" for none."""
    match = _pattern(pattern).search(text)
    return match[0] if match else ""


def find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    """The matches, at most `limit` of them."""
    found = [match[0] for match in _pattern(pattern).finditer(text)]
    return found if limit < 0 else found[:limit]
