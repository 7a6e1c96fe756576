"""Images that a pattern means."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase


def is_like(image: str, patterns: Collection[str]) -> bool:
    """Whether an image contains one of the texts, or is as a whole like one of them that has `*`, `?` or `[`.

    >>> is_like("shop/web:2.0", ["web:2"]), is_like("shop/web:2.0", ["*:2.*"]), is_like("a:1", ["*:2"])
    (True, True, False)
    """
    return any(part in image or (any(c in part for c in "*?[") and fnmatchcase(image, part)) for part in patterns)
