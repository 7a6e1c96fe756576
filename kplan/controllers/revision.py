"""ControllerRevisions: the earlier pod templates of a StatefulSet or DaemonSet, numbered, to roll back to.

Source: kubernetes v1.36 pkg/controller/history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kplan.controllers.action import Delete, Effects, Update
from kplan.controllers.state import Map, Obj, State

KIND = "ControllerRevision"
HASH_LABEL = "controller-revision-hash"
"""The label of a pod that says which revision it was made from."""


def revisions(state: State, owner: Obj) -> list[Obj]:
    """The owner's revisions, the lowest number first.

    Source: kubernetes v1.36 pkg/controller/history SortControllerRevisions.
    """
    return sorted(state.children(owner, KIND), key=lambda one: (number(one), one.created_s, one.name))


def number(revision: Obj) -> int:
    """A revision's number, from 1."""
    return int(revision.data.get("revision") or 0)


def template_of(revision: Obj) -> Map:
    """The pod template that a revision holds."""
    template: Map = ((revision.data.get("data") or {}).get("spec") or {}).get("template") or {}
    return template


def same(revision: Obj, template: Map) -> bool:
    """Whether a revision holds exactly this pod template."""
    held = template_of(revision)
    return held is template or held == template


def revision_data(owner: Obj, name: str, labels: Map, revision: int) -> Map:
    """A new ControllerRevision of the owner's pod template. Its own labels are the template's and `labels`."""
    written = (owner.template.get("metadata") or {}).get("labels") or {}
    return {
        "apiVersion": "apps/v1",
        "kind": KIND,
        "metadata": {
            "name": name,
            "namespace": owner.namespace,
            "labels": {**written, **labels},
            "annotations": owner.annotations,
        },
        "data": {"spec": {"template": owner.template}},
        "revision": revision,
    }


def renumber(revision: Obj, to: int) -> Update:
    """The action that makes an earlier revision the newest: its name stays, its number rises."""
    return Update(revision, {**revision.data, "revision": to}, f"rolled back: now revision {to}")


def pod_revision(labels: Map) -> str:
    """The revision that a pod's labels name, empty where they name none."""
    return str(labels.get(HASH_LABEL) or "")


def history_limit(owner: Obj) -> int:
    """`spec.revisionHistoryLimit`, 10 where absent."""
    limit = owner.spec.get("revisionHistoryLimit")
    return 10 if limit is None else int(limit)


def truncate(old: Iterable[Obj], surplus: int, live: Collection[str]) -> Effects:
    """Delete up to `surplus` of the revisions, in the order given, but none whose name is in `live`."""
    for one in [one for one in old if one.name not in live][: max(0, surplus)]:
        yield Delete(one, "beyond revisionHistoryLimit")
