"""`[[allow]]` tables of the configuration, as suppressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from kplan.config import Allow
from kplan.loader.ignore import file_matcher
from kplan.model import FieldPath, Finding, ObjectRef, Resource
from kplan.suppression.model import Suppression

_PART: Final = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")

Object = tuple[str, ObjectRef]


def entries(
    allows: Iterable[Allow], resources: Iterable[Resource], name_of: Callable[[str], str]
) -> tuple[Suppression, ...]:
    """The suppressions that `[[allow]]` tables are; `name_of` says what a file is called from their folder."""
    allows = tuple(allows)
    by_ref: dict[Object, Resource] = {}
    if any(allow.labels for allow in allows):
        by_ref = {(r.source.file, r.ref): r for r in resources}
    return tuple(_suppression(allow, by_ref, name_of) for allow in allows)


def _suppression(allow: Allow, by_ref: Mapping[Object, Resource], name_of: Callable[[str], str]) -> Suppression:
    is_meant = file_matcher(allow.files) if allow.files else None
    wanted = tuple(tuple(part[1] or part[2] for part in _PART.finditer(path)) for path in allow.paths)

    def covers(finding: Finding) -> bool:
        return (
            (is_meant is None or any(is_meant(name_of(file)) for file in _files(finding)))
            and _fits_object(allow, finding.ref)
            and (not allow.labels or _has_labels(finding, allow.labels, by_ref))
            and (not wanted or any(_leads_to(path, finding) for path in wanted))
        )

    return Suppression("configuration", allow.rules, allow.expires, allow.reason, allow.span, covers)


def _files(finding: Finding) -> Iterator[str]:
    span = finding.span
    while span is not None:
        yield span.file
        span = span.origin


def _fits_object(allow: Allow, ref: ObjectRef | None) -> bool:
    if ref is None:
        return not (allow.kinds or allow.namespaces or allow.names)
    kind = f"{ref.group}/{ref.kind}"
    return (
        (not allow.kinds or any(fnmatchcase(kind if "/" in glob else ref.kind, glob) for glob in allow.kinds))
        and (not allow.namespaces or any(fnmatchcase(ref.namespace, glob) for glob in allow.namespaces))
        and (not allow.names or any(fnmatchcase(ref.name, glob) for glob in allow.names))
    )


def _has_labels(finding: Finding, globs: tuple[str, ...], by_ref: Mapping[Object, Resource]) -> bool:
    resource = by_ref.get((finding.span.file, finding.ref)) if finding.span and finding.ref else None
    labels = resource.get("metadata", "labels") if resource else None
    if not isinstance(labels, dict):
        return False
    for glob in globs:
        key, equals, value = glob.partition("=")
        pairs = ((str(k), str(v)) for k, v in labels.items())
        if not any(fnmatchcase(k, key) and (not equals or fnmatchcase(v, value)) for k, v in pairs):
            return False
    return True


def _leads_to(wanted: tuple[str, ...], finding: Finding) -> bool:
    """Whether the wanted way leads to the field of a finding, or to something that the field is in.

    Items of lists are known by their number and by their name; `**` stands for any part of the way.
    """
    return any(_fits(wanted, path) for path in (finding.path, finding.named))


def _fits(wanted: tuple[str, ...], path: FieldPath) -> bool:
    if not wanted:
        return True
    if wanted[0] == "**":
        return any(_fits(wanted[1:], path[index:]) for index in range(len(path) + 1))
    return bool(path) and fnmatchcase(str(path[0]), wanted[0]) and _fits(wanted[1:], path[1:])
