"""The metadata of objects.

Source: kubernetes v1.36 apimachinery pkg/api/validation ValidateObjectMeta; pkg/apis/core/validation
ValidateObjectMeta; apiserver pkg/registry/rest BeforeCreate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import NameRule, dns_label, dns_subdomain, mask_trailing_dash, path_segment, qualified_name
from kplan.kinds import scope, split_api_version
from kplan.validation.check import NEGATIVE, Obj, Path, labels, messages, objects, texts
from kplan.validation.fault import Fault, invalid, required, too_long

_ANNOTATIONS_MAX_BYTES = 256 * 1024
_KUBE_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
_META: Path = ("metadata",)


def object_meta(
    data: Obj, rule: NameRule = dns_subdomain, *, namespaced: bool = True, kube_finalizers: bool = True
) -> Iterator[Fault]:
    """The object's metadata; `rule` is for its name.

    `kube_finalizers`: finalizers without a domain must be ones that Kubernetes knows (not so in groups of their own).
    """
    meta = data.get("metadata") or {}
    yield from _name(meta, rule)
    if namespaced and (namespace := meta.get("namespace")):
        yield from messages((*_META, "namespace"), namespace, dns_label(namespace))
    if (generation := meta.get("generation")) is not None and generation < 0:
        yield invalid((*_META, "generation"), generation, NEGATIVE)
    if meta.get("labels"):
        yield from labels(meta["labels"], (*_META, "labels"))
    if meta.get("annotations"):
        yield from annotation_map(meta["annotations"], (*_META, "annotations"))
    if meta.get("ownerReferences"):
        yield from _owner_references(meta["ownerReferences"], (*_META, "ownerReferences"))
    if meta.get("finalizers"):
        yield from _finalizers(meta["finalizers"], kube_finalizers, (*_META, "finalizers"))
    if meta.get("managedFields"):
        yield from _managed_fields(meta["managedFields"], (*_META, "managedFields"))


def _name(meta: Obj, rule: NameRule) -> Iterator[Fault]:
    name, prefix = meta.get("name"), meta.get("generateName")
    if prefix:
        masked = prefix if rule is path_segment else mask_trailing_dash(prefix)
        yield from messages((*_META, "generateName"), prefix, rule(masked))
        if not name:
            yield from messages((*_META, "name"), f"{prefix}?", rule(f"{prefix[:58]}xxxxx"))
            return
    if not name:
        yield required((*_META, "name"), "name or generateName is required")
    else:
        yield from messages((*_META, "name"), name, rule(name))


def annotation_map(value: dict[str, Any] | None, path: Path) -> Iterator[Fault]:
    """A map of annotations: their keys, in any case, and their size together."""
    total = 0
    for key, text in (value or {}).items():
        for message in qualified_name(key.lower()):
            yield invalid(path, key, message)
        total += len(key.encode()) + len((text or "").encode())
    if total > _ANNOTATIONS_MAX_BYTES:
        yield too_long(path, _ANNOTATIONS_MAX_BYTES)


def _owner_references(references: list[Any], path: Path) -> Iterator[Fault]:
    controllers = []
    for _, owner in objects(references):
        yield from _owner(owner, path)
        if owner.get("controller"):
            controllers.append(owner)
    if len(controllers) > 1:
        names = ", ".join(str(c.get("name")) for c in controllers)
        yield invalid(path, references, f"Only one reference can have Controller set to true. Found {names}")


def _owner(owner: Obj, path: Path) -> Iterator[Fault]:
    api_version = owner.get("apiVersion") or ""
    if not api_version.rpartition("/")[2]:
        yield invalid((*path, "apiVersion"), api_version, "version must not be empty")
    for key in ("kind", "name", "uid"):
        if not owner.get(key):
            yield invalid((*path, key), "", "must not be empty")
    if api_version == "v1" and owner.get("kind") == "Event":
        yield invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner")


def _finalizers(finalizers: list[Any], kube: bool, path: Path) -> Iterator[Fault]:
    for _, finalizer in texts(finalizers):
        yield from messages(path, finalizer, qualified_name(finalizer))
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        yield invalid(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set")
    if kube:
        for index, finalizer in texts(finalizers):
            yield from kube_finalizer(finalizer, (*path, index))


def kube_finalizer(finalizer: str, path: Path) -> Iterator[Fault]:
    """A finalizer without a domain is one that Kubernetes knows."""
    if "/" not in finalizer and finalizer not in _KUBE_FINALIZERS:
        yield invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified")


def _managed_fields(entries: list[Any], path: Path) -> Iterator[Fault]:
    for index, entry in objects(entries):
        here = (*path, index)
        if entry.get("operation") not in ("Apply", "Update"):
            yield invalid((*here, "operation"), entry.get("operation") or "", "must be `Apply` or `Update`")
        if entry.get("fieldsType") not in (None, "", "FieldsV1"):
            yield invalid((*here, "fieldsType"), entry["fieldsType"], "must be `FieldsV1`")
        manager = entry.get("manager") or ""
        if len(manager.encode()) > 128:
            yield too_long((*here, "manager"), 128)
        elif not manager.isprintable():
            yield invalid((*here, "manager"), manager, "should only contain printable characters")


def template_meta(meta: Obj | None, path: Path) -> Iterator[Fault]:
    """The metadata of a template whose objects get names later; the server leaves `metadata` out of the path."""
    meta = meta or {}
    if meta.get("labels"):
        yield from labels(meta["labels"], (*path, "labels"))
    if meta.get("annotations"):
        yield from annotation_map(meta["annotations"], (*path, "annotations"))


def other_meta(data: Obj, minor: int) -> Iterator[Fault]:
    """The metadata of kinds without checks of their own: what holds for all."""
    del minor
    if "metadata" in data:
        in_cluster = scope(split_api_version(data["apiVersion"])[0], data["kind"]) == "Cluster"
        yield from object_meta(data, path_segment, namespaced=not in_cluster, kube_finalizers=False)
