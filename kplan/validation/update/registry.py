"""Which check of changes is for which kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from kplan.defaults.stored import go_type
from kplan.k8s.codec import DecodeError, decode, encode
from kplan.validation.fault import Fault
from kplan.validation.update.refusal import Check, Obj, Refusal

_KINDS = {
    "core_pod": {"": "Pod"},
    "core_service": {"": "Service"},
    "core_storage": {"": "PersistentVolume PersistentVolumeClaim"},
    "core_config": {"": "ConfigMap Secret"},
    "core_cluster": {"": "Node ResourceQuota"},
    "apps": {
        "apps": "Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision",
        "extensions": "Deployment ReplicaSet DaemonSet",
    },
    "batch": {"batch": "Job"},
    "networking": {"networking.k8s.io": "IngressClass IPAddress ServiceCIDR"},
    "rbac": {"rbac.authorization.k8s.io": "RoleBinding ClusterRoleBinding"},
    "storage": {
        "storage.k8s.io": "StorageClass CSIDriver CSINode CSIStorageCapacity VolumeAttachment VolumeAttributesClass",
    },
    "scheduling": {"scheduling.k8s.io": "PriorityClass"},
    "node": {"node.k8s.io": "RuntimeClass"},
    "coordination": {"coordination.k8s.io": "LeaseCandidate"},
    "discovery": {"discovery.k8s.io": "EndpointSlice"},
    "resource": {"resource.k8s.io": "ResourceClaim ResourceClaimTemplate"},
    "certificates": {"certificates.k8s.io": "ClusterTrustBundle"},
    "apiextensions": {"apiextensions.k8s.io": "CustomResourceDefinition"},
}
"""Module -> group -> the kinds whose changes it judges. Any change of other kinds is taken if the object is good."""

_MODULES = {
    (group, kind): module
    for module, groups in _KINDS.items()
    for group, kinds in groups.items()
    for kind in kinds.split()
}


def validate_update(before: dict[str, Any], after: dict[str, Any], minor: int) -> Iterator[Fault]:
    """What Kubernetes 1.`minor` refuses of an update, in the server's order: faults of the change, then of the object.

    Both are objects as stored, `after` being what `prepare_update` gives; `before` may have its status.

    >>> before = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "type": "Opaque"}
    >>> [(fault.field, fault.message) for fault in validate_update(before, {**before, "type": "a/b"}, 36)]
    [('type', 'Invalid value: "a/b": field is immutable')]

    Source: kubernetes v1.36 pkg/apis/*/validation Validate*Update, pkg/registry/*/strategy.go ValidateUpdate.
    """
    from kplan.validation.registry import validate

    for refusal in refusals(before, after, minor):
        yield refusal.fault
    yield from validate(after, minor, before)


def refusals(before: dict[str, Any], after: dict[str, Any], minor: int) -> Iterator[Refusal]:
    """The faults of the change alone, with the fields that they are about; arguments as of `validate_update`."""
    module = _module(after)
    if module is None:
        return
    try:
        old, new = _with_status(before, minor), _decoded(after, minor)
    except DecodeError:
        return
    checks: dict[str, Check] = import_module(f"kplan.validation.update.{module}").CHECKS
    yield from checks[after["kind"]](old, new, minor)


def prepare_update(before: dict[str, Any], after: dict[str, Any], minor: int) -> dict[str, Any]:
    """The object as the server would store it in place of `before`; the arguments are not changed.

    What it fills in from the old object stays, and what the old type of a Service needed and the new one has no use for
    is gone. Both are objects with their defaults.

    Source: kubernetes v1.36 pkg/registry/*/strategy.go PrepareForUpdate.
    """
    prepare = _preparation(_module(after), after.get("kind"))
    if prepare is None:
        return after
    try:
        old, new = _decoded(before, minor), _decoded(after, minor)
    except DecodeError:
        return after
    prepare(old, new)
    return _encoded(after, new, minor)


@cache
def _preparation(module: str | None, kind: str | None) -> Any:
    if module is None:
        return None
    return getattr(import_module(f"kplan.validation.update.{module}"), "PREPARE", {}).get(kind)


def _module(data: Obj) -> str | None:
    group = str(data.get("apiVersion") or "").rpartition("/")[0]
    return _MODULES.get((group, str(data.get("kind"))))


def _decoded(data: Obj, minor: int) -> Obj:
    """As Go holds it; of kinds whose Go types are not known, as it is."""
    type_ = go_type(data.get("apiVersion"), data.get("kind"))
    return decode(type_, minor, data) if type_ else data


def _with_status(before: Obj, minor: int) -> Obj:
    """The object before; where its status cannot be read, without it."""
    try:
        return _decoded(before, minor)
    except DecodeError:
        return _decoded({key: value for key, value in before.items() if key != "status"}, minor)


def _encoded(like: Obj, value: Obj, minor: int) -> Obj:
    type_ = go_type(like.get("apiVersion"), like.get("kind"))
    found = encode(type_, minor, value) if type_ else value
    if found.get("metadata", {}).get("creationTimestamp", "") is None:
        del found["metadata"]["creationTimestamp"]
    if "status" not in like:
        found.pop("status", None)
    return {"apiVersion": found.pop("apiVersion"), "kind": found.pop("kind"), **found}
