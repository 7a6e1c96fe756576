"""A container that runs as a user who may exist on the node."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.rule import rule

_FIRST_HIGH = 10_000


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None or pods.has_own_users:
        return
    holders = [(pods.spec, pods.path), *((c.data, c.path) for c in pods.containers)]
    for holder, path in holders:
        written = holder.get("securityContext")
        for field in ("runAsUser", "runAsGroup") if isinstance(written, dict) else ():
            number = value_at(written, field)
            if type(number) is int and 0 < number < _FIRST_HIGH:
                yield Problem(
                    (*path, "securityContext", field),
                    f"`{field}: {number}` may be somebody on the node, too",
                    help=f"use {_FIRST_HIGH} or more",
                )
