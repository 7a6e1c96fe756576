"""A role that reads Secrets, whichever there are."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import ROLES, grants
from kplan.rules.rule import rule

_READ = ("get", "list", "watch")


@rule(severity=Severity.WARNING, kinds=ROLES, since="0.1")
def check(role: Resource, _context: Context) -> Iterator[Problem]:
    for grant in grants(role):
        path = None if grant.names else grant.given("secrets", _READ)
        if path is not None:
            where = "every namespace it is bound in" if role.kind == "ClusterRole" else "its namespace"
            yield Problem(
                path,
                f"it reads all Secrets of {where}, the tokens of other accounts too",
                help="name the Secrets with `resourceNames`, and leave out `list` and `watch`",
                severity=None if role.kind == "ClusterRole" else Severity.NOTE,
            )
