"""A Helm hook of an event that there is none of."""

from collections.abc import Iterator
from typing import Final

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule

_HOOK: Final = "helm.sh/hook"


@rule(severity=Severity.WARNING, since="0.2")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    said = resource.get("metadata", "annotations", _HOOK)
    if said is None:
        return
    from kplan.render.remark import hook_fault

    fault = hook_fault(said)
    if fault:
        yield Problem(("metadata", "annotations", _HOOK), fault[0], help=fault[1])
