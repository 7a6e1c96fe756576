"""Folders and files of the node in pods."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from kplan.model import FieldPath, Resource
from kplan.rules.container import Pods, pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.pod import dicts


class HostPath(NamedTuple):
    """A `hostPath` volume: where its path is written, the path without needless parts, and whether pods may write."""

    field: FieldPath
    path: str
    is_writable: bool


def host_paths(resource: Resource, context: Context) -> Iterator[HostPath]:
    """The `hostPath` volumes of the pods that an object makes."""
    pods = pods_of(resource, context)
    volumes = pods.spec.get("volumes") if pods else None
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        path = value_at(volume, "hostPath", "path")
        if pods and isinstance(path, str) and path.startswith("/"):
            field = (*pods.path, "volumes", index, "hostPath", "path")
            plain = posixpath.normpath(path).replace("//", "/")
            yield HostPath(field, plain, _is_writable(pods, volume.get("name")))


def _is_writable(pods: Pods, volume: object) -> bool:
    mounts = [mount for c in pods.containers for mount in dicts(c.data.get("volumeMounts"))]
    return any(mount.get("name") == volume and mount.get("readOnly") is not True for mount in mounts)
