"""A volume that only one node may hold, wanted by old and new pods at a time."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook
from kplan.rules.rule import risk
from kplan.rules.template import claims, template


@risk(severity=Severity.WARNING, kinds=("apps/Deployment",), since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    course = outlook.courses.get(workload)
    if course is None or workload not in outlook.after or course.effect not in ("roll", "create", "scale"):
        return
    rolling = course.effect == "roll" and (outlook.spec(workload).get("strategy") or {}).get("type") != "Recreate"
    replicas, most = course.replicas_after or 0, course.most_pods or 0
    beside = rolling and most > replicas and replicas
    if not beside and replicas < 2:
        return
    old = {claim for _, claim in claims(template(outlook.stored(workload, True), workload.kind))}
    for volume, claim in claims(template(outlook.stored(workload, False), workload.kind)):
        mode = _mode(claim, workload, outlook)
        if mode and (claim in old or replicas > 1):
            yield _hazard(workload, volume, claim, mode, bool(beside), outlook)


def _mode(claim: str, workload: ObjectRef, outlook: Outlook) -> str | None:
    """The claim's access mode where it ties the volume to one node or pod."""
    ref = ObjectRef("", "PersistentVolumeClaim", workload.namespace, claim)
    if ref not in outlook.changes:
        return None
    modes = set(outlook.spec(ref, ref not in outlook.after).get("accessModes") or ())
    if modes == {"ReadWriteOncePod"}:
        return "ReadWriteOncePod"
    return "ReadWriteOnce" if "ReadWriteOnce" in modes and not modes & {"ReadWriteMany", "ReadOnlyMany"} else None


def _hazard(workload: ObjectRef, volume: str, claim: str, mode: str, beside: bool, outlook: Outlook) -> Hazard:
    course = outlook.courses[workload]
    step = next((step.number for step in course.steps[1:] if step.pods), None)
    index = next(
        i
        for i, each in enumerate(outlook.after[workload].get("spec", "template", "spec", "volumes") or [])
        if each.get("name") == volume
    )
    path = ("spec", "template", "spec", "volumes", index)
    who = "a new pod starts before the old one stops, and" if beside else "its pods share one volume, and"
    if mode == "ReadWriteOncePod":
        stays = beside and course.least_available == course.replicas_after
        never = "it never finishes" if stays else "the second pod waits until the first is gone"
        text = f"{who} persistentvolumeclaim/{claim} is for one pod (ReadWriteOncePod): {never}"
        severity = Severity.ERROR if stays or not beside else None
    else:
        text = (
            f"{who} persistentvolumeclaim/{claim} is for one node (ReadWriteOnce): on another node a pod waits for it"
        )
        severity = None
    more = "use strategy Recreate" if course.replicas_after == 1 else "give each pod its own claim: a StatefulSet"
    return Hazard(text, step=step, help=f"{more}, or a volume that may be ReadWriteMany", path=path, severity=severity)
