"""Defaults of persistent volumes and the claims to them.

Source: kubernetes v1.36 pkg/apis/core/v1 defaults.go; pkg/api/persistentvolumeclaim util.go;
plugin/pkg/admission/storage/storageobjectinuseprotection.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from kplan.defaults.pod import VOLUME_DEFAULTS, default_claim_spec, round_resources

Value: TypeAlias = dict[str, Any]

_DATA_SOURCE_REF = 24
_ATTRIBUTES_CLASS = 34
_SNAPSHOTS = "snapshot.storage.k8s.io"
_PERSISTENT = ("hostPath", "iscsi", "rbd", "azureDisk", "scaleIO")


def default_claim(value: Value, minor: int) -> None:
    """PersistentVolumeClaim, also as a template."""
    default_claim_spec(value.setdefault("spec", {}))
    value["status"] = {"phase": "Pending"}


def default_stored_claim(value: Value, minor: int) -> None:
    """PersistentVolumeClaim as an object: protected while in use, and its data source said twice."""
    default_claim(value, minor)
    _protect(value, "kubernetes.io/pvc-protection")
    spec = value["spec"]
    if minor < _ATTRIBUTES_CLASS:
        spec.pop("volumeAttributesClassName", None)
    _normalise_data_source(spec, minor)


def _normalise_data_source(spec: Value, minor: int) -> None:
    if minor < _DATA_SOURCE_REF or spec.get("dataSourceRef", {}).get("namespace"):
        spec.pop("dataSourceRef", None)
    if "dataSourceRef" not in spec and not _is_claim_or_snapshot(spec.get("dataSource", {})):
        spec.pop("dataSource", None)
    if minor < _DATA_SOURCE_REF:
        return
    if "dataSource" in spec:
        spec.setdefault("dataSourceRef", dict(spec["dataSource"]))
    elif "dataSourceRef" in spec:
        spec["dataSource"] = {name: item for name, item in spec["dataSourceRef"].items() if name != "namespace"}


def _is_claim_or_snapshot(source: Value) -> bool:
    group, kind = source.get("apiGroup", ""), source.get("kind")
    return (kind == "PersistentVolumeClaim" and group == "") or (kind == "VolumeSnapshot" and group == _SNAPSHOTS)


def default_volume(value: Value, minor: int) -> None:
    """PersistentVolume."""
    spec = value.setdefault("spec", {})
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    if minor < _ATTRIBUTES_CLASS:
        spec.pop("volumeAttributesClassName", None)
    default_volume_source(spec)
    _protect(value, "kubernetes.io/pv-protection")
    value["status"] = {"phase": "Pending"}


def default_volume_source(spec: Value) -> None:
    """Capacity and source of a persistent volume; its kinds of sources have the defaults of pod volumes."""
    round_resources(spec.get("capacity"))
    for kind in _PERSISTENT:
        for name, default in VOLUME_DEFAULTS[kind].items() if kind in spec else ():
            spec[kind].setdefault(name, default)


def _protect(value: Value, finalizer: str) -> None:
    finalizers = value["metadata"].setdefault("finalizers", [])
    if finalizer not in finalizers:
        finalizers.append(finalizer)
