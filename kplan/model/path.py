"""Field paths, printed as the API server prints them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

FieldPath: TypeAlias = tuple[str | int, ...]
"""The way from an object's root to a value: map keys (str) and list indexes (int, from 0)."""

_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*\Z")


class Key(str):
    """A key of a map, in a path of the API server's: it stands in brackets, whatever it looks like."""

    __slots__ = ()


class Name(str):
    """A name of a field, in a path of the API server's: it stands behind a dot, whatever it looks like."""

    __slots__ = ()


def format_path(path: Iterable[str | int]) -> str:
    """The path in the API server's spelling; keys that are no field names stand in brackets.

    >>> format_path(("spec", "containers", 0, "image"))
    'spec.containers[0].image'
    >>> format_path(("metadata", "labels", "app.kubernetes.io/name"))
    'metadata.labels[app.kubernetes.io/name]'
    >>> format_path(("spec", "limits", Key("cpu")))
    'spec.limits[cpu]'

    Source: kubernetes apimachinery pkg/util/validation/field Path.String.
    """
    text = ""
    for part in path:
        if isinstance(part, int | Key) or (part.__class__ is str and not _PLAIN_KEY.match(part)):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
