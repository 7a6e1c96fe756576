"""Containers, init containers, ephemeral containers, and their ports.

Source: kubernetes v1.36 pkg/apis/core/validation validateContainers, validateContainerCommon, validateInitContainers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_label, port_name
from kplan.validation.check import (
    PROTOCOLS,
    Obj,
    Path,
    messages,
    named,
    objects,
    one_of,
    port_number,
)
from kplan.validation.core_env import env, env_from
from kplan.validation.core_mount import volume_devices, volume_mounts
from kplan.validation.core_probe import lifecycle, probe
from kplan.validation.core_resource import container_resources, resize_policy
from kplan.validation.core_security import container_security
from kplan.validation.fault import Fault, duplicate, forbidden, invalid, not_found, required, too_many, unsupported
from kplan.validation.feature import dropped, on

_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_NOT_EPHEMERAL = (
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
)


def containers(
    spec: Obj, volumes: dict[str, Obj], claims: frozenset[str], path: Path, minor: int, is_pod: bool
) -> Iterator[Fault]:
    """The containers of a pod spec at `path`."""
    here = (*path, "containers")
    if not spec.get("containers"):
        yield required(here)
        return
    seen: set[str] = set()
    has_ports = False
    for index, container in objects(spec["containers"]):
        at = (*here, index)
        yield from _common(container, spec, volumes, claims, at, minor, is_pod)
        name = container.get("name") or ""
        if name in seen:
            yield duplicate((*at, "name"), name)
        seen.add(name)
        yield from _probes(container, spec, at, minor)
        if container.get("restartPolicy") is not None:
            yield from _restart_policy(container, at, minor)
        elif container.get("restartPolicyRules") and on("ContainerRestartRules", minor):
            yield required((*at, "restartPolicy"), "must specify restartPolicy when restart rules are used")
            yield from _restart_rules(container, at)
        has_ports = has_ports or bool(container.get("ports"))
    if has_ports:
        used: set[str] = set()
        for index, container in objects(spec["containers"]):
            yield from _host_ports(container, spec, used, (*here, index), minor, is_pod)


def _restart_policy(container: Obj, path: Path, minor: int) -> Iterator[Fault]:
    here = (*path, "restartPolicy")
    if not on("ContainerRestartRules", minor):
        yield forbidden(here, "may not be set for non-init containers")
        return
    yield from one_of(container["restartPolicy"], _RESTART_POLICIES, here)
    yield from _restart_rules(container, path)


def _restart_rules(container: Obj, path: Path) -> Iterator[Fault]:
    rules = container.get("restartPolicyRules") or ()
    if len(rules) > 20:
        yield too_many((*path, "restartPolicyRules"), len(rules), 20)
    for index, rule in objects(container.get("restartPolicyRules")):
        here = (*path, "restartPolicyRules", index)
        if rule.get("action") not in ("Restart", "RestartAllContainers"):
            yield unsupported((*here, "action"), rule.get("action") or "", ("Restart",))
        codes = rule.get("exitCodes")
        if codes is None:
            yield required((*here, "exitCodes"), "must be specified")
            continue
        if codes.get("operator") not in ("In", "NotIn"):
            yield unsupported((*here, "exitCodes", "operator"), codes.get("operator") or "", ("In", "NotIn"))
        if len(codes.get("values") or ()) > 255:
            yield too_many((*here, "exitCodes", "values"), len(codes["values"]), 255)


def _probes(container: Obj, spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if container.get("lifecycle") is not None:
        yield from lifecycle(container["lifecycle"], spec, (*path, "lifecycle"), minor)
    for key in _PROBES:
        if container.get(key) is not None:
            yield from probe(container[key], (*path, key), minor)


def init_containers(
    spec: Obj, volumes: dict[str, Obj], claims: frozenset[str], path: Path, minor: int, is_pod: bool
) -> Iterator[Fault]:
    """The init containers of a pod spec at `path`; those with restartPolicy Always are sidecars."""
    seen = {container.get("name") or "" for _, container in objects(spec.get("containers"))}
    for index, container in objects(spec["initContainers"]):
        at = (*path, "initContainers", index)
        yield from _common(container, spec, volumes, claims, at, minor, is_pod)
        policy = container.get("restartPolicy") if on("SidecarContainers", minor) else None
        if policy is not None:
            yield from _init_restart_policy(container, at, minor)
        name = container.get("name") or ""
        if name in seen:
            yield duplicate((*at, "name"), name)
        elif name:
            seen.add(name)
        # The server counts the ports of every init container as if it stood first.
        yield from _host_ports(container, spec, set(), (*path, "initContainers", 0), minor, is_pod)
        if policy == "Always":
            yield from _probes(container, spec, at, minor)
        else:
            yield from _not_in_init(container, at)


def _init_restart_policy(container: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if on("ContainerRestartRules", minor):
        yield from _restart_policy(container, path, minor)
    else:
        yield from one_of(container["restartPolicy"], ("Always",), (*path, "restartPolicy"))


def _not_in_init(container: Obj, path: Path) -> Iterator[Fault]:
    for key in ("lifecycle", *_PROBES):
        if container.get(key) is not None:
            yield forbidden((*path, key), "may not be set for init containers without restartPolicy=Always")


def ephemeral_containers(
    spec: Obj, volumes: dict[str, Obj], claims: frozenset[str], path: Path, minor: int
) -> Iterator[Fault]:
    """The ephemeral containers of a pod spec at `path`."""
    others = {c.get("name") or "" for key in ("containers", "initContainers") for _, c in objects(spec.get(key))}
    seen = set(others)
    for index, container in objects(spec["ephemeralContainers"]):
        at = (*path, "ephemeralContainers", index)
        yield from _common(container, spec, volumes, claims, at, minor, False)
        image = container.get("image") or ""
        if image != image.strip():
            yield invalid((*at, "image"), image, "must not have leading or trailing whitespace")
        name = container.get("name") or ""
        if name in seen:
            yield duplicate((*at, "name"), name)
        seen.add(name)
        target = container.get("targetContainerName")
        if target and target not in others:
            yield not_found((*at, "targetContainerName"), target)
        for key in _NOT_EPHEMERAL:
            if container.get(key):
                yield forbidden((*at, key), "cannot be set for an Ephemeral Container")
        for place, mount in objects(container.get("volumeMounts")):
            for key in ("subPath", "subPathExpr"):
                if mount.get(key):
                    yield forbidden((*at, "volumeMounts", place, key), "cannot be set for an Ephemeral Container")


def _common(
    container: Obj, spec: Obj, volumes: dict[str, Obj], claims: frozenset[str], path: Path, minor: int, is_pod: bool
) -> Iterator[Fault]:
    """What holds for containers of all kinds."""
    get = container.get
    yield from named(dns_label, get("name"), (*path, "name"))
    if not get("image"):
        yield required((*path, "image"))
    if get("terminationMessagePolicy"):
        yield from one_of(get("terminationMessagePolicy"), _MESSAGE_POLICIES, (*path, "terminationMessagePolicy"))
    if get("ports"):
        yield from _ports(container["ports"], (*path, "ports"))
    if get("env"):
        yield from env(container["env"], volumes, (*path, "env"), minor)
    if get("envFrom"):
        yield from env_from(container["envFrom"], (*path, "envFrom"), minor)
    if get("volumeMounts"):
        yield from volume_mounts(container, volumes, (*path, "volumeMounts"), minor)
    if get("volumeDevices"):
        yield from volume_devices(container, volumes, (*path, "volumeDevices"))
    if get("imagePullPolicy"):
        yield from one_of(get("imagePullPolicy"), _PULL_POLICIES, (*path, "imagePullPolicy"))
    if get("resources"):
        yield from container_resources(container["resources"], claims, (*path, "resources"), minor, is_pod=is_pod)
    if get("resizePolicy") and not dropped("core.Container", "ResizePolicy", minor):
        yield from resize_policy(container["resizePolicy"], spec.get("restartPolicy"), (*path, "resizePolicy"))
    if get("securityContext"):
        users = dropped("core.PodSpec", "HostUsers", minor) or spec.get("hostUsers") is not False
        yield from container_security(container["securityContext"], (*path, "securityContext"), minor, users)


def _ports(ports: list[Any], path: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, port in objects(ports):
        if name := port.get("name"):
            if wrong := port_name(name):
                yield from messages((*path, index, "name"), name, wrong)
            elif name in seen:
                yield duplicate((*path, index, "name"), name)
            else:
                seen.add(name)
        if not port.get("containerPort"):
            yield required((*path, index, "containerPort"))
        else:
            yield from port_number(port["containerPort"], (*path, index, "containerPort"))
        if port.get("hostPort"):
            yield from port_number(port["hostPort"], (*path, index, "hostPort"))
        if port.get("protocol"):
            yield from one_of(port["protocol"], PROTOCOLS, (*path, index, "protocol"))


def _host_ports(container: Obj, spec: Obj, used: set[str], path: Path, minor: int, is_pod: bool) -> Iterator[Fault]:
    """Host ports that are taken already, and those that the host network makes of container ports."""
    for index, port in objects(container.get("ports")):
        number = port.get("hostPort")
        if not number and spec.get("hostNetwork") and _fills_host_ports(minor, is_pod):
            number = port.get("containerPort")
            if number:
                yield from port_number(number, (*path, "ports", index, "hostPort"))
        if not number:
            continue
        text = f"{port.get('protocol') or 'TCP'}/{port.get('hostIP') or ''}/{int(number)}"
        if text in used:
            yield duplicate((*path, "ports", index, "hostPort"), text)
        used.add(text)


def _fills_host_ports(minor: int, is_pod: bool) -> bool:
    return is_pod or not on("HostPortAtHostPort", minor)


def host_ports_match(spec: Obj, path: Path, minor: int, is_pod: bool) -> Iterator[Fault]:
    """On the host's network a container's port is the host's port."""
    key = "hostPort" if on("HostPortAtHostPort", minor) else "containerPort"
    for index, container in objects(spec.get("containers")):
        for place, port in objects(container.get("ports")):
            number, target = port.get("hostPort") or 0, port.get("containerPort") or 0
            if number and number != target:
                at = (*path, "containers", index, "ports", place, key)
                yield invalid(at, number, "must match `containerPort` when `hostNetwork` is true")
