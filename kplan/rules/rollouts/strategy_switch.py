"""The strategy changes together with the template, and holds for this rollout already."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk

_FIELDS = {"Deployment": "strategy", "StatefulSet": "updateStrategy", "DaemonSet": "updateStrategy"}


@risk(severity=Severity.NOTE, kinds=("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    course, field = outlook.courses.get(workload), _FIELDS[workload.kind]
    if course is None or course.effect != "roll":
        return
    old, new = ((outlook.spec(workload, side).get(field) or {}).get("type") for side in (True, False))
    if old == new or new is None or old is None:
        return
    stops = new == "Recreate"
    yield Hazard(
        f"{field} goes from {old} to {new}, and this rollout goes by the new one: "
        + ("all old pods stop first" if stops else "old and new pods run side by side"),
        step=1,
        help="change the strategy in an apply of its own, where this rollout should go by the old one",
        path=("spec", field, "type"),
        severity=Severity.WARNING if stops else None,
    )
