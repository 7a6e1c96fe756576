"""A container that may use more than the scheduler keeps for it, of what cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.amount import quantity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.lasting if pods else ():
        for name in ("memory", "ephemeral-storage"):
            written = [container.get("resources", side, name) for side in ("requests", "limits")]
            request, limit = map(quantity, written)
            if request is not None and limit is not None and request < limit:
                yield container.has(
                    f"{name} limit `{written[1]}` is above the request `{written[0]}`",
                    *("resources", "limits", name),
                    help="what is used above the request may be gone when it is needed: make them equal",
                )
