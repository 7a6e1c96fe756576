"""Versions and version ranges, as Helm compares them.

Source: github.com/Masterminds/semver v3 version.go, constraints.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

_LONGEST: Final = 256
_PART = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION: Final = re.compile(rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-({_PART}))?(?:\+({_PART}))?")
_WILD = r"[0-9|xX*]+"
_RANGED = rf"v?({_WILD})(?:\.({_WILD}))?(?:\.({_WILD}))?(?:-({_PART}))?(?:\+({_PART}))?"
_PLAIN = _RANGED.replace(f"({_WILD})", _WILD).replace(f"({_PART})", _PART)
_OPERATOR = r"!=|>=|=>|<=|=<|~>|=|>|<|~|\^|"
_ONE: Final = re.compile(rf"\s*({_OPERATOR})\s*{_RANGED}\s*")
_EACH: Final = re.compile(rf"(?:{_OPERATOR})\s*{_PLAIN}")
_VALID: Final = re.compile(rf"\s*(?:{_OPERATOR})\s*{_PLAIN}\s*(?:(?:\s+|,\s*)(?:{_OPERATOR})\s*{_PLAIN}\s*)*")
_SPAN: Final = re.compile(rf"\s*({_PLAIN})\s+-\s+({_PLAIN})\s*")


class Version(NamedTuple):
    """A version; `pre` is what follows the dash, `build` what follows the plus sign, both "" where absent."""

    major: int
    minor: int
    patch: int
    pre: str = ""
    build: str = ""

    @property
    def order(self) -> tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]:
        """What versions are ordered by: a release comes after its prereleases; `build` does not count."""
        parts = self.pre.split(".") if self.pre else ()
        ranks = tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)
        return (self.major, self.minor, self.patch, not self.pre, ranks)


def parse_version(text: str) -> Version:
    """A version, of one to three numbers. Raises ValueError.

    >>> parse_version("v1.2-rc.1")
    Version(major=1, minor=2, patch=0, pre='rc.1', build='')
    """
    match = _VERSION.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise ValueError(f"`{text}` is no semantic version")
    major, minor, patch, pre, build = match.groups()
    return Version(int(major), int(minor or 0), int(patch or 0), pre or "", build or "")


class _Bound(NamedTuple):
    operator: str
    version: Version
    written: int
    """How many of the three numbers are written: 0 for `*`, 1 for `1.x`, 3 for all."""


def satisfies(version: str, constraint: str) -> bool:
    """Whether the version lies in the range; False where one of them is none.

    >>> satisfies("1.4.9", "~1.4.2"), satisfies("2.0.0-rc.1", ">1"), satisfies("0.3.1", "^0.3 || 1 - 2")
    (True, False, True)
    """
    try:
        return in_range(parse_version(version), constraint)
    except ValueError:
        return False


def in_range(version: Version, constraint: str) -> bool:
    """As `satisfies`. Raises ValueError for a range that is none."""
    return any(_holds(version, group) for group in _groups(constraint))


@cache
def _groups(constraint: str) -> tuple[tuple[_Bound, ...], ...]:
    if len(constraint) > 10 * _LONGEST:
        raise ValueError(f"a range of versions has at most {10 * _LONGEST} characters")
    rewritten = _SPAN.sub(r">= \1, <= \2", constraint)
    return tuple(_group(part, constraint) for part in rewritten.split("||"))


def _group(text: str, whole: str) -> tuple[_Bound, ...]:
    if text == "":
        return (_Bound("", Version(0, 0, 0), 0),)
    if not _VALID.fullmatch(text):
        raise ValueError(f"`{whole}` is no range of versions")
    return tuple(_bound(part, whole) for part in _EACH.findall(text))


def _bound(text: str, whole: str) -> _Bound:
    match = _ONE.fullmatch(text)
    if match is None:
        raise ValueError(f"`{whole}` is no range of versions")
    operator, *numbers, pre, _build = match.groups()
    written = next((i for i, number in enumerate(numbers) if number in (None, "x", "X", "*")), 3)
    try:
        major, minor, patch = [*(int(number) for number in numbers[:written]), 0, 0, 0][:3]
    except ValueError:
        raise ValueError(f"`{whole}` is no range of versions") from None
    return _Bound(operator, Version(major, minor, patch, pre or ""), written)


def _holds(version: Version, group: tuple[_Bound, ...]) -> bool:
    if version.pre and not any(bound.version.pre for bound in group):
        return False
    return all(_CHECKS[bound.operator](version, bound) for bound in group)


def _equal(version: Version, bound: _Bound) -> bool:
    return _tilde(version, bound) if bound.written < 3 else version.order == bound.version.order


def _not_equal(version: Version, bound: _Bound) -> bool:
    known = bound.version
    if bound.written in (0, 3):
        return version.order != known.order
    differs = version[: bound.written] != known[: bound.written]
    return differs or (bound.written == 2 and version.pre != known.pre)


def _greater(version: Version, bound: _Bound) -> bool:
    if bound.written in (0, 3):
        return version.order > bound.version.order
    return version[: bound.written] > bound.version[: bound.written]


def _less(version: Version, bound: _Bound) -> bool:
    return version.order < bound.version.order


def _at_least(version: Version, bound: _Bound) -> bool:
    return not _less(version, bound)


def _at_most(version: Version, bound: _Bound) -> bool:
    if bound.written == 3:
        return not version.order > bound.version.order
    compared = 1 if bound.written == 1 else 2
    return version[:compared] <= bound.version[:compared]


def _tilde(version: Version, bound: _Bound) -> bool:
    known = bound.version
    if _less(version, bound):
        return False
    if known[:3] == (0, 0, 0) and bound.written in (0, 3):
        return True
    return version.major == known.major and (bound.written == 1 or version.minor == known.minor)


def _caret(version: Version, bound: _Bound) -> bool:
    known = bound.version
    if _less(version, bound):
        return False
    if known.major > 0 or bound.written == 1:
        return version.major == known.major
    if version.major > 0:
        return False
    if known.minor > 0 or bound.written == 2:
        return version.minor == known.minor
    return version.minor == 0 and version.patch == known.patch


_CHECKS: Final[dict[str, Callable[[Version, _Bound], bool]]] = {
    "": _equal,
    "=": _equal,
    "!=": _not_equal,
    ">": _greater,
    "<": _less,
    ">=": _at_least,
    "=>": _at_least,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
