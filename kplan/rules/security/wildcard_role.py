"""A role that allows whatever there is, or will be."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.grant import ROLES, grants
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=ROLES, since="0.1")
def check(role: Resource, _context: Context) -> Iterator[Problem]:
    for grant in grants(role):
        if grant.is_everything:
            yield Problem(grant.path, "every verb on every resource: as much as `cluster-admin`", _HELP)
            continue
        for field, items in (("resources", grant.resources), ("verbs", grant.verbs)):
            if "*" in items:
                yield Problem((*grant.path, field), f"`*` means all {field}, those of later versions too", _HELP)


_HELP = "name what is needed"
