"""What the API server says of one object by itself: it decodes it, and judges the values of what it could decode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kplan.model import Problem, Resource
from kplan.schema import CustomTypes, check
from kplan.schema.judge import judge
from kplan.validation import is_judged, validate

Answer = tuple[str, Problem]

_MISSING: Final = "missing-field"
_DECODED: Final = frozenset((_MISSING, "deprecated-api"))
"""What the schema finds in objects that the server decodes all the same."""


def verdict(resource: Resource, minor: int, custom: CustomTypes) -> Iterator[Answer]:
    """What Kubernetes 1.`minor` has against an object: (rule id, problem) pairs.

    A value that is missing is named once, in the server's words where there are any. An object that no schema is known
    for is not judged.
    """
    found = list(check(resource, minor, custom))
    if not _DECODED.issuperset(rule_id for rule_id, _ in found):
        return iter(found)
    if judge(resource.api_version, resource.kind, minor, custom).type is None:
        return iter(found)
    faults = [(fault.rule, Problem(fault.path, fault.message, fault.help)) for fault in validate(resource.data, minor)]
    return iter([*(each for each in found if not _is_said(each, resource)), *faults])


def _is_said(answer: Answer, resource: Resource) -> bool:
    """Whether validation says of itself that something is missing: it judges the metadata of all kinds."""
    rule_id, problem = answer
    return rule_id == _MISSING and (problem.path[0] == "metadata" or is_judged(resource.api_version, resource.kind))
