"""The page of a rule: what stands at its head, for programs, and what people read."""

from __future__ import annotations

import os
from functools import cache
from typing import NamedTuple

PROFILES = {
    "default": "What is surely wrong, or will hurt.",
    "recommended": "And what a production workload should have.",
    "strict": "And what hardens it further, at a price in work or in room for other opinions.",
    "pss-baseline": "The default, and the Pod Security Standard `baseline` for every pod.",
    "pss-restricted": "The default, and the Pod Security Standard `restricted` for every pod.",
}
"""Every profile with what it holds, the mildest first."""

_PARTS = {
    "default": ("default",),
    "recommended": ("default", "recommended"),
    "strict": ("default", "recommended", "strict"),
    "pss-baseline": ("default", "pss-baseline"),
    "pss-restricted": ("default", "pss-restricted"),
}
_FENCE = "---\n"
_ENOUGH = 4096
"""Bytes of a page within which its head ends."""


class Head(NamedTuple):
    """The facts at the head of a page: the mildest profile that has the rule, and the rules of peers it answers to."""

    profile: str = "default"
    answers: tuple[str, ...] = ()


def profile_parts(profile: str) -> tuple[str, ...]:
    """The profiles whose rules a profile holds, itself among them. Raises KeyError for a name that is no profile."""
    return _PARTS[profile]


@cache
def read_head(path: str) -> Head:
    """The head of the page in a file; only its first bytes are read."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        start = os.read(descriptor, _ENOUGH)
    finally:
        os.close(descriptor)
    if not start.startswith(b"---"):
        return Head()
    return split_page(start.decode("utf-8", "ignore"))[0]


def split_page(page: str) -> tuple[Head, str]:
    r"""The head of a page, and the page without it. Raises ValueError for a head that is not of the form.

    >>> split_page("---\nprofile: strict\nanswers: kube-linter/sorted-keys\n---\n# a-rule\n")
    (Head(profile='strict', answers=('kube-linter/sorted-keys',)), '# a-rule\n')
    >>> split_page("# a-rule\n")
    (Head(profile='default', answers=()), '# a-rule\n')
    """
    page = page.replace("\r\n", "\n")
    if not page.startswith(_FENCE):
        return Head(), page
    written, fence, body = page[len(_FENCE) :].partition("\n---\n")
    if not fence:
        raise ValueError("the head of the page has no end")
    return _head(written), body


def _head(written: str) -> Head:
    facts: dict[str, str] = {}
    for line in written.split("\n"):
        key, colon, value = line.partition(": ")
        if not colon or key not in Head._fields or key in facts or not value.strip():
            raise ValueError(f"the head of a page has no such line: {line!r}")
        facts[key] = value.strip()
    profile = facts.get("profile", "default")
    if profile not in PROFILES:
        raise ValueError(f"there is no profile {profile!r}")
    return Head(profile, tuple(name.strip() for name in facts.get("answers", "").split(",") if name.strip()))
