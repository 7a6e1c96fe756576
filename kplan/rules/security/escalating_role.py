"""A role whose owner can get more rights than it holds."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import RBAC, ROLES, granted
from kplan.rules.rule import rule

_WANTED = (
    (RBAC, "clusterroles", ("bind", "escalate")),
    (RBAC, "roles", ("bind", "escalate")),
    ("", "groups", ("impersonate",)),
    ("", "serviceaccounts", ("impersonate",)),
    ("", "users", ("impersonate",)),
    ("", "serviceaccounts/token", ("create",)),
    ("certificates.k8s.io", "certificatesigningrequests/approval", ("patch", "update")),
    ("certificates.k8s.io", "signers", ("approve", "sign")),
)
_MESSAGE = "`{}` lets it take rights that nobody gave it"
_HELP = "name the objects that are meant with `resourceNames`, or leave it out"


@rule(severity=Severity.WARNING, kinds=ROLES, since="0.1")
def check(role: Resource, _context: Context) -> Iterator[Problem]:
    yield from granted(role, _WANTED, _MESSAGE, _HELP)
