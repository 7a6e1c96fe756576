"""The end of a report: how much was found, how much was checked, and what was not and why."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.version import format_version
from kplan.model import Severity, Unchecked
from kplan.pipeline import Lint
from kplan.report.cell import one_line
from kplan.report.colour import Paint, plain

_NAMED = 3
"""So many of the things that were not checked are named."""


def summary(lint: Lint, paint: Paint = plain) -> Iterator[str]:
    """The lines of the end: how much was found (nothing where nothing was), then the coverage."""
    if lint.findings:
        yield counts(lint, paint)
        yield from fixes(lint)
    yield coverage(lint)


def counts(lint: Lint, paint: Paint = plain) -> str:
    """How many findings there are of each severity: `2 errors, 1 warning`; "" where there are none."""
    return ", ".join(paint(str(s), plural(n, str(s))) for s in reversed(Severity) if (n := lint.count(s)))


def fixes(lint: Lint) -> Iterator[str]:
    """How many findings `kplan fix` can probably fix; nothing where it can fix none."""
    from kplan.fixer import may_be_fixed

    count = sum(map(may_be_fixed, lint.findings))
    if count:
        yield f"{plural(count, 'finding')} can be fixed with `kplan fix`"


def coverage(lint: Lint) -> str:
    """How much was read and judged by which version, and what was not checked and why, in one line."""
    manifest = lint.manifest
    read = f"{plural(len(manifest.files), 'file')}, {plural(len(manifest), 'object')}"
    parts = [f"{read} checked against Kubernetes {', '.join(map(format_version, lint.minors))}"]
    if lint.unchecked:
        total = sum(one.count for one in lint.unchecked)
        parts.append(f"{total} not checked: {', '.join(map(unchecked_text, lint.unchecked))}")
    if manifest.skipped:
        parts.append(f"{plural(len(manifest.skipped), 'document')} skipped (no objects)")
    if allowed := {what: count for what, count in lint.allowed.items() if what != "revision"}:
        by = ", ".join(f"{count} by {what}" for what, count in allowed.items())
        parts.append(f"{plural(sum(allowed.values()), 'finding')} allowed ({by})")
    if earlier := lint.allowed.get("revision"):
        parts.append(f"{plural(earlier, 'finding')} not of this change")
    return "; ".join(parts)


def unchecked_text(unchecked: Unchecked) -> str:
    """What was not checked and why, with the first few by name.

    >>> unchecked_text(Unchecked("object", "without schema", 4, ("a/v1/A", "b/v1/B", "c/v1/C", "d/v1/D")))
    '4 objects without schema (a/v1/A, b/v1/B, c/v1/C, ...)'
    """
    if not unchecked.where:
        return str(unchecked)
    more = ", ..." if len(unchecked.where) > _NAMED else ""
    return f"{unchecked} ({', '.join(map(one_line, unchecked.where[:_NAMED]))}{more})"


def plural(count: int, noun: str) -> str:
    """The count with its noun.

    >>> plural(1, "file"), plural(0, "object")
    ('1 file', '0 objects')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
