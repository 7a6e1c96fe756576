"""Changes of PersistentVolumes and PersistentVolumeClaims.

Source: kubernetes v1.36 pkg/apis/core/validation ValidatePersistentVolumeUpdate, ValidatePersistentVolumeClaimUpdate;
plugin/pkg/admission/storage/persistentvolume/resize.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.validation.update.refusal import (
    IMMUTABLE,
    Obj,
    Refusal,
    at,
    differs,
    fixed_field,
    fixed_value,
    without,
    wrong_field,
)

_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_STORAGE = ("spec", "resources", "requests", "storage")
_ATTRIBUTES = ("spec", "volumeAttributesClassName")
_SPEC_FIXED = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)
_SPEC_FIXED_BEFORE_34 = "spec is immutable after creation except resources.requests for bound claims"
_NAMED_ATTRIBUTES = 29
_RECOVERY = 32
_CLASS_FROM_NONE = 26
_ZERO = parse_quantity("0")

_VOLUME_OPTIONS = (
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
)
"""All fields of a volume's spec that are not its source."""

_GA_LABELS = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
}


def claim(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A claim keeps its spec; when it is bound it may ask for more, and for other volume attributes."""
    old, new = before.get("spec") or {}, after.get("spec") or {}
    bound = at(before, "status", "phase") == "Bound"
    yield from _class_annotation(before, after)
    if _fixed_claim(before, after, old, bound, minor) != _fixed_claim(before, after, new, bound, minor):
        free = (_STORAGE, _ATTRIBUTES) if bound else ()
        text = _SPEC_FIXED if minor >= _NAMED_ATTRIBUTES else _SPEC_FIXED_BEFORE_34
        yield fixed_field(("spec",), text, free=free)
    yield from _size(before, old, new, minor)
    yield from _mode(before, after)
    yield from _attributes(before, old, new)


def _fixed_claim(before: Obj, after: Obj, spec: Obj, bound: bool, minor: int) -> Obj:
    """The part of a claim's spec that must be the same on both sides."""
    found = dict(spec)
    if not at(before, "spec", "volumeName"):
        found.pop("volumeName", None)
    if _may_set_class(before, after, minor):
        found.pop("storageClassName", None)
    if bound:
        found.pop("volumeAttributesClassName", None)
        requests = without(at(found, "resources", "requests") or {}, "storage")
        found["resources"] = {**(found.get("resources") or {}), "requests": requests}
    return found


def _may_set_class(before: Obj, after: Obj, minor: int) -> bool:
    """A claim without a class may get one: that of its old annotation, where it has one."""
    if at(before, "spec", "storageClassName") is not None:
        return False
    notes = at(before, "metadata", "annotations") or {}
    new = at(after, "spec", "storageClassName")
    if _CLASS_ANNOTATION in notes:
        return bool(new == notes[_CLASS_ANNOTATION])
    return new is not None and minor >= _CLASS_FROM_NONE


def _class_annotation(before: Obj, after: Obj) -> Iterator[Refusal]:
    path = ("metadata", "annotations", _CLASS_ANNOTATION)
    moved = at(after, *path) is None and _may_set_class(before, after, 0)
    if (at(before, *path) or "") != (at(after, *path) or "") and not moved:
        yield fixed_value(path, at(after, *path), IMMUTABLE)


def _size(before: Obj, old: Obj, new: Obj, minor: int) -> Iterator[Refusal]:
    size, wanted = (at(spec, "resources", "requests", "storage") or _ZERO for spec in (old, new))
    if not wanted < size:
        return
    if minor < _RECOVERY:
        yield wrong_field(_STORAGE, "field can not be less than previous value")
        return
    capacity: Quantity = at(before, "status", "capacity", "storage") or _ZERO
    if not capacity < wanted:
        yield wrong_field(_STORAGE, "field can not be less than status.capacity")


def _attributes(before: Obj, old: Obj, new: Obj) -> Iterator[Refusal]:
    name = "volumeAttributesClassName"
    if old.get(name) == new.get(name) or at(before, "status", "currentVolumeAttributesClassName") is None:
        return
    if not new.get(name):
        to = "nil" if new.get(name) is None else "empty string"
        text = f"update to {to} is forbidden when status.currentVolumeAttributesClassName is not nil"
        yield wrong_field(_ATTRIBUTES, text)


def expansion(before: Obj, after: Obj, storage_class: Any) -> Iterator[Refusal]:
    """What the admission plugin for volumes that grow has against a bound claim whose class is `storage_class`."""
    try:
        size, wanted = (parse_quantity(at(data, *_STORAGE) or "0") for data in (before, after))
    except ValueError:
        return
    if size < wanted and not at(storage_class, "allowVolumeExpansion"):
        text = (
            "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc "
            "must support resize"
        )
        yield wrong_field(_STORAGE, text)


def volume(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A volume keeps what it is made of, and where it can be reached."""
    del minor
    source, new = (without(data.get("spec") or {}, *_VOLUME_OPTIONS) for data in (before, after))
    new = _without_new_secret(source, new)
    if source != new:
        text = "spec.persistentvolumesource is immutable after creation"
        below = tuple(("spec", name) for name in sorted({*source, *new}) if source.get(name) != new.get(name))
        yield fixed_field(("spec", "persistentvolumesource"), text, *below)
    yield from _mode(before, after)
    affinity, found = (at(data, "spec", "nodeAffinity") for data in (before, after))
    if affinity is not None and not _same_affinity(affinity, found):
        text = f"{IMMUTABLE}, except for updating from beta label to GA"
        yield fixed_value(("nodeAffinity",), found, text, ("spec", "nodeAffinity"))
    if at(before, *_ATTRIBUTES) is not None and at(after, *_ATTRIBUTES) is None:
        yield wrong_field(_ATTRIBUTES, "update from non-nil value to nil is forbidden")


def _mode(before: Obj, after: Obj) -> Iterator[Refusal]:
    """The server leaves `spec` out of the path."""
    path = ("spec", "volumeMode")
    if differs(before, after, *path):
        yield fixed_value(("volumeMode",), at(after, *path), IMMUTABLE, path)


def _without_new_secret(old: Obj, new: Obj) -> Obj:
    """A CSI volume may get a secret for its expansion where it had none."""
    csi = new.get("csi")
    if "csi" in old and csi and "controllerExpandSecretRef" not in old["csi"]:
        return {**new, "csi": without(csi, "controllerExpandSecretRef")}
    return new


def _same_affinity(old: Any, new: Any) -> bool:
    """Whether they are the same but for labels that got their final names."""
    if isinstance(old, dict) and isinstance(new, dict):
        renamed = "key" in old and _GA_LABELS.get(old["key"]) == new.get("key")
        return old.keys() == new.keys() and all(
            (name == "key" and renamed) or _same_affinity(value, new[name]) for name, value in old.items()
        )
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same_affinity, old, new))
    return bool(old == new)


CHECKS = {"PersistentVolumeClaim": claim, "PersistentVolume": volume}
