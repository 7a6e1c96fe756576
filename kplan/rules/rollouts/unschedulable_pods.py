"""New pods for which no node has room."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Obstacle, Outlook, plural
from kplan.rules.rule import risk

_KINDS = ("apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "apps/DaemonSet", "batch/Job", "Pod")


@risk(severity=Severity.ERROR, kinds=(*_KINDS, "ReplicationController"), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    obstacle = outlook.scene(workload).obstacles.get(workload)
    if workload not in outlook.after or obstacle is None or obstacle.why == "refused":
        return
    what = "waits for its volume" if obstacle.why == "volume" else "finds no node"
    if obstacle.pods > 1:
        what = what.replace("waits", "wait").replace("finds", "find").replace("its", "their")
    yield Hazard(
        f"{plural(obstacle.pods, 'pod')} {what}: {obstacle.message}",
        step=_since(workload, obstacle, outlook),
        help=_help(workload, obstacle, outlook),
    )


def _since(workload: ObjectRef, obstacle: Obstacle, outlook: Outlook) -> int | None:
    """The first step since which as many of its pods wait as do at the end."""
    condition = "pending" if obstacle.why == "volume" else "unscheduled"
    scene, course = outlook.scene(workload), outlook.courses.get(workload)
    owners = (workload.name, *((*course.old_names, course.new_name or "") if course else ()))
    counts = [sum(int(scene.pods(n, o).get(condition) or 0) for o in owners) for n in range(len(scene.states))]
    since = len(counts) - 1
    while since > 0 and counts[since - 1] == counts[-1]:
        since -= 1
    return since


def _help(workload: ObjectRef, obstacle: Obstacle, outlook: Outlook) -> str | None:
    course = outlook.courses.get(workload)
    if workload.kind != "Deployment" or course is None or course.effect != "roll":
        return None
    if obstacle.why == "volume":
        return "use strategy Recreate, so that the old pod lets go of the volume first"
    if course.least_available == course.replicas_after:
        return "add room, or let old pods go first: maxSurge 0 and maxUnavailable 1"
    return None
