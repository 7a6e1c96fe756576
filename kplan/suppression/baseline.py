"""Findings that are known, in a file: only what is new is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from kplan.errors import InputError, UsageError
from kplan.model import Finding
from kplan.model.fingerprint import fingerprints

VERSION: Final = 1


class Known(NamedTuple):
    """A finding as the file has it: enough to be found again, and to be understood in a review."""

    file: str
    rule: str
    object: str
    message: str
    fingerprint: str


class Baseline(NamedTuple):
    """All findings of a baseline file, sorted."""

    known: tuple[Known, ...] = ()


def read_baseline(file: str) -> Baseline:
    """The baseline in a file. Raises InputError where it cannot be read, UsageError where it is no baseline."""
    try:
        with open(file, "rb") as stream:
            data = json.loads(stream.read())
    except OSError as error:
        hint = "; --update-baseline writes one" if isinstance(error, FileNotFoundError) else ""
        raise InputError(f"the baseline `{file}` cannot be read: {error.strerror or error}{hint}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the baseline `{file}` is no JSON: {error}") from None
    version = data.get("version") if isinstance(data, dict) else None
    if version != VERSION:
        raise UsageError(f"`{file}` is no baseline of version {VERSION}; --update-baseline writes a new one")
    return Baseline(tuple(_known(file, one) for one in data.get("findings") or ()))


def _known(file: str, data: Any) -> Known:
    given = data if isinstance(data, dict) else {}
    values = [given[field] for field in Known._fields if isinstance(given.get(field), str)]
    if len(values) != len(Known._fields):
        raise UsageError(f"`{file}` is no baseline: a finding has the texts {', '.join(Known._fields)}")
    return Known(*values)


def without_known(
    findings: Iterable[Finding], baseline: Baseline, name_of: Callable[[str], str]
) -> tuple[Finding, ...]:
    """The findings that the baseline does not have; `name_of` says what a file is called in it."""
    prints = {known.fingerprint for known in baseline.known}
    findings = tuple(findings)
    found = zip(findings, fingerprints(findings, name_of), strict=True)
    return tuple(finding for finding, fingerprint in found if fingerprint not in prints)


def updated(
    before: Baseline,
    findings: Iterable[Finding],
    name_of: Callable[[str], str],
    is_judged: Callable[[Known], bool],
) -> Baseline:
    """The baseline that has these findings, and those of before that have not been judged anew.

    `is_judged` says whether a finding of before would be among the findings, were it still to be found.
    """
    findings = tuple(findings)
    now = {
        Known(name_of(f.span.file) if f.span else "", f.rule, _object(f), f.message, fingerprint)
        for f, fingerprint in zip(findings, fingerprints(findings, name_of), strict=True)
    }
    return Baseline(tuple(sorted(now.union(known for known in before.known if not is_judged(known)))))


def _object(finding: Finding) -> str:
    ref = finding.ref
    return "/".join(part for part in (ref.kind, ref.namespace, ref.name) if part) if ref else ""


def baseline_text(baseline: Baseline) -> str:
    """The text of a baseline file."""
    findings = [known._asdict() for known in baseline.known]
    return json.dumps({"version": VERSION, "findings": findings}, indent=1, ensure_ascii=False) + "\n"
