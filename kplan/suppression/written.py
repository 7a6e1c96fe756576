"""All suppressions that stand in manifests and in the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kplan.config import Allow
from kplan.model import Manifest
from kplan.model.fingerprint import posix
from kplan.suppression.annotation import in_annotations
from kplan.suppression.comment import comments, suppression_of
from kplan.suppression.entry import entries
from kplan.suppression.model import Suppression

MARK = "kplan"
"""A file without this word has neither comments nor annotations for kplan."""


def suppressions(
    manifest: Manifest, allows: Iterable[Allow] = (), name_of: Callable[[str], str] = posix
) -> tuple[Suppression, ...]:
    """The suppressions in the files of a manifest that speak of kplan, and the `[[allow]]` tables."""
    return (*_in_comments(manifest), *_in_annotations(manifest), *entries(allows, manifest.resources, name_of))


def _in_comments(manifest: Manifest) -> Iterator[Suppression]:
    mine = {file for file, marks in manifest.marks.items() if MARK in marks and not file.endswith(".json")}
    texts = {file: text for file, text in manifest.texts.items() if "kplan:" in text and not file.endswith(".json")}
    for resource in manifest.resources if mine else ():
        file = resource.source.file
        if file in mine and file not in texts:
            texts[file] = resource.source.text()
    written = set(manifest.files)
    for file in sorted(texts):
        for comment in comments(file, texts[file]) if "kplan:" in texts[file] else ():
            # What a render has put into a text stands in the template as well, and is told there.
            yield suppression_of(comment, told=file in written)


def _in_annotations(manifest: Manifest) -> Iterator[Suppression]:
    if any(MARK in marks for marks in manifest.marks.values()):
        for resource in manifest.resources:
            if MARK in manifest.marks.get(resource.source.file, ()):
                yield from in_annotations(resource)
