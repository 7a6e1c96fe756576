"""A Deployment's ReplicaSets: which is the new one, their revisions, and how the new one is made.

Source: kubernetes v1.36 pkg/controller/deployment sync.go; util/deployment_util.go.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from kplan.controllers.action import Action, Create, SetStatus, Update
from kplan.controllers.deployment.scale import new_set_replicas, replica_annotations
from kplan.controllers.deployment.status import CREATED, FOUND, PROGRESSING, Condition, deadline_s, status_of
from kplan.controllers.state import Map, Obj, State
from kplan.defaults import template_hash

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
HASH_LABEL = "pod-template-hash"
NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        HISTORY,
        "deployment.kubernetes.io/desired-replicas",
        "deployment.kubernetes.io/max-replicas",
        "deprecated.deployment.rollback.to",
    }
)
"""Annotations of a Deployment that are not copied to its ReplicaSets."""

Sets = tuple[Obj | None, list[Obj]]


def replica_sets(state: State, deployment: Obj) -> list[Obj]:
    """All of its ReplicaSets, oldest first."""
    return sorted(state.children(deployment, "ReplicaSet"), key=lambda one: (one.since, one.uid))


def revision_of(obj: Obj) -> int:
    """The revision in an object's annotations, 0 where it has none."""
    text = str(obj.annotations.get(REVISION, ""))
    return int(text) if text.lstrip("-").isdigit() else 0


def find_new(state: State, deployment: Obj, sets: Sequence[Obj]) -> Obj | None:
    """The oldest ReplicaSet with the Deployment's pod template, or None.

    Source: kubernetes v1.36 pkg/controller/deployment/util FindNewReplicaSet.
    """
    wanted = state.fingerprint(deployment.template)
    return next((one for one in sets if same_template(state, one, deployment, wanted)), None)


def same_template(state: State, replica_set: Obj, deployment: Obj, wanted: str) -> bool:
    """Whether a ReplicaSet has the template of a Deployment; `memo` is the template object that it was made from."""
    return replica_set.memo is deployment.template or state.fingerprint(replica_set.template) == wanted


def new_and_old(state: State, deployment: Obj) -> Generator[Action, Any, Sets]:
    """The new ReplicaSet with its revision brought up to date, None where there is none yet, and all the others.

    Source: kubernetes v1.36 pkg/controller/deployment getAllReplicaSetsAndSyncRevision.
    """
    sets = replica_sets(state, deployment)
    new = find_new(state, deployment, sets)
    old = [one for one in sets if one is not new]
    revision = max(map(revision_of, old), default=0) + 1
    if new is not None:
        yield from _sync_existing(state, deployment, new, revision)
    return new, old


def created(state: State, deployment: Obj, old: Sequence[Obj]) -> Generator[Action, Any, Obj]:
    """The new ReplicaSet, just made. Where its name is taken, a collision is counted and the next hash tried.

    Source: kubernetes v1.36 pkg/controller/deployment getNewReplicaSet.
    """
    revision = max(map(revision_of, old), default=0) + 1
    new: Obj | None = None
    while new is None:
        status = status_of(deployment)
        digest = template_hash(deployment.template, state.minor, status.collision_count)
        name = f"{deployment.name}-{digest}"
        data = _new_data(deployment, name, digest, old, revision)
        new = yield Create("ReplicaSet", deployment.namespace, name, data, deployment, "new pod template")
        if new is None:
            yield SetStatus(deployment, replace(status, collision_count=(status.collision_count or 0) + 1))
    new.memo = deployment.template
    yield from _set_revision(deployment, str(revision))
    if deadline_s(deployment) is not None:
        condition = Condition("True", CREATED, state.now_s)
        yield SetStatus(deployment, status_of(deployment).with_condition(PROGRESSING, condition))
    return new


def _sync_existing(state: State, deployment: Obj, new: Obj, revision: int) -> Generator[Action, Any, None]:
    annotations = new.annotations
    if revision_of(new) < revision or not _copied(deployment, new):
        annotations = _annotations(deployment, new, revision)
    min_ready = deployment.spec.get("minReadySeconds") or 0
    if annotations != new.annotations or min_ready != (new.spec.get("minReadySeconds") or 0):
        spec = {**new.spec, "minReadySeconds": min_ready}
        data = {**new.data, "metadata": {**new.metadata, "annotations": annotations}, "spec": spec}
        yield Update(new, data, f"it serves revision {max(revision, revision_of(new))}")
    yield from _set_revision(deployment, new.annotations.get(REVISION, str(revision)))
    if deadline_s(deployment) is not None and status_of(deployment).condition(PROGRESSING) is None:
        yield SetStatus(
            deployment, status_of(deployment).with_condition(PROGRESSING, Condition("True", FOUND, state.now_s))
        )


def _set_revision(deployment: Obj, revision: str) -> Generator[Action, Any, None]:
    if deployment.annotations.get(REVISION) != revision:
        metadata = {**deployment.metadata, "annotations": {**deployment.annotations, REVISION: revision}}
        yield Update(deployment, {**deployment.data, "metadata": metadata}, f"revision {revision}")


def _copied(deployment: Obj, new: Obj) -> bool:
    has = new.annotations
    return all(has.get(key) == value for key, value in deployment.annotations.items() if key not in NOT_COPIED)


def _annotations(deployment: Obj, new: Obj, revision: int) -> dict[str, str]:
    """The annotations a ReplicaSet has once it is the new one; earlier revisions go to its history.

    Source: kubernetes v1.36 pkg/controller/deployment/util SetNewReplicaSetAnnotations.
    """
    annotations = dict(new.annotations)
    annotations.update((k, v) for k, v in deployment.annotations.items() if k not in NOT_COPIED)
    served = annotations.get(REVISION)
    if revision_of(new) < revision:
        annotations[REVISION] = str(revision)
        if served is not None:
            history = annotations.get(HISTORY)
            annotations[HISTORY] = f"{history},{served}" if history else served
    return annotations


def _new_data(deployment: Obj, name: str, digest: str, old: Sequence[Obj], revision: int) -> Map:
    template = deployment.template
    metadata = template.get("metadata") or {}
    labels = {**(metadata.get("labels") or {}), HASH_LABEL: digest}
    selector = deployment.spec.get("selector") or {}
    annotations = {k: v for k, v in deployment.annotations.items() if k not in NOT_COPIED}
    annotations |= {REVISION: str(revision), **dict(replica_annotations(deployment))}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name, "namespace": deployment.namespace, "labels": labels, "annotations": annotations},
        "spec": {
            "replicas": new_set_replicas(deployment, sum(one.replicas for one in old), 0),
            "minReadySeconds": deployment.spec.get("minReadySeconds") or 0,
            "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH_LABEL: digest}},
            "template": {**template, "metadata": {**metadata, "labels": labels}},
        },
    }
