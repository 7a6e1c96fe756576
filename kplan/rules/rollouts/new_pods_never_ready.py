"""A rollout that waits for pods that never become ready."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.image_pattern import is_like
from kplan.model import ObjectRef, Severity
from kplan.rules.outlook import Hazard, Outlook, Scene, plural
from kplan.rules.rule import risk
from kplan.rules.template import containers, template

_KINDS = ("apps/Deployment", "apps/DaemonSet", "apps/StatefulSet", "apps/ReplicaSet", "ReplicationController")


@risk(severity=Severity.ERROR, kinds=_KINDS, since="0.1")
def check(workload: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if not outlook.never_ready:
        return
    course = outlook.courses.get(workload)
    bad = _bad_image(workload, outlook)
    if bad is None or course is None or course.finished:
        return
    last = course.steps[-1]
    yield Hazard(
        f"where `{bad}` never becomes ready the rollout stops: "
        f"{_state(workload, course.new_name, outlook.scene(workload))}; "
        f"{plural(last.available, 'pod')} {'serves' if last.available == 1 else 'serve'}",
        step=last.number,
        help=_deadline(workload, outlook),
        path=("spec", "template", "spec", "containers"),
        at="key",
    )


def _bad_image(workload: ObjectRef, outlook: Outlook) -> str | None:
    """The image that never becomes ready: of the new template, or of the old one, which some pods may keep."""
    if workload not in outlook.after:
        return None
    sides = [template(outlook.stored(workload, side), workload.kind) for side in (False, True)]
    images = [str(container.get("image")) for pods in sides for container in containers(pods)]
    return next((image for image in images if is_like(image, outlook.never_ready)), None)


def _state(workload: ObjectRef, new: str | None, scene: Scene) -> str:
    owner = new if workload.kind == "Deployment" and new else workload.name
    pods = scene.pods(len(scene.states) - 1, owner) if scene.states else {}
    waiting = sum(int(pods.get(one) or 0) for one in ("unscheduled", "pending", "unready"))
    return f"{plural(waiting, 'new pod')} wait{'s' if waiting == 1 else ''}"


def _deadline(workload: ObjectRef, outlook: Outlook) -> str | None:
    if workload.kind != "Deployment":
        return "nothing marks it as failed, and nothing goes back by itself"
    seconds = outlook.spec(workload).get("progressDeadlineSeconds")
    if not isinstance(seconds, int) or seconds == 2**31 - 1:
        return "there is no progress deadline: nothing marks it as failed, and nothing goes back by itself"
    return f"after {seconds} s it is marked `ProgressDeadlineExceeded`; nothing goes back by itself"
