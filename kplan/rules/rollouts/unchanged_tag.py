"""An image by a tag that moves: a new image behind the same text rolls nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.image import image_tag
from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk
from kplan.rules.template import containers, template


@risk(severity=Severity.NOTE, kinds=("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    change = outlook.changes[workload]
    if workload not in outlook.before or workload not in outlook.after or change.rolling:
        return
    if change.verb != Verb.CHANGE and not (change.verb == Verb.KEEP and _nothing_changes(outlook)):
        return
    for container in containers(template(outlook.stored(workload, False), workload.kind)):
        image = str(container.get("image") or "")
        if "@" not in image and image_tag(image) == "latest":
            yield Hazard(
                f"nothing rolls: `{image}` is the same text as before, whatever the registry has behind it now",
                help="name each build by its own tag or digest, or `kubectl rollout restart` to pull again",
                path=("spec", "template", "spec", "containers"),
                at="key",
            )
            return


def _nothing_changes(outlook: Outlook) -> bool:
    if "empty" not in outlook.indexes:
        outlook.indexes["empty"] = all(change.verb == Verb.KEEP for change in outlook.changes.values())
    return bool(outlook.indexes["empty"])
