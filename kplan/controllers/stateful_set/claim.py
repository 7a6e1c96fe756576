"""The claims of a StatefulSet's pods: made from its templates, and owned as its retention policy says.

Source: kubernetes v1.36 pkg/controller/statefulset stateful_pod_control.go, stateful_set_utils.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.controllers.action import Create, Effects, Update
from kplan.controllers.state import Map, Obj, Pod, State
from kplan.controllers.stateful_set.member import ordinal
from kplan.controllers.stateful_set.slot import in_range
from kplan.controllers.volume_claim import KIND, owner_reference, owners, template_names, with_owners

_RETENTION_SINCE = 27
"""The first minor that looks at `persistentVolumeClaimRetentionPolicy` by default."""


def claim_name(template: str, stateful_set: Obj, number: int) -> str:
    """The name of the claim that a template gives the pod of an ordinal."""
    return f"{template}-{stateful_set.name}-{number}"


def make_claims(state: State, stateful_set: Obj, number: int) -> Effects:
    """Make the claims of an ordinal's pod that are not there yet."""
    for template in stateful_set.spec.get("volumeClaimTemplates") or []:
        metadata = template.get("metadata") or {}
        name = claim_name(str(metadata.get("name")), stateful_set, number)
        if state.get(KIND, stateful_set.namespace, name) is None:
            data = _claim_data(stateful_set, template, name)
            yield Create(KIND, stateful_set.namespace, name, data, None, "a claim for a new pod")


def _claim_data(stateful_set: Obj, template: Map, name: str) -> Map:
    metadata = template.get("metadata") or {}
    selected = (stateful_set.spec.get("selector") or {}).get("matchLabels") or {}
    labels = {**(metadata.get("labels") or {}), **selected}
    metadata = {**metadata, "name": name, "namespace": stateful_set.namespace, "labels": labels}
    return {**template, "apiVersion": "v1", "kind": KIND, "metadata": metadata}


def _claims(state: State, stateful_set: Obj, number: int) -> Iterator[Obj]:
    for template in template_names(stateful_set):
        claim = state.get(KIND, stateful_set.namespace, claim_name(template, stateful_set, number))
        if claim is not None:
            yield claim


def _deletes(state: State, stateful_set: Obj, when: str) -> bool:
    policy = stateful_set.spec.get("persistentVolumeClaimRetentionPolicy") or {}
    return state.minor >= _RETENTION_SINCE and policy.get(when) == "Delete"


def own_claims(state: State, stateful_set: Obj, pod: Pod | str) -> Effects:
    """Give the claims of a pod the owners that the retention policy asks for; a pod just made is given by its name.

    Kept when scaled and deleted: none. Deleted with the StatefulSet: the StatefulSet. Deleted when scaled down: a pod
    out of range owns them instead.

    Source: kubernetes v1.36 pkg/controller/statefulset isClaimOwnerUpToDate, updateClaimOwnerRefForSetAndPod.
    """
    if not stateful_set.spec.get("volumeClaimTemplates"):
        return
    name = pod.name if isinstance(pod, Pod) else pod
    number = ordinal(pod) if isinstance(pod, Pod) else int(pod.rpartition("-")[2])
    wanted = _wanted(state, stateful_set, pod if isinstance(pod, Pod) else None, number)
    for claim in _claims(state, stateful_set, number):
        held = owners(claim)
        ours = [one for one in held if _names(one, stateful_set.kind, stateful_set.name) or _names(one, "Pod", name)]
        uid = pod.uid if isinstance(pod, Pod) else None
        if any(one.get("uid") not in (stateful_set.uid, uid) for one in ours):
            continue  # left behind by an earlier object of that name: the garbage collector's
        if sorted(one["uid"] for one in ours) != sorted(one["uid"] for one in wanted):
            others = [one for one in held if one not in ours]
            taken = any(one.get("controller") for one in others)
            yield Update(claim, with_owners(claim, others + ([] if taken else wanted)), "retention policy")


def _wanted(state: State, stateful_set: Obj, pod: Pod | None, number: int) -> list[Map]:
    scaled_down = not in_range(stateful_set, number) and _deletes(state, stateful_set, "whenScaled")
    if scaled_down:
        return [owner_reference(pod)] if pod is not None else []
    return [owner_reference(stateful_set)] if _deletes(state, stateful_set, "whenDeleted") else []


def _names(reference: Map, kind: str, name: str) -> bool:
    return reference.get("kind") == kind and reference.get("name") == name


def is_stale(state: State, stateful_set: Obj, number: int) -> bool:
    """Whether a claim of this ordinal still belongs to an earlier pod and is about to go: the new pod has to wait.

    Source: kubernetes v1.36 pkg/controller/statefulset PodClaimIsStale.
    """
    if not _deletes(state, stateful_set, "whenScaled"):
        return False
    name = f"{stateful_set.name}-{number}"
    found = _claims(state, stateful_set, number)
    return any(_names(one, "Pod", name) for claim in found for one in owners(claim))
