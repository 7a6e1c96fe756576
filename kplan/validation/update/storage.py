"""Changes of StorageClasses, CSI objects, attachments and classes of volume attributes.

Source: kubernetes v1.36 pkg/apis/storage/validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.update.refusal import (
    IMMUTABLE,
    Obj,
    Refusal,
    at,
    differs,
    fixed,
    fixed_field,
    fixed_value,
    immutable,
    without,
)

_PLAIN_WORDS = 36
_ALWAYS_MUTABLE = 29
_CAPACITY_MUTABLE = 23
_COUNT_MUTABLE = 34


def storage_class(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A StorageClass keeps what decides about the volumes it makes."""
    for name in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"):
        forbids = name == "parameters" or (name in ("provisioner", "reclaimPolicy") and minor < _PLAIN_WORDS)
        if (before.get(name) or None) != (after.get(name) or None):
            text = f"updates to {name} are forbidden."
            yield fixed_field((name,), text) if forbids else fixed_value((name,), after.get(name), IMMUTABLE)


def csi_driver(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A CSIDriver keeps how its volumes are attached and how long they live."""
    path = ("spec", "attachRequired")
    if differs(before, after, *path):
        yield fixed_value(("spec", "attachedRequired"), at(after, *path), IMMUTABLE, path)
    names = ["volumeLifecycleModes"]
    names += ["podInfoOnMount", "fsGroupPolicy"] if minor < _ALWAYS_MUTABLE else []
    names += ["storageCapacity"] if minor < _CAPACITY_MUTABLE else []
    for name in names:
        yield from immutable(before, after, "spec", name)


def csi_node(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A CSINode keeps what it says of a driver as long as the driver is there."""
    loose = ("allocatable",) if minor >= _COUNT_MUTABLE else ()
    known = {driver.get("name"): driver for driver in at(before, "spec", "drivers") or ()}
    for index, driver in enumerate(at(after, "spec", "drivers") or ()):
        old = known.get(driver.get("name"))
        if old is not None and without(old, *loose) != without(driver, *loose):
            yield fixed_value(("CSINodeDriver",), driver, IMMUTABLE, ("spec", "drivers", index))


CHECKS = {
    "StorageClass": storage_class,
    "CSIDriver": csi_driver,
    "CSINode": csi_node,
    "CSIStorageCapacity": fixed(("nodeTopology",), ("storageClassName",)),
    "VolumeAttachment": fixed(("spec",)),
    "VolumeAttributesClass": fixed(("driverName",), ("parameters",)),
}
