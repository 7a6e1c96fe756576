"""Kubernetes versions. Inside kplan a version is its minor, an int: 36 stands for 1.36."""

from __future__ import annotations

import re

from kplan.errors import UsageError

OLDEST = 16
NEWEST = 37

_VERSION = re.compile(r"v?1\.(\d{1,3})(\.\d+)?([-+].*)?\Z")


def parse_version(text: str) -> int:
    """The minor of a version as users write it.

    >>> parse_version("1.36"), parse_version("v1.29.3"), parse_version("1.20.4+k3s1")
    (36, 29, 20)

    Raises UsageError for anything else, and for a minor that kplan has no data for.
    """
    match = _VERSION.match(text.strip())
    if not match:
        raise UsageError(f"`{text}` is no Kubernetes version; write it as 1.{NEWEST}")
    minor = int(match[1])
    if not OLDEST <= minor <= NEWEST:
        raise UsageError(f"Kubernetes 1.{minor} is not known; kplan knows 1.{OLDEST} to 1.{NEWEST}")
    return minor


def format_version(minor: int) -> str:
    """The version as users read it: `1.36`."""
    return f"1.{minor}"
