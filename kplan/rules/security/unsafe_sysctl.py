"""Settings of the kernel that nodes do not let pods change."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.pod_security import Policy, violations
from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None or not value_at(pods.spec, "securityContext", "sysctls"):
        return
    for violation in violations({"spec": pods.spec}, Policy("baseline"), context.minor):
        for path in violation.paths if violation.check == "sysctls" else ():
            field = (*pods.path, *path[1:])
            yield Problem(
                field,
                f"nodes refuse pods that set `{resource.get(*field)}`",
                help="unless their kubelet has it in `allowedUnsafeSysctls`; other pods of the node may feel it",
            )
