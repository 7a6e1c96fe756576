"""StorageClasses, CSIDrivers, CSINodes, VolumeAttachments, CSIStorageCapacities, VolumeAttributesClasses.

Source: kubernetes v1.36 pkg/apis/storage/validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_subdomain, label_value, qualified_name
from kplan.validation.check import (
    NEGATIVE,
    Obj,
    Path,
    label_key,
    label_selector,
    messages,
    nonnegative,
    objects,
    one_of,
    texts,
)
from kplan.validation.core_resource import quantity
from kplan.validation.fault import Fault, duplicate, forbidden, invalid, required, too_long
from kplan.validation.feature import on
from kplan.validation.meta import object_meta

_PARAMETERS_MAX = 512
_PARAMETERS_MAX_BYTES = 256 * 1024
_NODE_ID_MAX = 256
_TEN_MINUTES_S = 600
_FS_GROUP = ("File", "None", "ReadWriteOnceWithFSType")
_SPEC: Path = ("spec",)


def storage_class(data: Obj, minor: int) -> Iterator[Fault]:
    """A StorageClass."""
    del minor
    yield from object_meta(data, namespaced=False)
    yield from _provisioner(data.get("provisioner") or "", ("provisioner",))
    yield from _parameters(data.get("parameters") or {})
    if policy := data.get("reclaimPolicy"):
        yield from one_of(policy, ("Delete", "Retain"), ("reclaimPolicy",))
    mode = data.get("volumeBindingMode")
    if mode is not None:
        yield from one_of(mode, ("Immediate", "WaitForFirstConsumer"), ("volumeBindingMode",))
    if data.get("allowedTopologies"):
        yield from _topologies(data["allowedTopologies"], ("allowedTopologies",))


def _provisioner(name: str, path: Path) -> Iterator[Fault]:
    if not name:
        yield required(path)
    else:
        yield from messages(path, name, qualified_name(name.lower()))


def _parameters(parameters: Obj, *, needed: bool = False) -> Iterator[Fault]:
    path = ("parameters",)
    if len(parameters) > _PARAMETERS_MAX:
        yield too_long(path, _PARAMETERS_MAX)
        return
    if "" in parameters:
        yield invalid(path, "", "field can not be empty.")
    if _bytes_of(parameters) > _PARAMETERS_MAX_BYTES:
        yield too_long(path, _PARAMETERS_MAX_BYTES)
    if needed and not parameters:
        yield required(path, "must contain at least one key/value pair")


def _bytes_of(texts_by_key: Obj) -> int:
    return sum(len(key.encode()) + len((text or "").encode()) for key, text in texts_by_key.items())


def _topologies(terms: list[Any], path: Path) -> Iterator[Fault]:
    # The server compares with a list that begins with as many empty maps as there are terms.
    seen: list[dict[str, frozenset[str]] | None] = [None] * len(terms)
    for index, term in objects(terms):
        here, expressions = (*path, index, "matchLabelExpressions"), {}
        for place, expression in objects(term.get("matchLabelExpressions")):
            key, values = expression.get("key") or "", [v for _, v in texts(expression.get("values"))]
            yield from _topology_values(values, (*here, place, "values"))
            yield from label_key(key, (*here, place, "key"))
            if key in expressions:
                yield duplicate((*here, place, "key"), key)
            expressions[key] = frozenset(values)
        for other in seen:
            if (other or {}) == expressions:
                yield duplicate(here, "")
        seen.append(expressions)


def _topology_values(values: list[str], path: Path) -> Iterator[Fault]:
    if not values:
        yield required(path)
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield duplicate((*path, index), value)
        seen.add(value)
        yield from messages((*path, index), value, label_value(value))


def volume_attributes_class(data: Obj, minor: int) -> Iterator[Fault]:
    """A VolumeAttributesClass."""
    del minor
    yield from object_meta(data, namespaced=False)
    yield from _provisioner(data.get("driverName") or "", ("driverName",))
    yield from _parameters(data.get("parameters") or {}, needed=True)


def csi_driver(data: Obj, minor: int) -> Iterator[Fault]:
    """A CSIDriver; what must be there, the server fills in."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data, namespaced=False)
    policy = spec.get("fsGroupPolicy")
    if policy is not None:
        yield from one_of(policy, _FS_GROUP, (*_SPEC, "fsGroupPolicy"))
    requests = spec.get("tokenRequests") or []
    yield from _token_requests(requests, (*_SPEC, "tokenRequests"))
    for _, mode in texts(spec.get("volumeLifecycleModes")):
        yield from one_of(mode, ("Persistent", "Ephemeral"), (*_SPEC, "volumeLifecycleModes"))
    period = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if period is not None and period < 10 and on("MutableCSINodeAllocatableCount", minor):
        text = "must be greater than or equal to 10 seconds"
        yield invalid((*_SPEC, "nodeAllocatableUpdatePeriodSeconds"), period, text)
    in_secrets = spec.get("serviceAccountTokenInSecrets")
    if in_secrets is not None and not requests and on("CSIServiceAccountTokenSecrets", minor):
        text = "serviceAccountTokenInSecrets is set but no tokenRequests are specified"
        yield invalid((*_SPEC, "serviceAccountTokenInSecrets"), in_secrets, text)


