"""A rollout that needs one more node than it has pods."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook, plural
from kplan.rules.rule import risk
from kplan.rules.template import host_ports, template


@risk(severity=Severity.WARNING, kinds=("apps/Deployment",), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    course = outlook.courses.get(workload)
    if course is None or course.effect != "roll" or workload in outlook.scene(workload).obstacles:
        return
    old, new = (host_ports(template(outlook.stored(workload, side), workload.kind)) for side in (True, False))
    shared, wanted = sorted(old & new), course.replicas_after or 0
    if not shared or not wanted or course.least_available != wanted:
        return
    first = next((step.number for step in course.steps[1:] if step.pods > course.steps[0].pods), 1)
    yield Hazard(
        f"each new pod needs a node on which port {shared[0]} is free before an old one stops: "
        f"{plural(wanted + 1, 'node')} at least, or it never finishes",
        step=first,
        help="set maxSurge to 0 and maxUnavailable to 1, so that an old pod frees its port first",
        path=("spec", "template", "spec", "containers"),
        at="key",
    )
