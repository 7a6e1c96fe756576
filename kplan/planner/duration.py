"""Time spans in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A time span as people say it.

    >>> duration(300), duration(90), duration(0), duration(3600)
    ('5 min', '90 s', '0 s', '1 h')
    """
    whole = round(seconds)
    if whole and whole % 3600 == 0:
        return f"{whole // 3600} h"
    if whole and whole % 60 == 0:
        return f"{whole // 60} min"
    return f"{whole} s"
