"""Texts that stand for something which is filled in before anything is applied."""

from __future__ import annotations

import re
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{|\$\(|\{\{|<[A-Za-z][\w .-]*>|\bENC\[|__\w+__|\bREPLACE|\bCHANGE_?ME\b", re.ASCII)


def is_filled_in(value: Any) -> bool:
    """Whether a text has a part that a tool puts something else for: Flux, envsubst, SOPS, a template, a person.

    >>> [is_filled_in(text) for text in ("web:${TAG}", "ENC[AES256_GCM,data:xy]", "{{ .Values.tag }}", "<password>")]
    [True, True, True, True]
    >>> is_filled_in("web:1.27"), is_filled_in(5)
    (False, False)
    """
    return isinstance(value, str) and _PLACEHOLDER.search(value) is not None
