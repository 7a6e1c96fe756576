"""Semantic versions in CEL.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/cel/library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kplan.cel.library.call import CallError, Value, content, holds

_SEMVER = "kubernetes.Semver"


_NUMBER = "(0|[1-9][0-9]*)"


_PART = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"


_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_PART}(?:\.{_PART})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z"
)


def semver(text: str, normalize: bool = False) -> Value:
    """A semantic version; `normalize` allows a leading v, leading zeros and parts left out.

    >>> semver("v1.02", True) == semver("1.2.0"), precedence(semver("1.2.0-rc.2")) < precedence(semver("1.2.0-rc.10"))
    (True, True)
    """
    plain = _normalized(text) if normalize else text
    match = _VERSION.match(plain)
    if not match:
        raise CallError(f"could not parse semver: {text}")
    major, minor, patch, pre = match.groups()
    return {_SEMVER: f"{major}.{minor}.{patch}" + (f"-{pre}" if pre else "")}


is_semver = holds(semver)


def _normalized(text: str) -> str:
    parts = [_without_zeros(part) for part in text.removeprefix("v").split(".", 2)]
    if len(parts) < 3 and any(sign in parts[-1] for sign in "+-"):
        raise CallError("short version cannot contain PreRelease/Build meta data")
    return ".".join([*parts, "0", "0"][: max(len(parts), 3)])


def _without_zeros(part: str) -> str:
    if len(part) < 2:
        return part
    bare = part.lstrip("0")
    return bare if bare[:1].isdecimal() else f"0{bare}"


def is_version(value: Value) -> bool:
    """Whether a value is a version."""
    return _SEMVER in value


def precedence(value: Value) -> tuple[Any, ...]:
    """What versions are ordered by: one that leads up to another comes before it."""
    core, dash, pre = content(value, _SEMVER).partition("-")
    parts = [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in pre.split(".")] if dash else []
    return (*map(int, core.split(".")), not dash, parts)


def version_part(index: int) -> Callable[[Value], int]:
    """A function that gives the major (0), minor (1) or patch (2) number of a version."""

    def get(value: Value) -> int:
        return int(content(value, _SEMVER).partition("-")[0].split(".")[index])

    return get
