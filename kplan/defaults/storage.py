"""Defaults of the group storage.k8s.io.

Source: kubernetes v1.36 pkg/apis/storage/{v1,v1beta1} defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from kplan.defaults.volume import default_volume_source

Value: TypeAlias = dict[str, Any]

_SINCE = {
    "attachRequired": (16, True),
    "podInfoOnMount": (16, False),
    "storageCapacity": (21, False),
    "fsGroupPolicy": (20, "ReadWriteOnceWithFSType"),
    "requiresRepublish": (21, False),
    "seLinuxMount": (28, False),
}
"""Field of a CSIDriver -> the first minor that fills it in, and with what."""


def default_storage_class(value: Value, minor: int) -> None:
    """StorageClass."""
    value.setdefault("reclaimPolicy", "Delete")
    value.setdefault("volumeBindingMode", "Immediate")


def default_driver(value: Value, minor: int) -> None:
    """CSIDriver."""
    spec = value.setdefault("spec", {})
    for name, (since, default) in _SINCE.items():
        if minor >= since:
            spec.setdefault(name, default)
    spec.setdefault("volumeLifecycleModes", ["Persistent"])


def default_attachment(value: Value, minor: int) -> None:
    """VolumeAttachment."""
    inline = value.setdefault("spec", {}).get("source", {}).get("inlineVolumeSpec")
    if inline is not None:
        default_volume_source(inline)


DEFAULTS = {
    "storage/v1.StorageClass": default_storage_class,
    "storage/v1beta1.StorageClass": default_storage_class,
    "storage/v1.CSIDriver": default_driver,
    "storage/v1beta1.CSIDriver": default_driver,
    "storage/v1.VolumeAttachment": default_attachment,
    "storage/v1beta1.VolumeAttachment": default_attachment,
}
