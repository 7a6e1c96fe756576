"""Custom resources that refer to an object that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.link import dangling
from kplan.rules.link_rule import referring_kinds
from kplan.rules.rule import rule

_NAME = "dangling-custom-reference"


@rule(severity=Severity.ERROR, kinds=referring_kinds(_NAME), since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    yield from dangling(_NAME, resource, context)
