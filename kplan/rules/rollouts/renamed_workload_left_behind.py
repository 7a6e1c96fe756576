"""A workload under a new name, while the one of the old name stays and serves beside it."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook, Scene
from kplan.rules.rule import risk
from kplan.rules.template import labels, selector, template

_KINDS = ("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "ReplicationController")


@risk(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if outlook.verb(workload) != Verb.CREATE:
        return
    scene = outlook.scene(workload)
    for old in outlook.left_behind.get((workload.namespace, workload.kind), ()):
        if _is_the_same(old, workload, outlook):
            step, shares = _beside(old, workload, scene)
            yield Hazard(
                f"{old} is not deleted and goes on beside it{shares}",
                step=step,
                help=f"`kubectl delete {old}` as soon as the new one is ready",
            )


def _is_the_same(old: ObjectRef, new: ObjectRef, outlook: Outlook) -> bool:
    """Whether one selects the other's pods."""
    before, after = outlook.stored(old, True), outlook.stored(new, False)
    mine, theirs = labels(template(after, new.kind)), labels(template(before, old.kind))
    return selector(before, old.kind).matches(mine) or selector(after, new.kind).matches(theirs)


def _beside(old: ObjectRef, new: ObjectRef, scene: Scene) -> tuple[int | None, str]:
    """The first step in which both stand behind a Service, and their shares of it at the end."""
    last = len(scene.states) - 1
    for service in (ref for ref in scene.refs if ref.kind == "Service"):
        shares = [scene.shares(state, service.name) for state in range(len(scene.states))]
        both = [state for state, one in enumerate(shares) if one.get(old) and one.get(new)]
        if both:
            total = sum(shares[last].values())
            when = f" from step {both[0]} on"
            return both[0], f": {shares[last].get(old, 0)} of {total} endpoints of {service} stay with it{when}"
    return None, ""
