"""A StatefulSet that waits for a broken pod, and stays so when the fix is applied."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.WARNING, kinds=("apps/StatefulSet",), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    course = outlook.courses.get(workload)
    spec = outlook.spec(workload)
    if course is None or course.finished or spec.get("podManagementPolicy") == "Parallel":
        return
    broken = _broken(workload, outlook)
    if broken is None:
        return
    yield Hazard(
        f"pod {broken} blocks the others, and a fix will not reach it: the controller waits until it is ready",
        step=course.steps[-1].number,
        help=f"apply the fix, then `kubectl delete pod {broken}` by hand",
    )


def _broken(workload: ObjectRef, outlook: Outlook) -> str | None:
    """The pod that all wait for: the newest revision's of the lowest ordinal, where pods are missing or not ready."""
    scene = outlook.scene(workload)
    shown = scene.shown("statefulsets", workload.name)[-1] if scene.states else None
    waiting = scene.pods(len(scene.states) - 1, workload.name) if scene.states else {}
    if not shown or not any(waiting.get(one) for one in ("unscheduled", "pending", "unready")):
        return None
    pods = shown.get("revs") or {}
    new = [name for name, revision in pods.items() if revision == shown.get("updateRevision")]
    return min(new, key=lambda name: int(name.rpartition("-")[2])) if new else None
