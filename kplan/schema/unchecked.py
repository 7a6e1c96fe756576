"""Objects that nothing is known of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kplan.model import Resource
from kplan.schema.custom import CustomTypes


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A custom kind without a schema: how many objects of it there are, and the first."""

    api_version: str
    kind: str
    count: int
    first: Resource


def unchecked(resources: Iterable[Resource], minor: int, custom: CustomTypes) -> list[Unchecked]:
    """The kinds that `check` had no schema for and no fault to find with, in the order of their first objects."""
    from kplan.schema.judge import judge

    found: dict[tuple[str, str], Unchecked] = {}
    for resource in resources:
        judgement = judge(resource.api_version, resource.kind, minor, custom)
        if judgement.type is None and not judgement.problems:
            key = (resource.api_version, resource.kind)
            seen = found.get(key)
            found[key] = replace(seen, count=seen.count + 1) if seen else Unchecked(*key, 1, resource)
    return list(found.values())
