"""A role that creates pods, itself or by a workload."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import ROLES, granted
from kplan.rules.rule import rule

_WANTED = (
    ("", "pods", ("create",)),
    ("", "replicationcontrollers", ("create",)),
    ("apps", "daemonsets", ("create",)),
    ("apps", "deployments", ("create",)),
    ("apps", "replicasets", ("create",)),
    ("apps", "statefulsets", ("create",)),
    ("batch", "cronjobs", ("create",)),
    ("batch", "jobs", ("create",)),
)
_MESSAGE = "who creates `{}` can use every Secret and every account of the namespace"
_HELP = "keep such rights to namespaces that hold nothing else"


@rule(severity=Severity.WARNING, kinds=ROLES, since="0.1")
def check(role: Resource, _context: Context) -> Iterator[Problem]:
    yield from granted(role, _WANTED, _MESSAGE, _HELP)
