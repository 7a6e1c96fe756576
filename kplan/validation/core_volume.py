"""The volumes of a pod.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateVolumes, validateVolumeSource.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_label, dns_subdomain
from kplan.validation.check import Obj, Path, local_path, messages, named, objects
from kplan.validation.core_claim import claim_template
from kplan.validation.core_env import VOLUME_FIELDS, field_ref, resource_field_ref
from kplan.validation.core_resource import quantity
from kplan.validation.core_volume_source import DISKS, file_mode
from kplan.validation.fault import Fault, duplicate, forbidden, invalid, required
from kplan.validation.feature import dropped, on

_KINDS = (
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
)
"""In the order in which the server looks at them: the first one counts."""

_SPELLED = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""Kinds that the server spells in another way when they are one too many."""

_KNOWN = frozenset(_KINDS)


def volumes(value: list[Any], found: dict[str, Obj], pod_name: str, path: Path, minor: int) -> Iterator[Fault]:
    """The volumes; the good ones are put into `found` by name."""
    created = {f"{pod_name}-{v.get('name')}" for _, v in objects(value) if pod_name and v.get("ephemeral") is not None}
    for index, volume in objects(value):
        here = (*path, index)
        if volume.get("image") is not None and not on("ImageVolume", minor):
            continue
        name = volume.get("name") or ""
        wrong = [*_source(volume, pod_name, here, minor), *named(dns_label, name, (*here, "name"))]
        if name in found:
            wrong.append(duplicate((*here, "name"), name))
        if wrong:
            yield from wrong
        else:
            found[name] = volume
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim and claim in created:
            text = "must not reference a PVC that gets created for an ephemeral volume"
            yield invalid((*here, "persistentVolumeClaim", "claimName"), claim, text)


def _source(volume: Obj, pod_name: str, path: Path, minor: int) -> Iterator[Fault]:
    given = [key for key in volume if key in _KNOWN and volume[key] is not None]
    if len(given) > 1:
        given.sort(key=_KINDS.index)
        for key in given[1:]:
            yield forbidden((*path, _SPELLED.get(key, key)), "may not specify more than 1 volume type")
    if not given:
        return
    kind = given[0]
    check = _OWN.get(kind) or DISKS.get(kind)
    if check:
        yield from check(volume[kind], (*path, kind), minor)
    if kind == "iscsi":
        yield from _iscsi_name(volume, path)
    if kind == "ephemeral" and pod_name and volume.get("name"):
        name = f"{pod_name}-{volume['name']}"
        for message in dns_subdomain(name):
            yield invalid((*path, "name"), volume["name"], f'PVC name "{name}": {message}')


def _iscsi_name(volume: Obj, path: Path) -> Iterator[Fault]:
    name, portal = volume.get("name") or "", volume["iscsi"].get("targetPortal") or ""
    if volume["iscsi"].get("initiatorName") is not None and len(f"{name}:{portal}") > 64:
        text = (
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName "
            "is specified."
        )
        yield invalid((*path, "name"), name, text)


