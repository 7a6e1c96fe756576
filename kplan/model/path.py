"""Field paths, printed as the API server prints them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

FieldPath: TypeAlias = tuple[str | int, ...]
"""The way from an object's root to a value: map keys (str) and list indexes (int, from 0)."""

_PLAIN_KEY = re.compile(r"(?:[A-Za-z_$][A-Za-z0-9_$-]*|\{\w+(?:, \w+)*\})\Z")


def format_path(path: Iterable[str | int]) -> str:
    """The path in the API server's spelling; what is no field name stands in brackets.

    So does a key of a map where the path marks it as one, by a subclass of str.

    >>> format_path(("spec", "containers", 0, "image"))
    'spec.containers[0].image'
    >>> format_path(("metadata", "labels", "app.kubernetes.io/name"))
    'metadata.labels[app.kubernetes.io/name]'

    Source: kubernetes apimachinery pkg/util/validation/field Path.String.
    """
    text = ""
    for part in path:
        if isinstance(part, int) or part.__class__ is not str or not _PLAIN_KEY.match(part):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
