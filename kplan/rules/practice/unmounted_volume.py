"""A volume that no container of its pod mounts."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import RUNNING_KINDS, Container, pods_of
from kplan.rules.context import Context
from kplan.rules.pod import dicts, pod_source
from kplan.rules.rule import rule


@rule(severity=Severity.WARNING, kinds=RUNNING_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods, source = pods_of(resource, context), pod_source(resource)
    if pods is None or source is None or source.is_injected:
        return
    if any(context.misread.may_hold(resource, (*c.path, "volumeMounts")) for c in pods.containers):
        return
    volumes = pods.spec.get("volumes")
    mounted = {name for container in pods.containers for name in _mounted(container)}
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        name = volume.get("name") if isinstance(volume, dict) else None
        if isinstance(name, str) and name not in mounted:
            path = (*pods.path, "volumes", index)
            yield Problem(path, f"no container mounts volume `{name}`", place=(*path, "name"))


def _mounted(container: Container) -> Iterator[str]:
    for field in ("volumeMounts", "volumeDevices"):
        yield from (name for mount in dicts(container.data.get(field)) if isinstance(name := mount.get("name"), str))
