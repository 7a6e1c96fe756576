"""New pods that the namespace has no room for."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook, plural
from kplan.rules.rule import risk

_KINDS = ("apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "ReplicationController")


@risk(severity=Severity.ERROR, kinds=_KINDS, since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    course, obstacle = outlook.courses.get(workload), outlook.scene(workload).obstacles.get(workload)
    if course is None or workload not in outlook.after or obstacle is None or obstacle.why != "refused":
        return
    yield Hazard(
        f"the API server refuses {plural(obstacle.pods, 'new pod')}, and it never finishes: {obstacle.message}",
        step=_since(workload, outlook),
        help=_help(workload, outlook),
        path=("spec", "replicas") if course.effect == "scale" else ("spec", "template"),
        at="key",
    )


def _since(workload: ObjectRef, outlook: Outlook) -> int:
    """The first step in which the Deployment says so; of others the last in which anything happens."""
    shown = outlook.scene(workload).shown("deployments", workload.name)
    conditions = [((one or {}).get("conditions") or {}).get("ReplicaFailure", "") for one in shown]
    failing = [step for step, text in enumerate(conditions) if step and str(text).startswith("True")]
    return failing[0] if failing else outlook.courses[workload].steps[-1].number


def _help(workload: ObjectRef, outlook: Outlook) -> str:
    if workload.kind == "Deployment" and outlook.rolls(workload):
        return "raise the quota, ask for less, or set maxSurge to 0 and maxUnavailable to 1: old pods then go first"
    return "raise the quota, or ask for less"
