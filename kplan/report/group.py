"""Findings that say the same of the same object in many files, or that come from one place of a template."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from kplan.model import Finding
from kplan.report.cell import one_line
from kplan.report.place import shown

NAMED = 3
"""So many of the other places of a group are named, the rest are counted."""


class Group(NamedTuple):
    """Findings that a reader needs to see once: the first, and the others in order."""

    first: Finding
    others: tuple[Finding, ...]

    @property
    def places(self) -> str:
        """How many others there are and where the first of them stand; "" where there are none.

        `and 399 more: a.yaml:5:3, b.yaml:5:3, c.yaml:5:3, ...`
        """
        if not self.others:
            return ""
        named = ", ".join(one_line(str(f.span)) for f in self.others[:NAMED])
        return f"and {len(self.others)} more: {named}{', ...' if len(self.others) > NAMED else ''}"


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The findings by group, in the order of their first.

    Two are of one group where rule, severity, message, help and field are the same and the objects differ in their file
    and namespace at most, or where all but the field and object is the same and both come from one place of a template.
    """
    found: dict[Hashable, list[Finding]] = {}
    for number, finding in enumerate(findings):
        found.setdefault(_key(finding) or number, []).append(finding)
    return [Group(members[0], tuple(members[1:])) for members in found.values()]


def _key(finding: Finding) -> Hashable:
    said = (finding.rule, finding.severity, finding.message, finding.help)
    span, ref = finding.span, finding.ref
    if span is None:
        return None
    if span.origin is not None:
        place = shown(span)
        return (*said, place.file, place.start, place.end)
    return (*said, finding.path, ref.group, ref.kind, ref.name) if ref is not None and ref.name else None
