"""How many pods each ReplicaSet of a Deployment should have when the Deployment itself is scaled.

Source: kubernetes v1.36 pkg/controller/deployment sync.go; util/deployment_util.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kplan.controllers.action import Effects, Scale
from kplan.controllers.deployment.status import status_of
from kplan.controllers.fencepost import is_rolling, max_surge
from kplan.controllers.replica_set import status_of as replica_set_status
from kplan.controllers.state import Obj

DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"


def active(sets: Iterable[Obj | None]) -> list[Obj]:
    """Those that ask for pods."""
    return [one for one in sets if one is not None and one.replicas > 0]


def replica_annotations(deployment: Obj) -> tuple[tuple[str, str], ...]:
    """What a ReplicaSet remembers of the Deployment's size when it is scaled."""
    return (DESIRED, str(deployment.replicas)), (MAXIMUM, str(deployment.replicas + max_surge(deployment)))


def annotated(replica_set: Obj, annotation: str) -> int | None:
    """The number in an annotation, None where there is none."""
    text = str(replica_set.annotations.get(annotation, ""))
    return int(text) if text.isdigit() else None


def resize(deployment: Obj, replica_set: Obj, replicas: int, why: str) -> Scale:
    """The action that gives a ReplicaSet its new size."""
    return Scale(replica_set, replicas, why, replica_annotations(deployment))


def new_set_replicas(deployment: Obj, old_replicas: int, new_replicas: int) -> int:
    """The size that the new ReplicaSet may grow to while the others ask for `old_replicas` pods.

    Source: kubernetes v1.36 pkg/controller/deployment/util NewRSNewReplicas.
    """
    if not is_rolling(deployment):
        return deployment.replicas
    room = deployment.replicas + max_surge(deployment) - old_replicas - new_replicas
    return new_replicas + max(0, min(room, deployment.replicas - new_replicas)) if room > 0 else new_replicas


def is_scaled(deployment: Obj, sets: Iterable[Obj | None]) -> bool:
    """Whether a ReplicaSet was sized for another number of replicas than the Deployment has now.

    Source: kubernetes v1.36 pkg/controller/deployment isScalingEvent.
    """
    return any(annotated(one, DESIRED) not in (None, deployment.replicas) for one in active(sets))


def scale(deployment: Obj, new: Obj | None, old: Sequence[Obj]) -> Effects:
    """Bring the ReplicaSets to the Deployment's size: the only active one wholly, several in proportion.

    Source: kubernetes v1.36 pkg/controller/deployment scale.
    """
    only = _active_or_latest(new, old)
    if only is not None:
        if only.replicas != deployment.replicas:
            yield resize(deployment, only, deployment.replicas, "the Deployment was scaled")
    elif new is not None and _saturated(deployment, new):
        for one in active(old):
            yield resize(deployment, one, 0, "the new ReplicaSet is complete")
    elif is_rolling(deployment):
        yield from _scale_in_proportion(deployment, active([*old, new]))


def _active_or_latest(new: Obj | None, old: Sequence[Obj]) -> Obj | None:
    """Source: kubernetes v1.36 pkg/controller/deployment/util FindActiveOrLatest."""
    candidates = active([*old, new])
    if candidates:
        return candidates[0] if len(candidates) == 1 else None
    return new or (old[-1] if old else None)


def _saturated(deployment: Obj, new: Obj) -> bool:
    """Source: kubernetes v1.36 pkg/controller/deployment/util IsSaturated."""
    counts = (annotated(new, DESIRED), new.replicas, replica_set_status(new).available)
    return counts == (deployment.replicas,) * 3


def _scale_in_proportion(deployment: Obj, sets: list[Obj]) -> Effects:
    """Share the pods to add or remove among the active ReplicaSets by their size; the largest takes the rest."""
    allowed = deployment.replicas + max_surge(deployment) if deployment.replicas > 0 else 0
    to_add = allowed - sum(one.replicas for one in sets)
    # Of equal size, the newer one comes first when pods are added, the older one when they are removed.
    sign = -1 if to_add > 0 else 1
    sets = sorted(sets, key=lambda one: (-one.replicas, sign * one.since, sign * one.uid))
    sizes: list[int] = []
    added = 0
    for one in sets:
        share = _proportion(deployment, one, to_add, added)
        sizes.append(one.replicas + share)
        added += share
    if sizes and to_add != 0:
        sizes[0] = max(0, sizes[0] + to_add - added)
    wanted = dict(replica_annotations(deployment))
    for one, size in zip(sets, sizes, strict=True):
        if size != one.replicas or any(one.annotations.get(k) != v for k, v in wanted.items()):
            yield resize(deployment, one, size, "the Deployment was scaled")


def _proportion(deployment: Obj, replica_set: Obj, to_add: int, added: int) -> int:
    """Source: kubernetes v1.36 pkg/controller/deployment/util GetReplicaSetProportion."""
    if replica_set.replicas == 0 or to_add in (0, added):
        return 0
    fraction = _fraction(deployment, replica_set)
    return min(fraction, to_add - added) if to_add > 0 else max(fraction, to_add - added)


def _fraction(deployment: Obj, replica_set: Obj) -> int:
    """How many pods more (or fewer) keep a ReplicaSet's share of the Deployment as it was."""
    if deployment.replicas == 0:
        return -replica_set.replicas
    before = annotated(replica_set, MAXIMUM) or status_of(deployment).replicas
    if not before:
        return 0
    size = replica_set.replicas * (deployment.replicas + max_surge(deployment)) / before
    return int(size + 0.5) - replica_set.replicas
