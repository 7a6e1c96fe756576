"""A hook that waits until there is no time left to stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, Container, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_SLEEP = re.compile(r"(?:^|[;&|\s])(?:/usr)?(?:/bin/)?sleep\s+(\d+)(s|m|)(?=$|[;&|\s])")
_DEFAULT_GRACE_S = 30


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None:
        return
    grace = pods.spec.get("terminationGracePeriodSeconds")
    grace_s = _DEFAULT_GRACE_S if grace is None else grace
    for container in pods.lasting if type(grace_s) is int else ():
        slept_s = _slept_s(container)
        if slept_s >= max(grace_s, 1):
            yield container.has(
                f"the hook sleeps for {slept_s} s, and after {grace_s} s the container is killed",
                *("lifecycle", "preStop"),
                at="key",
                help=f"set `terminationGracePeriodSeconds` of the pod to more than {slept_s}",
            )


def _slept_s(container: Container) -> int:
    """Seconds that the hook surely sleeps."""
    seconds = container.get("lifecycle", "preStop", "sleep", "seconds")
    if type(seconds) is int:
        return seconds
    command: Any = container.get("lifecycle", "preStop", "exec", "command")
    if not isinstance(command, list):
        return 0
    found = [int(m[1]) * (60 if m[2] == "m" else 1) for m in _SLEEP.finditer(" ".join(map(str, command)))]
    return sum(found)
