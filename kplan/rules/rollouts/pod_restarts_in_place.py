"""A bare Pod gets another image: its container stops and starts, and nothing stands in for it."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk


@risk(severity=Severity.WARNING, kinds=("Pod",), since="0.1")
def check(pod: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    change = outlook.changes[pod]
    if change.verb != Verb.CHANGE:
        return
    for field in change.fields:
        if field.path[0] == "spec" and field.path[-1] == "image" and field.path[1] == "containers":
            yield Hazard(
                f"{field.text} changes: the container restarts in place, and no other pod serves meanwhile",
                step=1,
                help="let a Deployment run it: it starts the new pod before the old one stops",
                path=field.path,
            )
