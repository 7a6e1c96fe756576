"""PersistentVolumeClaims: who owns them, and when they go. A claim that a pod uses goes only after that pod.

Source: kubernetes v1.36 pkg/controller/garbagecollector, pkg/controller/volume/pvcprotection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kplan.controllers.action import Delete, Effects, SetStatus, Update
from kplan.controllers.registry import Controller
from kplan.controllers.state import FAILED, SUCCEEDED, Cohort, Map, Obj, Pod, State

KIND = "PersistentVolumeClaim"
POD_NAME = "statefulset.kubernetes.io/pod-name"
"""The label of a StatefulSet's pod that holds its name."""


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """`terminating`: deleted, and waiting for the pods that use it."""

    terminating: bool = False


def is_terminating(claim: Obj) -> bool:
    """Whether the claim was deleted and waits for pods that use it."""
    return isinstance(claim.status, ClaimStatus) and claim.status.terminating


def owners(claim: Obj) -> list[Map]:
    """The claim's owner references."""
    return list(claim.metadata.get("ownerReferences") or [])


def owner_reference(owner: Obj | Pod) -> Map:
    """The reference that makes a StatefulSet or pod the controller of a claim."""
    kind = owner.kind if isinstance(owner, Obj) else "Pod"
    version = "apps/v1" if isinstance(owner, Obj) else "v1"
    return {"apiVersion": version, "kind": kind, "name": owner.name, "uid": owner.uid, "controller": True}


def with_owners(claim: Obj, references: list[Map]) -> Map:
    """The claim's data with other owner references."""
    return {**claim.data, "metadata": {**claim.metadata, "ownerReferences": references}}


def sync(state: State, claim: Obj) -> Effects:
    """Delete the claim when all of its owners are gone and no pod uses it; forget single owners that are gone."""
    if not is_terminating(claim):
        references = owners(claim)
        alive = [one for one in references if _exists(state, claim.namespace, one)]
        if alive == references:
            return
        if alive:
            yield Update(claim, with_owners(claim, alive), "an owner is gone")
            return
        yield SetStatus(claim, ClaimStatus(terminating=True))
    if not any(_uses(cohort, claim.name) for cohort in state.cohorts.get(claim.namespace, {}).values()):
        yield Delete(claim, "its owner is gone")


def _exists(state: State, namespace: str, reference: Map) -> bool:
    """Whether an owner is still there; one that was written by hand is not doubted."""
    uid = reference.get("uid")
    if not isinstance(uid, int):
        return True
    if reference.get("kind") == "Pod":
        return any(uid in cohort.pods for cohort in state.cohorts.get(namespace, {}).values())
    owner = state.get(str(reference.get("kind")), namespace, str(reference.get("name")))
    return owner is not None and owner.uid == uid


def _uses(cohort: Cohort, claim: str) -> bool:
    """Whether a pod that has a node, and has not ended, mounts the claim."""
    if claim not in claim_names(cohort):
        return False
    return any(pod.node is not None and pod.state not in (SUCCEEDED, FAILED) for pod in cohort.pods.values())


def claim_names(cohort: Cohort) -> set[str]:
    """The claims that the pods of a cohort mount: those its template names, and those of a StatefulSet's pod."""
    volumes = (cohort.template.get("spec") or {}).get("volumes") or []
    sources = [volume.get("persistentVolumeClaim") or {} for volume in volumes if isinstance(volume, dict)]
    names = {str(source["claimName"]) for source in sources if source.get("claimName")}
    pod = cohort.labels.get(POD_NAME)
    if pod and cohort.owner is not None:
        names |= {f"{template}-{pod}" for template in template_names(cohort.owner)}
    return names


def template_names(owner: Obj) -> list[str]:
    """The names of a StatefulSet's volume claim templates."""
    templates = owner.spec.get("volumeClaimTemplates") or []
    return [str((template.get("metadata") or {}).get("name")) for template in templates]


def disowned_claims(state: State, owner: Obj) -> Iterator[tuple[Obj, Map]]:
    """The claims that `owner` owns, and their data without it: what `--cascade=orphan` leaves of them."""
    for claim in list(state.of_kind(KIND, owner.namespace)):
        references = owners(claim)
        others = [one for one in references if one.get("uid") != owner.uid]
        if others != references:
            yield claim, with_owners(claim, others)


def shown(state: State, claim: Obj) -> Map:
    """The claim's entry in a snapshot."""
    entry: Map = {"owners": [f"{one.get('kind')}/{one.get('name')}" for one in owners(claim)]}
    return {**entry, "terminating": True} if is_terminating(claim) else entry


def _woken_by_pods(state: State, cohort: Cohort) -> Iterator[Obj]:
    claims = state.objects.get(KIND)
    if not claims:
        return
    for name in sorted(claim_names(cohort)):
        claim = claims.get((cohort.namespace, name))
        if claim is not None:
            yield claim


def _woken_by_owner(state: State, owner: Obj) -> Iterator[Obj]:
    if not owner.deleting:
        return
    for claim in state.of_kind(KIND, owner.namespace):
        if any(one.get("uid") == owner.uid for one in owners(claim)):
            yield claim


CONTROLLER = Controller(
    KIND, "pvcs", shown, sync, rank=1, woken_by={"StatefulSet": _woken_by_owner}, woken_by_pods=_woken_by_pods
)
