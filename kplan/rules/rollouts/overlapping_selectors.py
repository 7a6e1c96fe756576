"""Two workloads of which one selects the other's pods."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk
from kplan.rules.template import labels, selector, template

_KINDS = ("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "ReplicationController")
_PLAIN = {kind.rpartition("/")[2] for kind in _KINDS}


@risk(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if workload not in outlook.after:
        return
    mine = selector(outlook.stored(workload, False), workload.kind)
    if not mine.requirements:
        return
    seen = False
    for other in outlook.workloads_with(mine, workload.namespace):
        if other == workload or other.kind not in _PLAIN or _is_adopted(workload, other):
            seen = seen or other == workload
            continue
        gone = other not in outlook.after
        theirs = selector(outlook.stored(other, gone), other.kind)
        mutual = theirs.matches(labels(template(outlook.stored(workload, False), workload.kind)))
        if (gone and outlook.verb(workload) == Verb.CREATE) or (mutual and not seen) or workload not in outlook.scenes:
            continue  # said of the one that is renamed, or of the first of the two
        yield Hazard(
            f"its selector `{mine}` takes the pods of {other} too{', and the other way round' if mutual else ''}: "
            "autoscalers and budgets count both, and a pod without owner goes to either",
            help="give each workload a label of its own, in its selector and its template",
            path=("spec", "selector"),
            at="key",
        )


def _is_adopted(workload: ObjectRef, other: ObjectRef) -> bool:
    """A Deployment takes a ReplicaSet that it selects as one of its own."""
    return {workload.kind, other.kind} == {"Deployment", "ReplicaSet"}
