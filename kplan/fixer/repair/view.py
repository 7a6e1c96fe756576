"""What a repair may look at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from kplan.fixer.document import Edit
from kplan.fixer.file import File
from kplan.fixer.outcome import Safety
from kplan.model import FieldPath, Finding, Manifest, Resource

if TYPE_CHECKING:
    from kplan.fixer.tree import Node
    from kplan.rules.context import Context


class Repair(NamedTuple):
    """One way to mend what a finding is about: an edit of the object, or of the whole document where `whole`.

    `touched` is the path that the edit leaves changed.
    """

    finding: Finding
    message: str
    edit: Edit
    safety: Safety = "safe"
    resource: Resource | None = None
    whole: bool = False
    touched: FieldPath = ()


class View:
    """A manifest with the files that it was read from."""

    def __init__(self, manifest: Manifest, files: dict[str, File], minor: int) -> None:
        self.manifest = manifest
        self.files = files
        self.minor = minor

    @cached_property
    def context(self) -> Context:
        """Indexes over the manifest."""
        from kplan.rules.context import Context

        return Context(self.manifest, self.minor)

    @cached_property
    def _by_ref(self) -> dict[tuple[str, object], list[Resource]]:
        found: dict[tuple[str, object], list[Resource]] = {}
        for resource in self.manifest.resources:
            found.setdefault((resource.source.file, resource.ref), []).append(resource)
        return found

    def resource(self, finding: Finding) -> Resource | None:
        """The object that a finding is about; None where there is none, or several that it may be."""
        if finding.span is None or finding.ref is None:
            return None
        candidates = self._by_ref.get((finding.span.file, finding.ref), [])
        if len(candidates) > 1:
            candidates = [r for r in candidates if _begins(r, finding)]
        return candidates[0] if len(candidates) == 1 else None

    def written(self, resource: Resource, path: FieldPath) -> str | None:
        """The text of a scalar of an object, as it is written."""
        from kplan.fixer.repair.place import written

        root = self._root(resource)
        return written(root, (*self.files[resource.source.file].document(resource)[2], *path)) if root else None

    def _root(self, resource: Resource) -> Node | None:
        from kplan.fixer.tree import Unfixable

        try:
            return self.files[resource.source.file].document(resource)[0].root()
        except Unfixable:
            return None


def _begins(resource: Resource, finding: Finding) -> bool:
    assert finding.span is not None
    starts = {resource.source.span(finding.path, "key").start, resource.source.span(finding.path).start}
    return finding.span.start in starts
