"""A role that runs commands in other pods."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import ROLES, granted
from kplan.rules.rule import rule

_WANTED = (
    ("", "pods/attach", ("create", "get")),
    ("", "pods/exec", ("create", "get")),
    ("", "pods/ephemeralcontainers", ("patch", "update")),
)
_MESSAGE = "`{}` gives it whatever the pods may do and read"
_HELP = "leave it to people, for as long as they need it"


@rule(severity=Severity.WARNING, kinds=ROLES, since="0.1")
def check(role: Resource, _context: Context) -> Iterator[Problem]:
    yield from granted(role, _WANTED, _MESSAGE, _HELP)
