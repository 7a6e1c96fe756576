"""PersistentVolumes, and the entry to PersistentVolumeClaims.

Source: kubernetes v1.36 pkg/apis/core/validation ValidatePersistentVolumeSpec.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import partial

from kplan.k8s.name import dns_label, dns_subdomain
from kplan.validation.check import NOT_POSITIVE, Obj, Path, backsteps, messages, named, one_of
from kplan.validation.core_affinity import node_selector
from kplan.validation.core_claim import VOLUME_MODES, access_modes, persistent_volume_claim
from kplan.validation.core_resource import quantity
from kplan.validation.core_volume_source import DISKS, SourceCheck, csi_driver_name
from kplan.validation.fault import Fault, Key, forbidden, invalid, required, unsupported
from kplan.validation.feature import on
from kplan.validation.meta import object_meta

_SPEC: Path = ("spec",)


def persistent_volume(data: Obj, minor: int) -> Iterator[Fault]:
    """A PersistentVolume."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data, namespaced=False)
    if not spec.get("accessModes"):
        yield required((*_SPEC, "accessModes"))
    yield from access_modes(spec.get("accessModes"), (*_SPEC, "accessModes"), minor)
    yield from _capacity(spec.get("capacity") or {}, (*_SPEC, "capacity"))
    reclaim = spec.get("persistentVolumeReclaimPolicy") or "Retain"
    yield from one_of(reclaim, ("Delete", "Recycle", "Retain"), (*_SPEC, "persistentVolumeReclaimPolicy"))
    affinity = spec.get("nodeAffinity")
    if affinity is not None:
        yield from _node_affinity(affinity, (*_SPEC, "nodeAffinity"), minor)
    yield from _source(data, spec, minor)
    host = (spec.get("hostPath") or {}).get("path") or ""
    if (
        reclaim == "Recycle"
        and spec.get("hostPath") is not None
        and posixpath.normpath("//" + host if host == "" else host) == "/"
    ):
        text = "may not be 'recycle' for a hostPath mount of '/'"
        yield forbidden((*_SPEC, "persistentVolumeReclaimPolicy"), text)
    if name := spec.get("storageClassName"):
        yield from messages((*_SPEC, "storageClassName"), name, dns_subdomain(name))
    if spec.get("volumeMode") is not None:
        yield from one_of(spec["volumeMode"], VOLUME_MODES, (*_SPEC, "volumeMode"))
    if spec.get("volumeAttributesClassName") is not None and on("VolumeAttributesClass", minor):
        yield from _attributes_class(spec)


def _capacity(capacity: Obj, path: Path) -> Iterator[Fault]:
    if not capacity:
        yield required(path)
    if "storage" not in capacity or len(capacity) > 1:
        yield unsupported(path, capacity or None, ("storage",))
    for name, value in capacity.items():
        amount, at = quantity(value), (*path, Key(name))
        if amount.sign < 0:
            yield invalid(at, amount.value(), "must be a valid resource quantity")
        if amount.sign <= 0:
            yield invalid(at, str(amount), NOT_POSITIVE)


