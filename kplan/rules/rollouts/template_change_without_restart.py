"""A pod template changes, and no pod is replaced for it."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk

_KINDS = ("apps/ReplicaSet", "ReplicationController", "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet")


@risk(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    change = outlook.changes[workload]
    fields = [field for field in change.fields if field.path[:2] == ("spec", "template")]
    if (
        not fields
        or any(field.forbidden for field in change.fields)
        or not outlook.spec(workload, True).get("replicas", 1)
    ):
        return
    found = _reason(workload, outlook)
    if found is not None:
        text, help, severity = found
        yield Hazard(f"{fields[0].text} changes, and {text}", step=1, help=help, path=fields[0].path, severity=severity)


def _reason(workload: ObjectRef, outlook: Outlook) -> tuple[str, str | None, Severity | None] | None:
    kind, spec = workload.kind, outlook.spec(workload)
    strategy = spec.get("updateStrategy") or {}
    if kind in ("ReplicaSet", "ReplicationController"):
        text = f"restarts nothing: a {kind} gives its template only to pods that it makes later"
        return text, "delete its pods one by one, or use a Deployment", None
    if kind == "Deployment" and spec.get("paused"):
        return "restarts nothing while the Deployment is paused", "`kubectl rollout resume` starts it", Severity.NOTE
    if strategy.get("type") == "OnDelete":
        text = "restarts nothing: with OnDelete a pod gets the new template when it is deleted"
        return text, "delete its pods one by one", Severity.NOTE
    partition = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    if kind == "StatefulSet" and partition:
        first = (spec.get("ordinals") or {}).get("start") or 0
        last = first + spec.get("replicas", 1) - 1
        if partition > first:
            kept = f"pods {first} to {min(partition, last + 1) - 1}"
            return f"{kept} keep the old template (partition {partition})", None, Severity.NOTE
    return None
