"""A password with a line break at its end."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import Any

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.placeholder import is_filled_in
from kplan.rules.rule import rule

_ONE_LINE = re.compile(r"(?i)(pass(word|wd|phrase)?|token|user(name)?|api[-_.]?key|secret)\Z")


@rule(severity=Severity.WARNING, kinds=("Secret",), since="0.1")
def check(secret: Resource, context: Context) -> Iterator[Problem]:
    for field in ("data", "stringData"):
        values = secret.get(field)
        for key, value in values.items() if isinstance(values, dict) else ():
            text = _decoded(value) if field == "data" else value
            if isinstance(key, str) and isinstance(text, str) and _ONE_LINE.search(key) and _ends_a_line(text):
                yield Problem(
                    (field, key),
                    f"the value of `{key}` ends with a line break",
                    help="`echo` adds one: use `printf %s`" if field == "data" else "`|` keeps one: use `|-`",
                    at="key",
                )


def _decoded(value: Any) -> str | None:
    try:
        return b64decode(value, validate=True).decode() if isinstance(value, str) and not is_filled_in(value) else None
    except (Error, ValueError):
        return None


def _ends_a_line(text: str) -> bool:
    """Whether a text is one line with a line break after it."""
    return len(text) > 1 and text.endswith("\n") and "\n" not in text[:-1]
