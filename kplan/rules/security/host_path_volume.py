"""Any folder or file of the node in a pod."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS
from kplan.rules.context import Context
from kplan.rules.host_path import host_paths
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    for volume in host_paths(resource, context):
        may = "change" if volume.is_writable else "read"
        yield Problem(volume.field, f"its pods may {may} `{volume.path}` of the node they run on")
