"""The strict check of objects against the API's own types: what decoding refuses.

Every answer is a pair of rule id and problem. The rules: `unknown-kind`, `removed-api` and `deprecated-api` are about
the version and kind; `unknown-field`, `wrong-type` and `missing-field` about the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource
from kplan.schema.custom import NO_CUSTOM_TYPES, CustomType, CustomTypes, custom_types
from kplan.schema.unchecked import Unchecked, unchecked

__all__ = ["NO_CUSTOM_TYPES", "CustomType", "CustomTypes", "Unchecked", "check", "custom_types", "unchecked"]


def check(resource: Resource, minor: int, custom: CustomTypes = NO_CUSTOM_TYPES) -> Iterator[tuple[str, Problem]]:
    """What an API server of this minor would not decode, or decodes with a warning: (rule id, problem) pairs.

    Unknown kinds are checked no further; kinds that went are checked against their last schema.
    """
    from kplan.schema.judge import judge

    judgement = judge(resource.api_version, resource.kind, minor, custom)
    yield from judgement.problems
    if judgement.is_clean is not None and not judgement.is_clean(resource.data):
        from kplan.schema.explain import explain

        assert judgement.type is not None
        yield from explain(resource.data, judgement.type, judgement.named)
