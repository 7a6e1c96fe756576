"""The old name of a field."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    old, new = (pods.spec.get(name) for name in ("serviceAccount", "serviceAccountName")) if pods else (None, None)
    if pods and old and new != old:
        wins = f", and `serviceAccountName: {new}` wins" if new else ""
        yield Problem(
            (*pods.path, "serviceAccount"),
            f"`serviceAccount` is the old name of the field{wins}",
            help="write `serviceAccountName`",
            at="key",
        )
