"""A container that is told to run as root, and not to."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, Container, Pods, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_USER = ("securityContext", "runAsUser")
_NON_ROOT = ("securityContext", "runAsNonRoot")


@rule(severity=Severity.ERROR, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for container in pods.containers if pods and not pods.is_windows else ():
        assert pods is not None
        user = pods.security(container, "runAsUser")
        if pods.security(container, "runAsNonRoot") is True and type(user) is int and user == 0:
            yield _problem(pods, container)


def _problem(pods: Pods, container: Container) -> Problem:
    user, non_root = (container if container.get(*path) is not None else pods for path in (_USER, _NON_ROOT))
    return Problem(
        (*user.path, *_USER),
        f"user 0 is root, and `runAsNonRoot` forbids it: container `{container.name}` never starts",
        help="name another user, or leave it out where the image has one of its own",
        related=((pods.owner, (*non_root.path, *_NON_ROOT), "it is forbidden here"),),
    )
