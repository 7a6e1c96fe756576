"""The same object twice."""

from __future__ import annotations

import os
from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.ERROR, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    same = context.by_ref[resource.ref]
    if len(same) < 2 or not resource.get("metadata", "name"):
        return
    first = next(r for r in same if r is resource or _collide(r, resource, context))
    if first is not resource:
        yield Problem(
            ("metadata", "name"),
            f"{resource.ref} is defined twice{_where(resource)}",
            help="the one applied last wins",
            related=((first, ("metadata", "name"), "first defined here"),),
            severity=_severity(first, resource),
        )


def _collide(one: Resource, other: Resource, context: Context) -> bool:
    return context.build_of(one) == context.build_of(other) and not (_is_hook(one) and _is_hook(other))


def _severity(first: Resource, second: Resource) -> Severity | None:
    """Folders may be for clusters of their own, so between them it is less sure to be a fault."""
    if _folder(first) == _folder(second):
        return None
    return Severity.NOTE if first.data == second.data else Severity.WARNING


def _where(resource: Resource) -> str:
    return f" in namespace `{resource.ref.namespace}`" if resource.ref.namespace else ""


def _folder(resource: Resource) -> str:
    return os.path.dirname(resource.source.file)


def _is_hook(resource: Resource) -> bool:
    """Helm runs hooks one after the other, and may delete one before the next of the same name."""
    return resource.get("metadata", "annotations", "helm.sh/hook") is not None