def _node_affinity(affinity: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if affinity.get("required") is None:
        yield required((*path, "required"), "must specify required node constraints")
    else:
        yield from node_selector(affinity["required"], (*path, "required"), on("NodeAffinityValues", minor))


def _source(data: Obj, spec: Obj, minor: int) -> Iterator[Fault]:
    given = [key for key in _SOURCES if spec.get(key) is not None]
    for key in given[1:]:
        yield forbidden((*_SPEC, "cephFS" if key == "cephfs" else key), "may not specify more than 1 volume type")
    if not given:
        yield required(_SPEC, "must specify a volume type")
        return
    kind = given[0]
    yield from _SOURCES[kind](spec[kind], (*_SPEC, kind), minor)
    if kind == "local" and spec.get("nodeAffinity") is None:
        yield required((*_SPEC, "nodeAffinity"), "Local volume requires node affinity")
    if kind == "iscsi":
        yield from _iscsi_length(data, spec["iscsi"])


def _iscsi_length(data: Obj, source: Obj) -> Iterator[Fault]:
    name, portal = (data.get("metadata") or {}).get("name") or "", source.get("targetPortal") or ""
    if source.get("initiatorName") is not None and len(f"{name}:{portal}") > 64:
        text = (
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName "
            "is specified."
        )
        yield invalid((*_SPEC, "iscsi", "targetportal"), portal, text)


def _attributes_class(spec: Obj) -> Iterator[Fault]:
    name, at = spec["volumeAttributesClassName"], (*_SPEC, "volumeAttributesClassName")
    if not name:
        yield required(at, "an empty string is disallowed")
    else:
        yield from messages(at, name, dns_subdomain(name))
    if spec.get("csi") is None:
        yield required((*_SPEC, "csi"), "has to be specified when using volumeAttributesClassName")


def _glusterfs(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from DISKS["glusterfs"](source, path, minor)
    namespace, at = source.get("endpointsNamespace"), (*path, "endpointsNamespace")
    if namespace == "":
        text = "if the endpointnamespace is set, it must be a valid namespace name"
        yield invalid(at, namespace, text)
    elif namespace is not None:
        yield from messages(at, namespace, dns_label(namespace))


def _azure_file(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from DISKS["azureFile"](source, path, minor)
    if source.get("secretNamespace") == "":
        yield required((*path, "secretNamespace"))


def _local(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if not source.get("path"):
        yield required((*path, "path"))
    else:
        yield from backsteps(source["path"], (*path, "path"))


def _with_secret_namespace(kind: str, source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """As in a pod, and the secret names its namespace."""
    yield from DISKS[kind](source, path, minor)
    secret = source.get("secretRef")
    if secret is not None and kind == "iscsi" and not secret.get("name"):
        yield required((*path, "secretRef", "name"))
    if secret is not None and kind != "iscsi" and not secret.get("namespace"):
        yield required((*path, "secretRef", "namespace"))


def _csi(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from csi_driver_name(source.get("driver") or "", (*path, "driver"))
    if not source.get("volumeHandle"):
        yield required((*path, "volumeHandle"))
    for key in (
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ):
        secret = source.get(key)
        if secret is not None:
            yield from named(dns_subdomain, secret.get("name"), (*path, key, "name"))
            yield from named(dns_label, secret.get("namespace"), (*path, key, "namespace"))


_SOURCES: dict[str, SourceCheck] = {
    "hostPath": DISKS["hostPath"],
    "gcePersistentDisk": DISKS["gcePersistentDisk"],
    "awsElasticBlockStore": DISKS["awsElasticBlockStore"],
    "glusterfs": _glusterfs,
    "flocker": DISKS["flocker"],
    "nfs": DISKS["nfs"],
    "rbd": DISKS["rbd"],
    "quobyte": DISKS["quobyte"],
    "cephfs": DISKS["cephfs"],
    "iscsi": partial(_with_secret_namespace, "iscsi"),
    "cinder": partial(_with_secret_namespace, "cinder"),
    "fc": DISKS["fc"],
    "flexVolume": DISKS["flexVolume"],
    "azureFile": _azure_file,
    "vsphereVolume": DISKS["vsphereVolume"],
    "photonPersistentDisk": DISKS["photonPersistentDisk"],
    "portworxVolume": DISKS["portworxVolume"],
    "azureDisk": DISKS["azureDisk"],
    "scaleIO": DISKS["scaleIO"],
    "local": _local,
    "storageos": partial(_with_secret_namespace, "storageos"),
    "csi": _csi,
}
"""In the server's order: the first one counts."""

CHECKS = {"PersistentVolume": persistent_volume, "PersistentVolumeClaim": persistent_volume_claim}
