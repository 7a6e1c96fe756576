"""Sources of volumes that pods and PersistentVolumes share, and those of PersistentVolumes.

Source: kubernetes v1.36 pkg/apis/core/validation validate*VolumeSource.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

from kplan.k8s.name import dns_label, dns_subdomain
from kplan.validation.check import (
    Obj,
    Path,
    backsteps,
    descending_path,
    dns_labels,
    inclusive,
    messages,
    named,
    one_of,
)
from kplan.validation.fault import Fault, Key, invalid, required, too_long, unsupported

SourceCheck: TypeAlias = Callable[[Any, Path, int], Iterator[Fault]]

_HOST_PATH_TYPES = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)
_IQN = re.compile(r"iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)\Z", re.ASCII)
_EUI = re.compile(r"eui.[A-Za-z0-9]{16}\Z")
_NAA = re.compile(r"naa.[A-Za-z0-9]{32}\Z")


def file_mode(holder: Obj, key: str, path: Path) -> Iterator[Fault]:
    """A file mode, 0 to 0777."""
    mode = holder.get(key)
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid((*path, key), mode, "must be a number between 0 and 0777 (octal), both inclusive")


def csi_driver_name(name: str, path: Path) -> Iterator[Fault]:
    """The name of a CSI driver: a subdomain in any case, at most 63 bytes."""
    if not name:
        yield required(path)
    if len(name.encode()) > 63:
        yield too_long(path, 63)
    yield from messages(path, name, dns_subdomain(name.lower()))


def _needs(keys: tuple[str, ...], source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    for key in keys:
        if not source.get(key):
            yield required((*path, key))


def host_path(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """A path on the host."""
    if not source.get("path"):
        yield required((*path, "path"))
        return
    yield from backsteps(source["path"], (*path, "path"))
    if source.get("type"):
        yield from one_of(source["type"], _HOST_PATH_TYPES, (*path, "type"))


def _git_repo(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from _needs(("repository",), source, path, minor)
    yield from descending_path(source.get("directory") or "", (*path, "directory"))


def _partition(name: str, source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from _needs((name,), source, path, minor)
    number = source.get("partition") or 0
    if not 0 <= number <= 255:
        yield invalid((*path, "partition"), number, inclusive(1, 255))


def _gce(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from _partition("pdName", source, (*path[:-1], "persistentDisk"), minor)


def _nfs(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from _needs(("server", "path"), source, path, minor)
    if not (source.get("path") or "").startswith("/"):
        yield invalid((*path, "path"), source.get("path") or "", "must be an absolute path")


def iscsi(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """An iSCSI disk."""
    yield from _needs(("targetPortal", "iqn"), source, path, minor)
    if source.get("iqn"):
        yield from _iscsi_name(source["iqn"], (*path, "iqn"))
    lun = source.get("lun") or 0
    if not 0 <= lun <= 255:
        yield invalid((*path, "lun"), lun, inclusive(0, 255))
    if (source.get("chapAuthDiscovery") or source.get("chapAuthSession")) and source.get("secretRef") is None:
        yield required((*path, "secretRef"))
    if source.get("initiatorName") is not None:
        yield from _iscsi_name(source["initiatorName"], (*path, "initiatorname"))


def _iscsi_name(name: str, path: Path) -> Iterator[Fault]:
    if not name.startswith(("iqn", "eui", "naa")):
        yield invalid(path, name, "must be valid format starting with iqn, eui, or naa")
    elif not {"iqn": _IQN.search, "eui": _EUI.match, "naa": _NAA.match}[name[:3]](name):
        yield invalid(path, name, "must be valid format")


def _flocker(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    name, uuid = source.get("datasetName") or "", source.get("datasetUUID")
    if not name and not uuid:
        yield required(path, "one of datasetName and datasetUUID is required")
    if name and uuid:
        yield invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously")
    if "/" in name:
        yield invalid((*path, "datasetName"), name, "must not contain '/'")


def _cinder(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from _needs(("volumeID",), source, path, minor)
    if source.get("secretRef") is not None:
        yield from _needs(("name",), source["secretRef"], (*path, "secretRef"), minor)


def _quobyte(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    registry, text = source.get("registry") or "", "must be a host:port pair or multiple pairs separated by commas"
    if not registry:
        yield required((*path, "registry"), text)
    elif len(source.get("tenant") or "") >= 65:
        yield required((*path, "tenant"), "must be a UUID and may not exceed a length of 64 characters")
    elif any(not _is_host_port(pair) for pair in registry.split(",")):
        yield invalid((*path, "registry"), registry, text)
    yield from _needs(("volume",), source, path, minor)


def _is_host_port(pair: str) -> bool:
    if pair.startswith("["):
        return bool(re.match(r"\[[^\[\]]*\]:[^:\[\]]*\Z", pair))
    return pair.count(":") == 1 and "[" not in pair and "]" not in pair


def _fc(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    names, wwids, lun = source.get("targetWWNs"), source.get("wwids"), source.get("lun")
    if not names and not wwids:
        yield required((*path, "targetWWNs"), "must specify either targetWWNs or wwids, but not both")
    if names and wwids:
        yield invalid((*path, "targetWWNs"), names, "targetWWNs and wwids can not be specified simultaneously")
    if names and lun is None:
        yield required((*path, "lun"), "lun is required if targetWWNs is specified")
    elif names and not 0 <= (lun or 0) <= 255:
        yield invalid((*path, "lun"), lun, inclusive(0, 255))


def _flex(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from _needs(("driver",), source, path, minor)
    for key in source.get("options") or ():
        namespace = "." + key.partition("/")[0].lower()
        if namespace.endswith((".kubernetes.io", ".k8s.io")):
            text = "kubernetes.io and k8s.io namespaces are reserved"
            yield invalid((*path, "options", Key(key)), key, text)


def _azure_disk(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from _needs(("diskName", "diskURI"), source, path, minor)
    uri, kind = source.get("diskURI") or "", source.get("kind", "Shared") or "Shared"
    if source.get("cachingMode") is not None:
        yield from one_of(source["cachingMode"], ("None", "ReadOnly", "ReadWrite"), (*path, "cachingMode"))
    yield from one_of(kind, ("Dedicated", "Managed", "Shared"), (*path, "kind"))
    if kind == "Managed" and not uri.startswith("/subscriptions/"):
        form = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
        yield unsupported((*path, "diskURI"), uri, (form,))
    if kind != "Managed" and not uri.startswith("https://"):
        form = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"
        yield unsupported((*path, "diskURI"), uri, (form,))


def _storage_os(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from named(dns_label, source.get("volumeName"), (*path, "volumeName"))
    yield from dns_labels(source.get("volumeNamespace"), (*path, "volumeNamespace"))
    if source.get("secretRef") is not None:
        yield from _needs(("name",), source["secretRef"], (*path, "secretRef"), minor)


DISKS: dict[str, SourceCheck] = {
    "hostPath": host_path,
    "gitRepo": _git_repo,
    "gcePersistentDisk": _gce,
    "awsElasticBlockStore": partial(_partition, "volumeID"),
    "nfs": _nfs,
    "iscsi": iscsi,
    "glusterfs": partial(_needs, ("endpoints", "path")),
    "flocker": _flocker,
    "rbd": partial(_needs, ("monitors", "image")),
    "cinder": _cinder,
    "cephfs": partial(_needs, ("monitors",)),
    "quobyte": _quobyte,
    "fc": _fc,
    "flexVolume": _flex,
    "azureFile": partial(_needs, ("secretName", "shareName")),
    "vsphereVolume": partial(_needs, ("volumePath",)),
    "photonPersistentDisk": partial(_needs, ("pdID",)),
    "portworxVolume": partial(_needs, ("volumeID",)),
    "azureDisk": _azure_disk,
    "storageos": _storage_os,
    "scaleIO": partial(_needs, ("gateway", "system", "volumeName")),
}
"""Kind of source -> its check, as in pods."""
