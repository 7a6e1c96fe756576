"""`replicas` goes from the manifest, and with it the size of the workload."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook, plural
from kplan.rules.rule import risk

_KINDS = ("apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet", "ReplicationController")


@risk(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if workload not in outlook.after or workload not in outlook.before:
        return
    if outlook.after[workload].get("spec", "replicas") is not None:
        return
    for field in outlook.changes[workload].fields:
        if field.path == ("spec", "replicas") and isinstance(field.before, int) and isinstance(field.after, int):
            yield Hazard(
                f"without replicas in the manifest it is reset: {plural(field.before, 'pod')} become {field.after}",
                step=1,
                help="to hand it to an autoscaler take it out of the last applied manifest first "
                f"(`kubectl apply edit-last-applied {workload}`)",
                path=("spec",),
                at="key",
            )
