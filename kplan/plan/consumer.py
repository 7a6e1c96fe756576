"""Who reads a ConfigMap or Secret, and whether running pods see that it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from kplan.kinds import pod_spec_path
from kplan.model import ObjectRef, Resource

Way = Literal["env", "volume", "subPath"]
_ENV = {"ConfigMap": ("configMapRef", "configMapKeyRef"), "Secret": ("secretRef", "secretKeyRef")}
_VOLUME = {"ConfigMap": ("configMap", "name"), "Secret": ("secret", "secretName")}


def consumers(ref: ObjectRef, resources: Iterable[Resource]) -> Iterator[tuple[Resource, Way]]:
    """The workloads of the namespace that read the object, each with every way in which it does."""
    for resource in resources:
        path = pod_spec_path(resource.kind)
        if path is None or resource.ref.namespace != ref.namespace:
            continue
        spec = resource.get(*path)
        if isinstance(spec, dict):
            for way in dict.fromkeys(_ways(ref, spec)):
                yield resource, way


def _ways(ref: ObjectRef, spec: dict[str, Any]) -> Iterator[Way]:
    containers = [*_maps(spec.get("initContainers")), *_maps(spec.get("containers"))]
    whole, one = _ENV[ref.kind]
    for container in containers:
        names = [_name(source.get(whole)) for source in _maps(container.get("envFrom"))]
        names += [_name(_map(variable.get("valueFrom")).get(one)) for variable in _maps(container.get("env"))]
        if ref.name in names:
            yield "env"
    for volume in _maps(spec.get("volumes")):
        if ref.name not in _volume_names(ref.kind, volume):
            continue
        for container in containers:
            for mount in _maps(container.get("volumeMounts")):
                if mount.get("name") == volume.get("name"):
                    yield "subPath" if mount.get("subPath") or mount.get("subPathExpr") else "volume"


def _volume_names(kind: str, volume: dict[str, Any]) -> list[Any]:
    key, name = _VOLUME[kind]
    projected = _maps(_map(volume.get("projected")).get("sources"))
    return [_map(volume.get(key)).get(name), *(_name(source.get(key)) for source in projected)]


def _name(value: Any) -> Any:
    return _map(value).get("name")


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
