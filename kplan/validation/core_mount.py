"""Volume mounts and devices of a container.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateVolumeMounts, ValidateVolumeDevices.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.check import Obj, Path, descending_path, objects, one_of
from kplan.validation.fault import Fault, forbidden, invalid, not_found, required, unsupported
from kplan.validation.feature import dropped

_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
_RECURSIVE = ("Disabled", "Enabled", "IfPossible")


def volume_mounts(container: Obj, volumes: dict[str, Obj], path: Path, minor: int) -> Iterator[Fault]:
    """The mounts; the server leaves the index out of the paths of some of their fields."""
    devices = {d.get("name") or "": d.get("devicePath") or "" for _, d in objects(container.get("volumeDevices"))}
    seen: set[str] = set()
    for index, mount in objects(container["volumeMounts"]):
        name, target = mount.get("name") or "", mount.get("mountPath") or ""
        if not name:
            yield required((*path, index, "name"))
        if name not in volumes:
            yield not_found((*path, index, "name"), name)
        if not target:
            yield required((*path, index, "mountPath"))
        if target in seen:
            yield invalid((*path, index, "mountPath"), target, "must be unique")
        seen.add(target)
        if devices:
            if name in devices:
                yield invalid((*path, index, "name"), name, "must not already exist in volumeDevices")
            if target in devices.values():
                at = (*path, index, "mountPath")
                yield invalid(at, target, "must not already exist as a path in volumeDevices")
        if len(mount) > 2:
            yield from _options(mount, container, volumes.get(name), path, index, minor)


def _options(mount: Obj, container: Obj, volume: Obj | None, path: Path, index: int, minor: int) -> Iterator[Fault]:
    sub, expression = mount.get("subPath"), mount.get("subPathExpr")
    if volume and volume.get("image") is not None:
        for key in ("subPath", "subPathExpr"):
            if mount.get(key):
                yield invalid((*path, index, key), mount[key], "not allowed in image volume sources")
    if sub:
        yield from descending_path(sub, (*path, "subPath"))
    if expression:
        if sub:
            text = "subPathExpr and subPath are mutually exclusive"
            yield invalid((*path, index, "subPathExpr"), expression, text)
        yield from descending_path(expression, (*path, "subPathExpr"))
    propagation = mount.get("mountPropagation")
    if propagation is not None:
        yield from one_of(propagation, _PROPAGATIONS, (*path, "mountPropagation"))
        privileged = (container.get("securityContext") or {}).get("privileged")
        if propagation == "Bidirectional" and not privileged:
            text = "Bidirectional mount propagation is available only to privileged containers"
            yield forbidden((*path, "mountPropagation"), text)
    if mount.get("recursiveReadOnly") is not None and not dropped("core.VolumeMount", "RecursiveReadOnly", minor):
        yield from _recursive(mount, (*path, "recursiveReadOnly"))


def _recursive(mount: Obj, path: Path) -> Iterator[Fault]:
    value = mount["recursiveReadOnly"]
    if value not in _RECURSIVE:
        yield unsupported(path, value, _RECURSIVE)
    elif value != "Disabled":
        if not mount.get("readOnly"):
            yield forbidden(path, "may only be specified when readOnly is true")
        if mount.get("mountPropagation") not in (None, "None"):
            yield forbidden(path, "may only be specified when mountPropagation is None or not specified")


def volume_devices(container: Obj, volumes: dict[str, Obj], path: Path) -> Iterator[Fault]:
    """The block devices."""
    mounts = {m.get("name") or "": m.get("mountPath") or "" for _, m in objects(container.get("volumeMounts"))}
    names: set[str] = set()
    paths: set[str] = set()
    for index, device in objects(container["volumeDevices"]):
        name, target = device.get("name") or "", device.get("devicePath") or ""
        at_name, at_path = (*path, index, "name"), (*path, index, "devicePath")
        if not name:
            yield required(at_name)
        if name in names:
            yield invalid(at_name, name, "must be unique")
        yield from _device_volume(name, volumes, at_name)
        if not target:
            yield required(at_path)
        if target in paths:
            yield invalid(at_path, target, "must be unique")
        if ".." in target.split("/"):
            yield invalid(at_path, target, "can not contain backsteps ('..')")
        else:
            paths.add(target)
        if name in mounts:
            yield invalid(at_name, name, "must not already exist in volumeMounts")
        if target in mounts.values():
            yield invalid(at_path, target, "must not already exist as a path in volumeMounts")
        if name:
            names.add(name)


def _device_volume(name: str, volumes: dict[str, Obj], path: Path) -> Iterator[Fault]:
    volume = volumes.get(name)
    if volume is None:
        yield not_found(path, name)
    elif volume.get("persistentVolumeClaim") is None and volume.get("ephemeral") is None:
        text = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
        yield invalid(path, name, text)
