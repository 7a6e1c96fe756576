"""Regular expressions in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

import re

from kplan.cel.library.call import CallError, Unsupported


def _pattern(text: str) -> re.Pattern[str]:
    from kplan.k8s.regexp import RegexpError, UnknownScript, compile_go

    try:
        return compile_go(text)
    except RegexpError as error:
        raise CallError(f"Illegal regex: {error}") from None
    except UnknownScript as error:
        raise Unsupported(f"the pattern `{text}`: {error}") from None


def find(text: str, pattern: str) -> str:
    """The first match, "" for none."""
    match = _pattern(pattern).search(text)
    return match[0] if match else ""


def find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    """The matches, at most `limit` of them."""
    found = [match[0] for match in _pattern(pattern).finditer(text)]
    return found if limit < 0 else found[:limit]
