"""Environment variables and their sources.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateEnv, ValidateEnvFrom, validateEnvVarValueFrom.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import config_key, dns_subdomain, env_name, mask_trailing_dash, qualified_name
from kplan.validation.check import Obj, Path, local_path, messages, objects
from kplan.validation.core_resource import quantity
from kplan.validation.fault import Fault, invalid, not_found, required, unsupported
from kplan.validation.feature import dropped, on

_ENV_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
VOLUME_FIELDS = (
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
)
_KNOWN_FIELDS = frozenset(
    {*_ENV_FIELDS, *VOLUME_FIELDS, "spec.restartPolicy", "spec.schedulerName", "status.phase", "spec.host"}
)
_RESOURCES = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)
_HUGE = ("limits.hugepages-", "requests.hugepages-")
_CPU_DIVISORS = frozenset({"1m", "1"})
_BYTE_DIVISORS = frozenset(["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"])
_BYTE_TEXT = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")


def env(variables: list[Any], volumes: dict[str, Obj], path: Path, minor: int) -> Iterator[Fault]:
    """Environment variables."""
    relaxed = on("RelaxedEnvironmentVariableValidation", minor)
    for index, variable in objects(variables):
        name = variable.get("name")
        if not name:
            yield required((*path, index, "name"))
        else:
            yield from messages((*path, index, "name"), name, env_name(name, relaxed))
        if variable.get("valueFrom") is not None:
            yield from _value_from(variable, volumes, (*path, index, "valueFrom"), minor)


def _value_from(variable: Obj, volumes: dict[str, Obj], path: Path, minor: int) -> Iterator[Fault]:
    source = variable["valueFrom"]
    files = on("EnvFiles", minor) and not dropped("core.EnvVarSource", "FileKeyRef", minor)
    known = _SOURCES if files else _SOURCES[:4]
    given = [key for key in known if source.get(key) is not None]
    for key in given:
        if key == "fieldRef":
            yield from field_ref(source[key], _ENV_FIELDS, (*path, key))
        elif key == "resourceFieldRef":
            yield from resource_field_ref(source[key], (*path, key), volume=False)
        elif key == "fileKeyRef":
            yield from _file_key_ref(source[key], volumes, (*path, key))
        else:
            yield from _key_ref(source[key], (*path, key))
    if not given:
        listed = ", ".join(f"`{key}`" for key in known[:-1])
        yield invalid(path, "", f"must specify one of: {listed} or `{known[-1]}`")
    elif variable.get("value"):
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid(path, "", "may not have more than one field specified at a time")


def _key_ref(ref: Obj, path: Path) -> Iterator[Fault]:
    name, key = ref.get("name") or "", ref.get("key") or ""
    yield from messages((*path, "name"), name, dns_subdomain(name))
    if not key:
        yield required((*path, "key"))
    else:
        yield from messages((*path, "key"), key, config_key(key))


def _file_key_ref(ref: Obj, volumes: dict[str, Obj], path: Path) -> Iterator[Fault]:
    key, volume, file = ref.get("key"), ref.get("volumeName"), ref.get("path")
    if not key:
        yield required((*path, "key"))
    else:
        yield from messages((*path, "key"), key, env_name(key, relaxed=True))
    if not volume:
        yield required((*path, "volumeName"))
    elif volume not in volumes:
        yield not_found((*path, "volumeName"), volume)
    elif "emptyDir" not in volumes[volume]:
        yield invalid((*path, "volumeName"), volume, "referenced volume must be of type emptyDir")
    if not file:
        yield required((*path, "path"))
    else:
        yield from local_path(file, (*path, "path"))


def field_ref(ref: Obj, allowed: tuple[str, ...], path: Path) -> Iterator[Fault]:
    """A reference to a field of the pod, one of `allowed`, or one label or annotation."""
    version, text = ref.get("apiVersion") or "v1", ref.get("fieldPath") or ""
    at = (*path, "fieldPath")
    if not text:
        yield required(at)
        return
    if version != "v1":
        yield invalid(at, text, f"error converting fieldPath: unsupported pod version: {version}")
        return
    field, subscript = _split_subscript(text)
    if subscript is not None:
        if field not in ("metadata.annotations", "metadata.labels"):
            yield invalid(at, text, f"error converting fieldPath: field label does not support subscript: {text}")
            return
        key = subscript.lower() if field == "metadata.annotations" else subscript
        yield from messages(path, key, qualified_name(key))
        return
    if text not in _KNOWN_FIELDS:
        yield invalid(at, text, f"error converting fieldPath: field label not supported: {text}")
    elif (text := "spec.nodeName" if text == "spec.host" else text) not in allowed:
        yield unsupported(at, text, allowed)


def _split_subscript(text: str) -> tuple[str, str | None]:
    """A field path and what stands in `['...']` behind it."""
    if not text.endswith("']"):
        return text, None
    field, bracket, subscript = text[:-2].partition("['")
    return (field, subscript) if bracket and field else (text, None)


def resource_field_ref(ref: Obj, path: Path, *, volume: bool) -> Iterator[Fault]:
    """A reference to a container's resources; in a volume the container must be named."""
    resource = ref.get("resource") or ""
    if volume and not ref.get("containerName"):
        yield required((*path, "containerName"))
    elif not resource:
        yield required((*path, "resource"))
    elif resource not in _RESOURCES and not resource.startswith(_HUGE):
        yield unsupported((*path, "resource"), resource, _RESOURCES)
    if ref.get("divisor") is not None:
        yield from _divisor(resource, str(quantity(ref["divisor"])), (*path, "divisor"))


def _divisor(resource: str, divisor: str, path: Path) -> Iterator[Fault]:
    if divisor == "0":
        return
    kind = resource.partition(".")[2]
    if resource in _RESOURCES and kind == "cpu":
        if divisor not in _CPU_DIVISORS:
            yield invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource")
    elif (resource in _RESOURCES or resource.startswith(_HUGE)) and divisor not in _BYTE_DIVISORS:
        what = "hugepages" if resource.startswith(_HUGE) else kind.replace("ephemeral-", "local ephemeral ")
        yield invalid(path, resource, f"only divisor's values {_BYTE_TEXT} are supported with the {what} resource")


def env_from(sources: list[Any], path: Path, minor: int) -> Iterator[Fault]:
    """ConfigMaps and Secrets that become environment variables as a whole."""
    relaxed = on("RelaxedEnvironmentVariableValidation", minor)
    for index, source in objects(sources):
        if prefix := source.get("prefix"):
            yield from messages((*path, index, "prefix"), prefix, env_name(prefix, relaxed))
        given = [key for key in ("configMapRef", "secretRef") if source.get(key) is not None]
        for key in given:
            name, at = source[key].get("name"), (*path, index, key, "name")
            if not name:
                yield required(at)
            else:
                yield from messages(at, name, dns_subdomain(mask_trailing_dash(name)))
        if not given:
            yield invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(given) > 1:
            yield invalid(path, "", "may not have more than one field specified at a time")
