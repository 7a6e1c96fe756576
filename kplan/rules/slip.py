"""Names that are likely meant to be the same."""

from __future__ import annotations

_MOST = 2


def is_slip(one: str, other: str) -> bool:
    """Whether two names differ as by a slip of the keyboard: one letter more, two others in their place, or separators.

    Numbers and whole words tell objects apart on purpose.

    >>> is_slip("web-settings", "web-setings"), is_slip("web-settings", "websettings"), is_slip("web-db", "web-bd")
    (True, True, True)
    >>> is_slip("db-1", "db-2"), is_slip("shop-a", "shop-b"), is_slip("w", "s"), is_slip("high", "higher")
    (False, False, False, False)
    """
    if _plain(one) == _plain(other):
        return True
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    middles = (one[start : len(one) - end], other[start : len(other) - end])
    most = _MOST if all(middles) else 1
    if len(middles[0]) == _MOST and middles[0] == middles[1][::-1]:
        return start + end > 0 and not any(c.isdigit() for c in middles[0])
    if start + end < 2 or max(map(len, middles)) > most or any(c.isdigit() for part in middles for c in part):
        return False
    before, after = one[start - 1 : start], one[len(one) - end :][:1]
    return not (all(middles) and before in ("", "-", ".") and after in ("", "-", "."))


def extends(one: str, other: str) -> bool:
    """Whether one name is the other with more words before or after it: likely another object that belongs to it.

    >>> extends("web", "web-server"), extends("web", "website")
    (True, False)
    """
    short, long = sorted((one, other), key=len)
    return long.startswith(f"{short}-") or long.endswith(f"-{short}")


def _alike(one: str, other: str) -> int:
    """How many letters two texts have in common at their start."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c not in "-_.")
