"""The revision that one would go back to is removed from the history."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.WARNING, kinds=("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    course = outlook.courses.get(workload)
    if course is None or outlook.verb(workload) != Verb.CHANGE or workload not in outlook.after:
        return
    if workload.kind == "Deployment" and not course.removed:
        return
    limit = outlook.spec(workload).get("revisionHistoryLimit")
    gone = _gone(workload, outlook)
    if gone is not None:
        name, step = gone
        yield Hazard(
            f"ReplicaSet {name} is removed (revisionHistoryLimit {limit}): `kubectl rollout undo` cannot go back to it",
            step=step,
            help=_HELP,
            path=("spec", "revisionHistoryLimit"),
        )
    elif limit == 0 and course.effect == "roll" and workload.kind != "Deployment":
        text = "no revision is kept (revisionHistoryLimit 0): `kubectl rollout undo` has nothing to go back to"
        yield Hazard(text, step=course.steps[-1].number, help=_HELP, path=("spec", "revisionHistoryLimit"))


_HELP = "keep at least one (10 is the default); applying the old manifest again works all the same"


def _gone(workload: ObjectRef, outlook: Outlook) -> tuple[str, int] | None:
    """The newest ReplicaSet that goes and was there before, and the step in which it does."""
    scene, removed = outlook.scene(workload), set(outlook.courses[workload].removed)
    for name in reversed(list((scene.states[0].get("replicasets") or {}) if scene.states else ())):
        if name in removed:
            present = [shown is not None for shown in scene.shown("replicasets", name)]
            return name, present.index(False)
    return None
