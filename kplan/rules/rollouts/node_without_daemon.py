"""A DaemonSet stops the only pod of a node before the new one starts."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.NOTE, kinds=("apps/DaemonSet",), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    course = outlook.courses.get(workload)
    if course is None or course.effect != "roll" or not course.steps:
        return
    nodes = course.steps[0].available
    down = [step for step in course.steps[1:] if step.available < nodes]
    if not down or not nodes:
        return
    fewest = min(step.available for step in down)
    everywhere = fewest == 0 and nodes > 1
    missing = "all nodes at once" if everywhere else f"{nodes - fewest} of {nodes} nodes at a time"
    yield Hazard(
        f"{missing} {'is' if nodes - fewest == 1 else 'are'} without a pod of it until the new one is ready",
        step=down[0].number,
        help="set maxSurge to 1 and maxUnavailable to 0 where two of its pods may share a node",
        path=("spec", "updateStrategy"),
        at="key",
        severity=Severity.WARNING if everywhere else None,
    )
