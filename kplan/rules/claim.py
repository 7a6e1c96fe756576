"""Objects that claim the same thing: which comes first, and how sure it is that they meet in one cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeAlias

from kplan.model import FieldPath, Resource, Severity
from kplan.rules.context import Context

Claims: TypeAlias = dict[Hashable, list[tuple[Resource, FieldPath]]]
"""By what is claimed: the objects that do, and where that is written, in the order of the manifest."""

_MOST_COMPARED = 200

ClaimsOf: TypeAlias = Callable[[Resource, Context], Iterable[tuple[Hashable, FieldPath]]]


def gather(context: Context, kinds: tuple[str, ...], claims_of: ClaimsOf) -> Claims:
    """All that the objects of the kinds claim."""
    order = {id(resource): index for index, resource in enumerate(context.manifest.resources)}
    found: Claims = {}
    for resource in sorted(context.of_kinds(kinds), key=lambda r: order[id(r)]):
        for what, path in claims_of(resource, context):
            found.setdefault(what, []).append((resource, path))
    return found


def rivals(
    what: Hashable, resource: Resource, claims: Claims, context: Context
) -> Iterator[tuple[Resource, FieldPath]]:
    """The other objects that claim the same before this one does, of those that are applied together with it.

    Of very many only the first are looked at.
    """
    for other, path in claims.get(what, ())[:_MOST_COMPARED]:
        if other is resource:
            return
        if other.ref != resource.ref and context.build_of(other) == context.build_of(resource):
            yield other, path


def milder(one: Resource, other: Resource) -> Severity | None:
    """A warning between folders, each of which may be for a cluster of its own; else the severity of the rule."""
    same = os.path.dirname(one.source.file) == os.path.dirname(other.source.file)
    return None if same else Severity.WARNING