def _token_requests(requests: list[Any], path: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, request in objects(requests):
        audience, seconds = request.get("audience") or "", request.get("expirationSeconds")
        if audience in seen:
            yield duplicate((*path, index, "audience"), audience)
            continue
        seen.add(audience)
        at = (*path, index, "expirationSeconds")
        if seconds is not None and seconds < _TEN_MINUTES_S:
            yield invalid(at, seconds, "may not specify a duration less than 10 minutes")
        if seconds is not None and seconds > 1 << 32:
            yield invalid(at, seconds, "may not specify a duration larger than 2^32 seconds")


def csi_node(data: Obj, minor: int) -> Iterator[Fault]:
    """A CSINode."""
    del minor
    yield from object_meta(data, namespaced=False)
    seen: set[str] = set()
    for index, driver in objects((data.get("spec") or {}).get("drivers")):
        path: Path = ("spec", "drivers", index)
        name, node = driver.get("name") or "", driver.get("nodeID") or ""
        yield from _driver_name(name, (*path, "name"))
        if not node:
            yield required((*path, "nodeID"))
        if len(node.encode()) > _NODE_ID_MAX:
            yield invalid((*path, "nodeID"), node, f"must be {_NODE_ID_MAX} characters or less")
        yield from nonnegative(driver.get("allocatable") or {}, "count", (*path, "allocatable"))
        if name in seen:
            yield duplicate((*path, "name"), name)
        seen.add(name)
        yield from _topology_keys(driver.get("topologyKeys"), path)


def _topology_keys(keys: list[Any] | None, path: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for _, key in texts(keys):
        if not key:
            yield required(path)
        if key in seen:
            yield duplicate(path, key)
        seen.add(key)
        yield from messages(path, key, qualified_name(key))


def _driver_name(name: str, path: Path) -> Iterator[Fault]:
    if not name:
        yield required(path)
        return
    if len(name.encode()) > 63:
        yield too_long(path, 63)
    yield from messages(path, name, dns_subdomain(name.lower()))


def volume_attachment(data: Obj, minor: int) -> Iterator[Fault]:
    """A VolumeAttachment; an inline volume is not looked into."""
    del minor
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data, namespaced=False)
    yield from _driver_name(spec.get("attacher") or "", (*_SPEC, "attacher"))
    source, at = spec.get("source") or {}, (*_SPEC, "source")
    inline, volume = source.get("inlineVolumeSpec"), source.get("persistentVolumeName")
    text = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    if inline is None and volume is None:
        yield required(at, text)
    elif inline is not None and volume is not None:
        yield forbidden(at, text)
    elif volume == "":
        yield required((*at, "persistentVolumeName"), "must specify non empty persistentVolumeName")
    node = spec.get("nodeName") or ""
    yield from messages((*_SPEC, "nodeName"), node, dns_subdomain(node))
    if volume is not None:
        yield from messages((*at, "persistentVolumeName"), volume, dns_subdomain(volume))


def csi_storage_capacity(data: Obj, minor: int) -> Iterator[Fault]:
    """A CSIStorageCapacity."""
    del minor
    yield from object_meta(data)
    yield from label_selector(data.get("nodeTopology"), ("nodeTopology",))
    name = data.get("storageClassName") or ""
    yield from messages(("storageClassName",), name, dns_subdomain(name))
    if data.get("capacity") is not None and quantity(data["capacity"]).sign < 0:
        yield invalid(("capacity",), str(quantity(data["capacity"])), NEGATIVE)


CHECKS = {
    "StorageClass": storage_class,
    "CSIDriver": csi_driver,
    "CSINode": csi_node,
    "VolumeAttachment": volume_attachment,
    "CSIStorageCapacity": csi_storage_capacity,
    "VolumeAttributesClass": volume_attributes_class,
}
