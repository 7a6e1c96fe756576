"""Two manifests side by side: what `kubectl apply` of the second does to a cluster that has the first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kplan.differ.field import Difference, differences
from kplan.differ.merge import three_way_apply
from kplan.differ.meta import Meta, meta_of
from kplan.differ.patch import Map
from kplan.differ.refused import Refused, for_fields, refused
from kplan.differ.value import without_nulls
from kplan.model import Manifest, ObjectRef, Resource
from kplan.model.change import HIDDEN, Change, FieldChange, Verb

if TYPE_CHECKING:
    from kplan.validation.update import Refusal

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_ROLLS = {("apps", "Deployment"), ("apps", "DaemonSet"), ("apps", "StatefulSet")}


class Storage:
    """Objects as the API server of a minor stores them, and what it refuses to store, each worked out once.

    `before` and `after` are all objects of the two sides: what is refused of one may depend on others.
    """

    def __init__(self, minor: int, before: Iterable[Resource] = (), after: Iterable[Resource] = ()) -> None:
        self.minor = minor
        self._sides = (tuple(before), tuple(after))
        self._known: dict[tuple[int, int], tuple[Resource | None, Resource, Map]] = {}
        self._refused: dict[tuple[int, int], tuple[Refused, ...]] = {}

    def stored(self, resource: Resource) -> Map:
        """The object as it is stored when it is made."""
        return self.applied(None, resource)

    def applied(self, before: Resource | None, after: Resource) -> Map:
        """The object as stored after `kubectl apply`; `before` is what the cluster was given last, None for nothing."""
        key = (id(before), id(after))
        if key not in self._known:
            self._known[key] = (before, after, self._work_out(before, after))
        return self._known[key][2]

    def _work_out(self, before: Resource | None, after: Resource) -> Map:
        from kplan.defaults import stored
        from kplan.validation.update import prepare_update

        if before is None:
            return stored(without_nulls(after.data), self.minor)
        live = self.stored(before)
        merged = stored(three_way_apply(before.data, live, after.data, self.minor), self.minor)
        return prepare_update(live, merged, self.minor)

    def refused(self, before: Resource, after: Resource) -> tuple[Refused, ...]:
        """What the API server refuses of the change from the one to the other."""
        key = (id(before), id(after))
        if key not in self._refused:
            live, new = self.stored(before), self.applied(before, after)
            self._refused[key] = refused(before, after, live, new, self.minor, self._sides)
        return self._refused[key]


def changes(
    before: Manifest, after: Manifest, minor: int, prune: bool = False, storage: Storage | None = None
) -> tuple[Change, ...]:
    """What happens to each object, in the order of `after`, then of what only `before` has.

    `before` is what the cluster was last given, and has stored with its defaults; `after` is applied to it with
    kubectl's three-way merge. Objects that only `before` has are deleted with `prune` and left alone without.
    Of objects that stand twice in a manifest the last one counts.
    """
    storage = storage or Storage(minor, before, after)
    old, new = by_ref(before), by_ref(after)
    found = [_change(old.get(ref), resource, storage) for ref, resource in new.items()]
    gone = [ref for ref in old if ref not in new]
    if prune:
        return (*found, *(Change(Verb.DELETE, ref) for ref in gone))
    return (*found, *(Change(Verb.KEEP, ref, note=_LEFT) for ref in gone))


_LEFT = "no longer in the manifests; --prune deletes them"


def by_ref(manifest: Iterable[Resource]) -> dict[ObjectRef, Resource]:
    """The resources by identity, in order; the last one of each."""
    return {resource.ref: resource for resource in manifest}


def _change(before: Resource | None, after: Resource, storage: Storage) -> Change:
    if before is None:
        return Change(Verb.CREATE, after.ref)
    if before.data == after.data:
        return Change(Verb.KEEP, after.ref)
    fields = field_changes(before, after, storage)
    if not fields:
        return Change(Verb.KEEP, after.ref)
    return Change(Verb.REPLACE if any(f.forbidden for f in fields) else Verb.CHANGE, after.ref, fields)


def field_changes(before: Resource, after: Resource, storage: Storage) -> tuple[FieldChange, ...]:
    """The fields that differ between what is stored now and what is stored after `after` is applied."""
    old, new = _shown(storage.stored(before)), _shown(storage.applied(before, after))
    meta = meta_of(after.api_version, after.kind, storage.minor) or Meta(None)
    kind = (after.ref.group, after.kind)
    found = list(differences(old, new, meta))
    answers = for_fields(storage.refused(before, after), [each.path for each in found]) if found else []
    return tuple(
        _field_change(difference, before.data, after.data, kind, refusal)
        for difference, refusal in zip(found, answers, strict=True)
    )


def _field_change(
    difference: Difference, before: Map, after: Map, kind: tuple[str, str], refusal: Refusal | None
) -> FieldChange:
    written = _is_written(difference, before, after)
    old, new = difference.before, difference.after
    if kind == ("", "Secret") and difference.path[0] in ("data", "stringData"):
        old, new = (None if value is None else HIDDEN for value in (old, new))
    return FieldChange(
        path=difference.path,
        text=difference.text,
        before=old,
        after=new,
        origin="written" if written else "defaulted",
        forbidden=refusal.detail if refusal else None,
        one_way=refusal is not None and refusal.rule == "forbidden-update",
        rolls=kind in _ROLLS and difference.path[:2] == ("spec", "template"),
        kind="order" if difference.reordered else "value",
    )


def _is_written(difference: Difference, before: Map, after: Map) -> bool:
    """Whether a manifest names the field: the one after gives it its value, or the one before did."""
    if difference.after is not None:
        return _at(after, difference) is not None or (
            difference.path[0] == "data" and "stringData" in after and after.get("kind") == "Secret"
        )
    return _at(before, difference) is not None or "stringData" in before


def _at(data: Map, difference: Difference) -> Any:
    """The value at a path of the stored object in the written one, whose lists may have other items in front."""
    value: Any = data
    for part in difference.path:
        if isinstance(value, dict) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _shown(data: Map) -> Map:
    """The object without what is no change: status, version, what the server stamps, kubectl's own notes."""
    metadata = {key: value for key, value in (data.get("metadata") or {}).items() if key not in _STAMPED}
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and LAST_APPLIED in annotations:
        metadata["annotations"] = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
    hidden = ("status", "apiVersion")
    return {key: metadata if key == "metadata" else value for key, value in data.items() if key not in hidden}


_STAMPED = frozenset({"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"})
