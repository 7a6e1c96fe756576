"""PersistentVolumeClaims and templates of them.

Source: kubernetes v1.36 pkg/apis/core/validation ValidatePersistentVolumeClaimSpec.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_label, dns_subdomain
from kplan.validation.check import NOT_POSITIVE, Obj, Path, label_selector, messages, one_of
from kplan.validation.core_resource import quantity
from kplan.validation.fault import Fault, Key, forbidden, invalid, required, unsupported
from kplan.validation.feature import on
from kplan.validation.meta import object_meta, template_meta

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")
_SOURCE_KINDS = (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))


def persistent_volume_claim(data: Obj, minor: int) -> Iterator[Fault]:
    """A PersistentVolumeClaim."""
    yield from object_meta(data)
    yield from claim_spec(_with_sources(data.get("spec") or {}), ("spec",), minor)


def _with_sources(spec: Obj) -> Obj:
    """The spec as the server validates it: a dataSource of another kind is dropped, dataSource and Ref fill each other.

    Source: kubernetes v1.36 pkg/api/persistentvolumeclaim EnforceDataSourceBackwardsCompatibility,
    NormalizeDataSources.
    """
    source, ref = spec.get("dataSource"), spec.get("dataSourceRef")
    if source is None and ref is None:
        return spec
    if source is not None and (source.get("apiGroup") or "", source.get("kind")) not in _SOURCE_KINDS:
        source = None
    if source is None and ref is not None and ref.get("namespace") is None:
        source = {key: value for key, value in ref.items() if key != "namespace"}
    elif source is not None and ref is None:
        ref = source
    return {**spec, "dataSource": source, "dataSourceRef": ref}


def claim_template(template: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """The template of a claim within a pod: labels, annotations, a spec, and nothing else."""
    meta: Obj = template.get("metadata") or {}
    yield from template_meta(meta, (*path, "metadata"))
    for key, value in meta.items():
        if key not in ("labels", "annotations") and value:
            yield forbidden((*path, "metadata", key), "cannot be set")
    yield from claim_spec(template.get("spec") or {}, (*path, "spec"), minor)


def access_modes(modes: list[Any] | None, path: Path, minor: int) -> Iterator[Fault]:
    """Access modes; the server names the list, not the item."""
    single = on("ReadWriteOncePod", minor)
    known = ACCESS_MODES if single else ACCESS_MODES[:3]
    given = [mode or "" for mode in modes or ()]
    for mode in given:
        if mode not in known:
            yield unsupported(path, mode, known)
    if single and "ReadWriteOncePod" in given and any(mode in ACCESS_MODES[:3] for mode in given):
        yield forbidden(path, "may not use ReadWriteOncePod with other access modes")


def claim_spec(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """The spec of a claim."""
    if not spec.get("accessModes"):
        yield required((*path, "accessModes"), "at least 1 access mode is required")
    yield from label_selector(spec.get("selector"), (*path, "selector"))
    yield from access_modes(spec.get("accessModes"), (*path, "accessModes"), minor)
    yield from _storage((spec.get("resources") or {}).get("requests") or {}, (*path, "resources", Key("storage")))
    if name := spec.get("storageClassName"):
        yield from messages((*path, "storageClassName"), name, dns_subdomain(name))
    if spec.get("volumeMode") is not None:
        yield from one_of(spec["volumeMode"], VOLUME_MODES, (*path, "volumeMode"))
    yield from _data_sources(spec, path)
    name = spec.get("volumeAttributesClassName")
    if name and on("VolumeAttributesClass", minor):
        yield from messages((*path, "volumeAttributesClassName"), name, dns_subdomain(name))


def _storage(requests: Obj, path: Path) -> Iterator[Fault]:
    if "storage" not in requests:
        yield required(path)
        return
    amount = quantity(requests["storage"])
    if amount.sign <= 0:
        yield invalid(path, str(amount), NOT_POSITIVE)


def _data_sources(spec: Obj, path: Path) -> Iterator[Fault]:
    source, ref = spec.get("dataSource"), spec.get("dataSourceRef")
    if source is not None:
        yield from _data_source(source, (*path, "dataSource"))
    if ref is not None:
        yield from _data_source(ref, (*path, "dataSourceRef"))
        if namespace := ref.get("namespace"):
            yield from messages((*path, "dataSourceRef", "namespace"), namespace, dns_label(namespace))
            if source is not None:
                yield invalid(path, "dataSource", "may not be specified when dataSourceRef.namespace is specified")
        elif source is not None and not _same_source(source, ref):
            yield invalid(path, "dataSource", "must match dataSourceRef")


def _same_source(source: Obj, ref: Obj) -> bool:
    if source.get("apiGroup") != ref.get("apiGroup"):
        return False
    return all((source.get(key) or "") == (ref.get(key) or "") for key in ("kind", "name"))


def _data_source(source: Obj, path: Path) -> Iterator[Fault]:
    group, kind = source.get("apiGroup") or "", source.get("kind") or ""
    for key in ("name", "kind"):
        if not source.get(key):
            yield required((*path, key))
    if not group and kind != "PersistentVolumeClaim":
        yield invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
    if group:
        yield from messages((*path, "apiGroup"), group, dns_subdomain(group))
