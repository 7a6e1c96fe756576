"""A Service without an endpoint in the middle of a rollout, or after it."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import FieldPath, ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook, Scene, spell
from kplan.rules.rule import risk
from kplan.rules.template import labels, selector, template


@risk(severity=Severity.ERROR, kinds=("Service",), since="0.1")
def check(service: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if outlook.verb(service) in (Verb.DELETE, Verb.CREATE) or outlook.spec(service).get("type") == "ExternalName":
        return  # a name outside has no endpoints
    scene = outlook.scene(service)
    ready = [int((shown or {}).get("ready") or 0) for shown in scene.shown("services", service.name)]
    if not ready or not ready[0]:
        return
    empty = [step for step, count in enumerate(ready) if not count]
    if not empty:
        return
    behind = list(scene.shares(0, service.name))
    asked = _scaled_to_zero(behind, outlook)
    cause, help = _cause(service, behind, scene, outlook)
    yield Hazard(
        f"no endpoint {_when(empty, len(ready) - 1)}: nothing answers{', since ' + cause if cause else ''}",
        step=empty[0],
        help=help,
        path=_path(service, outlook),
        severity=Severity.WARNING if asked else None,
    )


def _when(empty: list[int], last: int) -> str:
    """The steps in words; those up to the last one mean that it stays so."""
    if empty[-1] == last and empty == list(range(empty[0], last + 1)):
        return f"from step {empty[0]} on"
    return f"at {spell(empty)}"


def _path(service: ObjectRef, outlook: Outlook) -> FieldPath:
    resource = outlook.resource(service)
    return ("spec", "selector") if resource and resource.get("spec", "selector") else ("metadata", "name")


def _scaled_to_zero(workloads: list[ObjectRef], outlook: Outlook) -> bool:
    """Whether that is just what was asked for."""
    return bool(workloads) and all(ref in outlook.after and outlook.spec(ref).get("replicas") == 0 for ref in workloads)


def _cause(
    service: ObjectRef, workloads: list[ObjectRef], scene: Scene, outlook: Outlook
) -> tuple[str | None, str | None]:
    """Why there is none, and what would help: the first reason that holds for a workload behind the Service."""
    old, new = (selector(outlook.stored(service, side), "Service") for side in (True, False))
    if _scaled_to_zero(workloads, outlook):
        return f"{workloads[0]} is scaled to 0", None
    for ref in workloads:
        pods = template(outlook.stored(ref, ref not in outlook.after), ref.kind)
        matches = new.matches(labels(pods))
        if old != new and matches:
            return _MOVED
        if old != new:
            return f"the new selector `{new}` matches no pod of {ref}", "give the pods these labels first, then select"
        if outlook.verb(ref) == Verb.DELETE:
            return f"{ref} goes", "delete the Service too, or let another workload have its labels first"
        if not matches:
            gone = ", ".join(sorted(f"{key}={value}" for key, value in new.pairs.items() if _lost(key, value, pods)))
            return (
                f"the new pods of {ref} have no label `{gone}`",
                "leave a label that a Service selects on the template until no Service selects it",
            )
        if reason := _strategy(ref, scene, outlook):
            return reason
    return None, None


_MOVED = (
    "selector and labels change in one apply, and the new pods are not ready yet",
    "add the new label to the template first, change the selector when all pods have it",
)


def _lost(key: str, value: str, pods: dict[str, object]) -> bool:
    return labels(pods).get(key) != value


def _strategy(ref: ObjectRef, scene: Scene, outlook: Outlook) -> tuple[str, str | None] | None:
    spec = outlook.spec(ref)
    strategy = (spec.get("strategy") or spec.get("updateStrategy") or {}).get("type")
    course = outlook.courses.get(ref)
    if outlook.verb(ref) == Verb.REPLACE:
        return f"{ref} has to be deleted and made anew", "make it under another name, then delete the old one"
    if strategy == "Recreate" and outlook.rolls(ref):
        return (
            f"strategy Recreate stops all old pods of {ref} before the first new one starts",
            "use RollingUpdate where two versions may run side by side",
        )
    if not outlook.rolls(ref) or course is None:
        return None
    if course.replicas_after == 1:
        return (f"the only pod of {ref} stops before the new one is ready", _MORE.get(ref.kind))
    return f"the strategy of {ref} lets all its pods be down at once", "lower maxUnavailable"


_MORE = {
    "Deployment": "set maxSurge to 1 and maxUnavailable to 0, or run 2 replicas",
    "StatefulSet": "run 2 replicas or more where the application can share its work",
    "DaemonSet": "set maxSurge to 1 and maxUnavailable to 0",
}
