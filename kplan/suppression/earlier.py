"""Findings that were there before a change: only what it brings is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kplan.model import Finding
from kplan.model.fingerprint import fingerprints


def without_earlier(
    findings: Iterable[Finding],
    before: Iterable[Finding],
    name_of: Callable[[str], str],
    name_before: Callable[[str], str],
    is_meant: Callable[[Finding], bool],
) -> tuple[Finding, ...]:
    """The findings that are not among those of before, and those that are meant all the same.

    `name_of` and `name_before` say what a file is called, so that both sides call the same file by one name.
    """
    known = frozenset(fingerprints(before, name_before))
    findings = tuple(findings)
    found = zip(findings, fingerprints(findings, name_of), strict=True)
    return tuple(finding for finding, fingerprint in found if fingerprint not in known or is_meant(finding))
