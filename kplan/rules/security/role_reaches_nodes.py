"""A role that talks to the kubelets themselves."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import ROLES, granted
from kplan.rules.rule import rule

_WANTED = (("", "nodes/proxy", ("create", "get")),)
_MESSAGE = "`{}` reaches every pod of every node, past admission and audit"
_HELP = "for metrics and health `nodes/metrics`, `nodes/stats` and `nodes/healthz` are enough"


@rule(severity=Severity.WARNING, kinds=ROLES, since="0.1")
def check(role: Resource, _context: Context) -> Iterator[Problem]:
    yield from granted(role, _WANTED, _MESSAGE, _HELP)
