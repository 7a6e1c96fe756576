"""Who reads ConfigMaps and Secrets, and whether running pods see it when they change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from kplan.kinds import pod_spec_path
from kplan.kinds.reference import POD_SPEC, Reference, references
from kplan.model import FieldPath, ObjectRef, Resource
from kplan.model.change import Change
from kplan.rules.pod import dicts

Way = Literal["env", "volume", "subPath"]
Map = dict[str, Any]


class Reading(NamedTuple):
    """How a workload reads a ConfigMap or Secret; `key` is the only one that it reads in this way, None for all."""

    resource: Resource
    way: Way
    key: str | None

    def sees(self, keys: frozenset[str]) -> bool:
        """Whether a change of these keys concerns it."""
        return self.key is None or self.key in keys


def changed_keys(change: Change) -> frozenset[str]:
    """The keys of a ConfigMap or Secret whose values change."""
    keys: set[str] = set()
    for field in change.fields:
        if field.path[0] in ("data", "binaryData"):
            sides = [side for side in (field.before, field.after) if isinstance(side, dict)]
            keys.update([str(field.path[1])] if len(field.path) > 1 else (key for side in sides for key in side))
    return frozenset(keys)


def readings(resources: Iterable[Resource]) -> dict[ObjectRef, list[Reading]]:
    """Every reading of every ConfigMap and Secret by the pods of these objects, in their order."""
    found: dict[ObjectRef, list[Reading]] = {}
    for resource in resources:
        if pod_spec_path(resource.kind):
            for target, way, key in dict.fromkeys(_readings(resource)):
                found.setdefault(target, []).append(Reading(resource, way, key))
    return found


def _readings(resource: Resource) -> Iterator[tuple[ObjectRef, Way, str | None]]:
    for reference in references(resource):
        at, target = reference.row.at, reference.target
        if reference.row.of != POD_SPEC or target.kind not in ("ConfigMap", "Secret"):
            continue
        if ".env" in at:
            yield target, "env", reference.keys[0][1] if reference.keys else None
        elif at.startswith(("volumes[].configMap", "volumes[].secret", "volumes[].projected")):
            holder, volume = resource.get(*reference.holder), resource.get(*_volume_path(reference))
            for mount in _mounts(_containers(resource), _map(volume).get("name")):
                sub_path = mount.get("subPath") or mount.get("subPathExpr")
                yield target, "subPath" if sub_path else "volume", _key(sub_path, list(dicts(holder.get("items"))))


def _volume_path(reference: Reference) -> FieldPath:
    return reference.path[: reference.path.index("volumes") + 2]


def _containers(resource: Resource) -> list[Map]:
    spec = _map(resource.get(*(pod_spec_path(resource.kind) or ())))
    return [*dicts(spec.get("initContainers")), *dicts(spec.get("containers"))]


def _mounts(containers: Iterable[Map], volume: Any) -> Iterator[Map]:
    for container in containers:
        for mount in dicts(container.get("volumeMounts")):
            if mount.get("name") == volume:
                yield mount


def _key(sub_path: Any, items: list[Map]) -> str | None:
    """The key that a path below a volume shows; None where it may be several."""
    if not isinstance(sub_path, str) or "$" in sub_path:
        return None
    if items:
        return next((str(item.get("key")) for item in items if item.get("path") == sub_path), None)
    return sub_path if "/" not in sub_path else None


def _map(value: Any) -> Map:
    return value if isinstance(value, dict) else {}
