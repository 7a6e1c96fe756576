"""Pods that share namespaces with their node."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_SHARED = {
    "hostNetwork": "its pods have the network of the node, and pass over network policies",
    "hostPID": "its pods see all processes of the node, with their environment",
    "hostIPC": "its pods share the memory that processes of the node share",
}


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    for field, message in _SHARED.items() if pods else ():
        if pods and pods.spec.get(field) is True:
            yield Problem((*pods.path, field), message)