def _empty_dir(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    limit = source.get("sizeLimit")
    if limit is not None and quantity(limit).sign < 0:
        yield forbidden((*path, "sizeLimit"), "SizeLimit field must be a valid resource quantity")


def _claim(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if not source.get("claimName"):
        yield required((*path, "claimName"))


def _secret(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if not source.get("secretName"):
        yield required((*path, "secretName"))
    yield from _files(source, path)


def _config_map(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if not source.get("name"):
        yield required((*path, "name"))
    yield from _files(source, path)


def _files(source: Obj, path: Path) -> Iterator[Fault]:
    yield from file_mode(source, "defaultMode", path)
    for index, item in objects(source.get("items")):
        yield from _key_to_path(item, (*path, "items", index))


def _key_to_path(item: Obj, path: Path) -> Iterator[Fault]:
    file = item.get("path") or ""
    if not item.get("key"):
        yield required((*path, "key"))
    if not file:
        yield required((*path, "path"))
    yield from local_path(file, (*path, "path"))
    yield from file_mode(item, "mode", path)


def _downward_api(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from file_mode(source, "defaultMode", path)
    for _, item in objects(source.get("items")):
        yield from _downward_file(item, path)


def _downward_file(item: Obj, path: Path) -> Iterator[Fault]:
    """A file of the downward API; the server leaves `items[i]` out of its paths."""
    file = item.get("path") or ""
    if not file:
        yield required((*path, "path"))
    yield from local_path(file, (*path, "path"))
    field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if field is not None:
        yield from field_ref(field, VOLUME_FIELDS, (*path, "fieldRef"))
        if resource is not None:
            text = "fieldRef and resourceFieldRef can not be specified simultaneously"
            yield invalid(path, "resource", text)
    elif resource is not None:
        yield from resource_field_ref(resource, (*path, "resourceFieldRef"), volume=True)
    else:
        yield required(path, "one of fieldRef and resourceFieldRef is required")
    yield from file_mode(item, "mode", path)


def _csi(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    from kplan.validation.core_volume_source import csi_driver_name

    yield from csi_driver_name(source.get("driver") or "", (*path, "driver"))
    secret = source.get("nodePublishSecretRef")
    if secret is None:
        return
    name = secret.get("name")
    if not name:
        yield required((*path, "nodePublishSecretRef", "name"))
    else:
        yield from messages((*path, "name"), name, dns_subdomain(name))


def _ephemeral(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    here = (*path, "volumeClaimTemplate")
    if source.get("volumeClaimTemplate") is None:
        yield required(here)
    else:
        yield from claim_template(source["volumeClaimTemplate"], here, minor)


def _image(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    from kplan.validation.check import one_of

    if not source.get("reference"):
        yield required((*path, "reference"))
    if source.get("pullPolicy"):
        yield from one_of(source["pullPolicy"], ("Always", "IfNotPresent", "Never"), (*path, "pullPolicy"))


def _projected(source: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from file_mode(source, "defaultMode", path)
    seen: set[str] = set()
    for index, item in objects(source.get("sources")):
        yield from _projection(item, seen, path, (*path, "sources", index), minor)


def _projection(item: Obj, seen: set[str], volume: Path, path: Path, minor: int) -> Iterator[Fault]:
    """One source of a projected volume at `volume`; `seen` are the files that are there already."""
    kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken"]
    if not dropped("core.VolumeProjection", "ClusterTrustBundle", minor):
        kinds.append("clusterTrustBundle")
    if not dropped("core.VolumeProjection", "PodCertificate", minor):
        kinds.append("podCertificate")
    given = [key for key in kinds if item.get(key) is not None]
    for key in given:
        source, here = item[key], (*path, key)
        if key in ("secret", "configMap"):
            if not source.get("name"):
                yield required((*here, "name"))
            for index, file in objects(source.get("items")):
                yield from _key_to_path(file, (*here, "items", index))
                yield from _taken(file.get("path"), seen, source.get("name") or "", volume)
        elif key == "downwardAPI":
            for _, file in objects(source.get("items")):
                yield from _downward_file(file, here)
                yield from _taken(file.get("path"), seen, file.get("path"), volume)
        elif key == "serviceAccountToken":
            yield from _token(source, here, volume)
        elif key == "clusterTrustBundle":
            yield from _trust_bundle(source, here)
            yield from _taken(source.get("path"), seen, source.get("path"), volume)
    if len(given) > 1:
        yield forbidden(path, "may not specify more than 1 volume type per source")


def _taken(file: str | None, seen: set[str], shown: Any, path: Path) -> Iterator[Fault]:
    if not file:
        return
    if file in seen:
        yield invalid(path, shown, "conflicting duplicate paths")
    seen.add(file)


def _token(source: Obj, path: Path, volume: Path) -> Iterator[Fault]:
    seconds = source.get("expirationSeconds")
    if seconds is not None and seconds < 600:
        yield invalid((*path, "expirationSeconds"), seconds, "may not specify a duration less than 10 minutes")
    if seconds is not None and seconds > 1 << 32:
        yield invalid((*path, "expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds")
    if not source.get("path"):
        yield required((*volume, "path"))
    else:
        yield from local_path(source["path"], (*volume, "path"))


def _trust_bundle(source: Obj, path: Path) -> Iterator[Fault]:
    from kplan.validation.check import label_selector

    name, signer = source.get("name"), source.get("signerName")
    if name is not None and signer is not None:
        yield invalid(path, source, "only one of name and signerName may be used")
    elif name is not None:
        if not name:
            yield required((*path, "name"), "must be a valid object name")
        if source.get("labelSelector") is not None:
            text = "labelSelector must be unset if name is specified"
            yield invalid((*path, "labelSelector"), source["labelSelector"], text)
    elif signer is not None:
        if not signer:
            yield required((*path, "signerName"), "must be a valid signer name")
        yield from label_selector(source.get("labelSelector"), (*path, "labelSelector"))
    else:
        yield required(path, "either name or signerName must be specified")
    if not source.get("path"):
        yield required((*path, "path"))
    yield from local_path(source.get("path") or "", (*path, "path"))


_OWN = {
    "emptyDir": _empty_dir,
    "persistentVolumeClaim": _claim,
    "secret": _secret,
    "configMap": _config_map,
    "downwardAPI": _downward_api,
    "csi": _csi,
    "ephemeral": _ephemeral,
    "image": _image,
    "projected": _projected,
}
