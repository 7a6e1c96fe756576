"""Who reads ConfigMaps and Secrets, and whether running pods see it when they change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from kplan.kinds import pod_spec_path
from kplan.model import ObjectRef, Resource
from kplan.model.change import Change
from kplan.rules.pod import dicts

Way = Literal["env", "volume", "subPath"]
Map = dict[str, Any]
_ENV = {"ConfigMap": ("configMapRef", "configMapKeyRef"), "Secret": ("secretRef", "secretKeyRef")}
_VOLUME = {"ConfigMap": ("configMap", "name"), "Secret": ("secret", "secretName")}


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
        path = pod_spec_path(resource.kind)
        spec = resource.get(*path) if path else None
        if isinstance(spec, dict):
            for kind, name, way, key in dict.fromkeys(_readings(spec)):
                ref = ObjectRef("", kind, resource.ref.namespace, name)
                found.setdefault(ref, []).append(Reading(resource, way, key))
    return found


def _readings(spec: Map) -> Iterator[tuple[str, str, Way, str | None]]:
    containers = [*dicts(spec.get("initContainers")), *dicts(spec.get("containers"))]
    for kind, (whole, one) in _ENV.items():
        for container in containers:
            for source in dicts(container.get("envFrom")):
                if name := _name(source.get(whole)):
                    yield kind, name, "env", None
            for variable in dicts(container.get("env")):
                reference = _map(variable.get("valueFrom")).get(one)
                if name := _name(reference):
                    yield kind, name, "env", str(_map(reference).get("key"))
        for volume in dicts(spec.get("volumes")):
            for name, items in _sources(kind, volume):
                for mount in _mounts(containers, volume.get("name")):
                    sub_path = mount.get("subPath") or mount.get("subPathExpr")
                    yield kind, name, "subPath" if sub_path else "volume", _key(sub_path, items)


def _sources(kind: str, volume: Map) -> Iterator[tuple[str, list[Map]]]:
    """The ConfigMaps or Secrets of a volume, each with its `items`."""
    field, name_field = _VOLUME[kind]
    direct = _map(volume.get(field))
    if isinstance(direct.get(name_field), str):
        yield direct[name_field], list(dicts(direct.get("items")))
    for source in dicts(_map(volume.get("projected")).get("sources")):
        one = _map(source.get(field))
        if name := _name(one):
            yield name, list(dicts(one.get("items")))


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


def _name(value: Any) -> str | None:
    name = _map(value).get("name")
    return name if isinstance(name, str) else None


def _map(value: Any) -> Map:
    return value if isinstance(value, dict) else {}
