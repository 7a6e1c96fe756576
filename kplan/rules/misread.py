"""What could not be read as it was meant: other rules do not build on it, so that one mistake is told once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from kplan.k8s.selector import similar
from kplan.model import FieldPath, Finding, Manifest, ObjectRef, Resource
from kplan.rules.pod import PodSource
from kplan.rules.slip import is_slip

_MISPLACED: Final = ("unknown-field", "wrong-type")
_UNREAD: Final = ("yaml-syntax", "not-an-object", "unrendered-template")
_SEPARATOR: Final = re.compile(r"^---.*$", re.M)
_WORD: Final = re.compile(r"[\w.-]+")


class Misread(NamedTuple):
    """Fields that the API does not know or cannot decode, kinds that it does not know, and words of unread text.

    `fields` are those of an object, by its file and identity. `words` are all that stands in documents that could not
    be read: what is missing elsewhere may be there.
    """

    fields: dict[tuple[str, ObjectRef], list[FieldPath]]
    kinds: frozenset[tuple[str, str]]
    words: frozenset[str]

    def labels_of(self, source: PodSource) -> bool:
        """Whether the labels of the pods may be others than those that were read."""
        return self.may_hold(source.owner, (*source.path, "metadata", "labels"))

    def ports_of(self, source: PodSource) -> bool:
        """Whether the pods may have more ports than those that were read."""
        if not self.fields:
            return False
        path = (*source.path, "spec", "containers")
        containers = source.owner.get(*path)
        count = len(containers) if isinstance(containers, list) else 0
        return self.may_hold(source.owner, path) and (
            not count or any(self.may_hold(source.owner, (*path, index, "ports")) for index in range(count))
        )

    def may_hold(self, resource: Resource, path: FieldPath) -> bool:
        """Whether what belongs at `path` of an object may be at a place, or of a type, where it is not read.

        So it may where the field, or one around it or below it, is not known or of a wrong type; where a field of its
        name stands elsewhere; and where it is absent and a field of a like name stands in its place.
        """
        slipped = self.fields.get((resource.source.file, resource.ref)) if self.fields else None
        return any(_concerns(slip, path, resource) for slip in slipped or ())

    def may_be(self, ref: ObjectRef) -> bool:
        """Whether an object may be meant to exist that could not be read, or whose kind is misspelt."""
        return ref.name in self.words or any(
            name == ref.name and is_slip(kind.lower(), ref.kind.lower()) for kind, name in self.kinds
        )


NOTHING_MISREAD: Final = Misread({}, frozenset(), frozenset())


def misread(manifest: Manifest, found: Iterable[Finding]) -> Misread:
    """What the findings of reading and of the API's own schema say of a manifest."""
    fields: dict[tuple[str, ObjectRef], list[FieldPath]] = defaultdict(list)
    kinds: set[tuple[str, str]] = set()
    for finding in found:
        if finding.ref is None or finding.span is None:
            continue
        if finding.rule in _MISPLACED:
            fields[finding.span.file, finding.ref].append(finding.path)
        elif finding.rule == "unknown-kind":
            kinds.add((finding.ref.kind, finding.ref.name))
    return Misread(dict(fields), frozenset(kinds), frozenset(_unread_words(manifest)))


def _unread_words(manifest: Manifest) -> Iterator[str]:
    for finding in manifest.findings:
        if finding.rule in _UNREAD and finding.span is not None:
            text = manifest.texts.get(finding.span.file, "")
            yield from _WORD.findall(_document(text, finding.span.start.line))


def _document(text: str, line: int) -> str:
    """The document of a stream that has a line, counted from 1."""
    start = sum(len(each) + 1 for each in text.split("\n")[: line - 1])
    parts = [0, *(found.end() for found in _SEPARATOR.finditer(text)), len(text) + 1]
    return next((text[a:b] for a, b in pairwise(parts) if a <= start < b), text)


def _concerns(slip: FieldPath, path: FieldPath, resource: Resource) -> bool:
    if slip[: len(path)] == path or path[: len(slip)] == slip or slip[-1:] == path[-1:]:
        return True
    absent = next((depth for depth in range(1, len(path) + 1) if resource.get(*path[:depth]) is None), None)
    if absent is None or slip[:-1] != path[: absent - 1]:
        return False
    return similar(str(slip[-1]), str(path[absent - 1]))
