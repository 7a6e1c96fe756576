"""Claims of a StatefulSet whose pods are gone: they stay, and cost, and are taken up again later."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook, plural
from kplan.rules.rule import risk
from kplan.rules.stateful_set import claims_of


@risk(severity=Severity.NOTE, kinds=("apps/StatefulSet",), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    scene = outlook.scene(workload)
    course = outlook.courses.get(workload)
    deleted = outlook.verb(workload) == Verb.DELETE
    shrinks = course is not None and (course.replicas_after or 0) < (course.replicas_before or 0)
    if not scene.states or not (deleted or shrinks):
        return
    pods = set(((scene.shown("statefulsets", workload.name)[-1] or {}).get("revs")) or ())
    left = [claim for claim, pod in claims_of(workload, outlook, -1) if pod not in pods]
    if left:
        names = ", ".join(left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
        yield Hazard(
            f"{plural(len(left), 'claim')} stay{'s' if len(left) == 1 else ''} with {_its(left)} data: {names}",
            step=len(scene.states) - 1,
            help="delete them by hand when the data is not needed; pods of these names will take them up again",
            path=("spec", "replicas") if not deleted else ("metadata", "name"),
        )


def _its(claims: list[str]) -> str:
    return "its" if len(claims) == 1 else "their"
