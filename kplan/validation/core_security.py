"""Security contexts, sysctls, Windows and Linux only fields.

Source: kubernetes v1.36 pkg/apis/core/validation validatePodSpecSecurityContext, ValidateSecurityContext, validateOS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_subdomain
from kplan.validation.check import (
    Obj,
    Path,
    descending_path,
    inclusive,
    messages,
    objects,
    one_of,
)
from kplan.validation.fault import Fault, duplicate, forbidden, invalid, required, too_long, unsupported
from kplan.validation.feature import dropped, on

_LARGEST_ID = 2**31 - 1
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL_PATTERN = r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
_IPC_SYSCTLS = ("kernel.sem",)
_IPC_PREFIXES = ("kernel.shm", "kernel.msg", "fs.mqueue.")
_CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")


def _ids(context: Obj, keys: tuple[str, ...], path: Path) -> Iterator[Fault]:
    for key in keys:
        number = context.get(key)
        if number is not None and not 0 <= number <= _LARGEST_ID:
            yield invalid((*path, key), number, inclusive(0, _LARGEST_ID))


def pod_security(context: Obj, spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """A pod's security context."""
    yield from _ids(context, ("fsGroup", "runAsUser", "runAsGroup"), path)
    for index, group in enumerate(context.get("supplementalGroups") or ()):
        if not 0 <= (group or 0) <= _LARGEST_ID:
            yield invalid((*path, "supplementalGroups", index), group, inclusive(0, _LARGEST_ID))
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        text = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield invalid((*path, "shareProcessNamespace"), True, text)
    if context.get("sysctls"):
        yield from _sysctls(context["sysctls"], spec, (*path, "sysctls"), minor)
    yield from _policies(context, path, minor)
    yield from _profiles(context, path)


def _policies(context: Obj, path: Path, minor: int) -> Iterator[Fault]:
    kind = "core.PodSecurityContext"
    for key, field, supported in (
        ("fsGroupChangePolicy", "FSGroupChangePolicy", ("Always", "OnRootMismatch")),
        ("supplementalGroupsPolicy", "SupplementalGroupsPolicy", ("Merge", "Strict")),
        ("seLinuxChangePolicy", "SELinuxChangePolicy", ("MountOption", "Recursive")),
    ):
        if context.get(key) is not None and not dropped(kind, field, minor):
            yield from one_of(context[key], supported, (*path, key))


def _profiles(context: Obj, path: Path) -> Iterator[Fault]:
    if context.get("seccompProfile") is not None:
        yield from _seccomp(context["seccompProfile"], (*path, "seccompProfile"))
    if context.get("windowsOptions"):
        yield from _windows_options(context["windowsOptions"], (*path, "windowsOptions"))
    if context.get("appArmorProfile") is not None:
        yield from _app_armor(context["appArmorProfile"], (*path, "appArmorProfile"))


def _seccomp(profile: Obj, path: Path) -> Iterator[Fault]:
    kind, local = profile.get("type"), profile.get("localhostProfile")
    at = (*path, "localhostProfile")
    if not kind:
        yield required((*path, "type"), "type is required when seccompProfile is set")
    else:
        yield from one_of(kind, _PROFILES, (*path, "type"))
    if kind == "Localhost":
        if local is None:
            yield required(at, "must be set when seccomp type is Localhost")
        else:
            yield from descending_path(local, at)
    elif local is not None:
        yield invalid(at, profile, "can only be set when seccomp type is Localhost")


def _app_armor(profile: Obj, path: Path) -> Iterator[Fault]:
    kind, local = profile.get("type"), profile.get("localhostProfile")
    at = (*path, "localhostProfile")
    if not kind:
        yield required((*path, "type"), "type is required when appArmorProfile is set")
    elif kind == "Localhost":
        if not (local or "").strip():
            yield required(at, "must be set when AppArmor type is Localhost")
        elif local and local != local.strip():
            yield invalid(at, local, "must not be padded with whitespace")
        if len((local or "").encode()) > 4095:
            yield too_long(at, 4095)
    elif kind not in _PROFILES:
        yield unsupported((*path, "type"), kind, _PROFILES)
    elif local is not None:
        yield invalid(at, local, "can only be set when AppArmor type is Localhost")


def _sysctls(sysctls: list[Any], spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, sysctl in objects(sysctls):
        name, at = sysctl.get("name") or "", (*path, index, "name")
        if not name:
            yield required(at)
        elif len(name) > 253 or not re.match(_SYSCTL_PATTERN, name) or name.endswith("\n"):
            yield invalid(at, name, f"must have at most 253 characters and match regex {_SYSCTL_PATTERN}")
        elif name in seen:
            yield duplicate(at, name)
        plain = _plain_sysctl(name)
        if on("NamespacedSysctlCheck", minor):
            if spec.get("hostNetwork") and plain.startswith("net."):
                yield invalid(at, name, "may not be specified when 'hostNetwork' is true")
            elif spec.get("hostIPC") and (plain in _IPC_SYSCTLS or plain.startswith(_IPC_PREFIXES)):
                yield invalid(at, name, "may not be specified when 'hostIPC' is true")
        seen.add(name)


def _plain_sysctl(name: str) -> str:
    """A sysctl's name with dots for slashes; the first separator says which stands for which."""
    first = next((c for c in name if c in "./"), ".")
    return name if first == "." else name.translate(str.maketrans("./", "/."))


def container_security(context: Obj, path: Path, minor: int, host_users: bool) -> Iterator[Fault]:
    """A container's security context; `host_users`: the pod shares the host's user namespace."""
    yield from _ids(context, ("runAsUser", "runAsGroup"), path)
    mount = context.get("procMount")
    if mount is not None and on("ProcMountType", minor):
        yield from one_of(mount, ("Default", "Unmasked"), (*path, "procMount"))
        if host_users and mount == "Unmasked":
            yield invalid((*path, "procMount"), mount, "`hostUsers` must be false to use `Unmasked`")
    if context.get("allowPrivilegeEscalation") is False:
        yield from _no_escalation(context, path)
    yield from _profiles(context, path)


def _no_escalation(context: Obj, path: Path) -> Iterator[Fault]:
    text = "cannot set `allowPrivilegeEscalation` to false and"
    if context.get("privileged"):
        yield invalid(path, context, f"{text} `privileged` to true")
    if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or ()):
        yield invalid(path, context, f"{text} `capabilities.Add` CAP_SYS_ADMIN")


_NET_BIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}\Z')
_DNS_PART = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DNS_DOMAIN = re.compile(rf"{_DNS_PART}(?:\.{_DNS_PART})*\Z")


def _windows_options(options: Obj, path: Path) -> Iterator[Fault]:
    name, spec, user = (options.get(k) for k in ("gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName"))
    if name is not None:
        yield from messages((*path, "gmsaCredentialSpecName"), name, dns_subdomain(name))
    if spec is not None and not spec:
        yield invalid((*path, "gmsaCredentialSpec"), spec, "gmsaCredentialSpec cannot be an empty string")
    elif spec is not None and len(spec.encode()) > 64 * 1024:
        yield invalid((*path, "gmsaCredentialSpec"), spec, "gmsaCredentialSpec size must be under 64 KiB")
    if user is not None:
        yield from messages((*path, "runAsUserName"), user, _windows_user(user))


def _windows_user(name: str) -> Iterator[str]:
    if not name:
        yield "runAsUserName cannot be an empty string"
        return
    if re.search(r"[\x00-\x1f\x7f]", name):
        yield "runAsUserName cannot contain control characters"
        return
    if name.count("\\") > 1:
        yield "runAsUserName cannot contain more than one backslash"
        return
    domain, backslash, user = name.rpartition("\\")
    if len(domain.encode()) >= 256:
        yield "runAsUserName's Domain length must be under 256 characters"
    if backslash and not (_NET_BIOS.match(domain) or _DNS_DOMAIN.match(domain)):
        yield "runAsUserName's Domain doesn't match the NetBios nor the DNS format"
    if not user:
        yield "runAsUserName's User cannot be empty"
    elif len(user.encode()) > 104:
        yield "runAsUserName's User length must not be longer than 104 characters"
    if user and not user.strip(". "):
        yield "runAsUserName's User cannot contain only periods or spaces"
    if re.search(r'["/\\:;|=,+*?<>@\[\]]', user):
        yield "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]"


def _all_containers(spec: Obj, path: Path) -> Iterator[tuple[Obj, Path]]:
    for key in _CONTAINER_LISTS:
        for index, container in objects(spec.get(key)):
            yield container, (*path, key, index)


def _host_process(context: Obj | None) -> bool | None:
    return ((context or {}).get("windowsOptions") or {}).get("hostProcess")


def windows_host_process(spec: Obj, path: Path) -> Iterator[Fault]:
    """Host process containers: all or none, and on the host's network."""
    pod = _host_process(spec.get("securityContext"))
    if pod is None and not any(
        "windowsOptions" in (c.get("securityContext") or ()) for c, _ in _all_containers(spec, ())
    ):
        return
    own = [(_host_process(container.get("securityContext")), at) for container, at in _all_containers(spec, path)]
    for value, at in own:
        if pod is not None and value is not None and value != pod:
            text = f"pod hostProcess value must be identical if both are specified, was {str(pod).lower()}"
            yield invalid((*at, "securityContext", "windowsOptions", "hostProcess"), value, text)
    count = sum(bool(pod if value is None else value) for value, _ in own)
    if not count:
        return
    if count != len(own):
        text = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        yield invalid(path, "", text)
    if not spec.get("hostNetwork"):
        text = "hostNetwork must be true if pod contains any hostProcess containers"
        yield invalid((*path, "hostNetwork"), False, text)


_NO_WINDOWS_POD = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
)
_NO_WINDOWS_CONTAINER = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)


def operating_system(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """Fields that the pod's operating system does not know."""
    name = spec["os"].get("name")
    if not name:
        yield required((*path, "os", "name"), "cannot be empty")
    elif name not in ("linux", "windows"):
        yield unsupported((*path, "os"), name, ("linux", "windows"))
    elif name == "linux":
        yield from _linux(spec, path)
    else:
        yield from _windows(spec, path, minor)


def _linux(spec: Obj, path: Path) -> Iterator[Fault]:
    for holder, at in ((spec, path), *_all_containers(spec, path)):
        if (holder.get("securityContext") or {}).get("windowsOptions") is not None:
            yield forbidden((*at, "securityContext", "windowsOptions"), "windows options cannot be set for a linux pod")


def _windows(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    text = "cannot be set for a windows pod"
    context: Obj = spec.get("securityContext") or {}
    for key in _NO_WINDOWS_POD:
        if context.get(key) is not None and context[key] != []:
            yield forbidden((*path, "securityContext", key), text)
    if spec.get("hostUsers") is not None and not dropped("core.PodSpec", "HostUsers", minor):
        yield forbidden((*path, "hostUsers"), text)
    for key in ("hostPID", "hostIPC"):
        if spec.get(key):
            yield forbidden((*path, key), text)
    if spec.get("shareProcessNamespace") is not None:
        yield forbidden((*path, "shareProcessNamespace"), text)
    for container, at in _all_containers(spec, path):
        own: Obj = container.get("securityContext") or {}
        for key in _NO_WINDOWS_CONTAINER:
            if own.get(key) is not None:
                yield forbidden((*at, "securityContext", key), text)


_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_VALUES = {"Unconfined": ("unconfined",), "RuntimeDefault": ("runtime/default", "docker/default")}
_APP_ARMOR_VALUES = {"Unconfined": ("unconfined",), "RuntimeDefault": ("runtime/default",)}


def annotations_match(annotations: Obj, spec: Obj, path: Path) -> Iterator[Fault]:
    """The old seccomp and AppArmor annotations must say what the fields say."""
    if not any(key.startswith((_SECCOMP_POD, _SECCOMP_CONTAINER, _APP_ARMOR)) for key in annotations):
        return
    context: Obj = spec.get("securityContext") or {}
    yield from _matches(annotations.get(_SECCOMP_POD), context.get("seccompProfile"), "seccomp", path)
    for container, at in _all_containers(spec, path):
        own: Obj = container.get("securityContext") or {}
        name = container.get("name") or ""
        yield from _matches(annotations.get(_SECCOMP_CONTAINER + name), own.get("seccompProfile"), "seccomp", at)
        if (spec.get("os") or {}).get("name") != "windows":
            profile = own.get("appArmorProfile") or context.get("appArmorProfile")
            yield from _matches(annotations.get(_APP_ARMOR + name), profile, "apparmor", at)


def _matches(annotation: str | None, profile: Obj | None, what: str, path: Path) -> Iterator[Fault]:
    if annotation is None or profile is None:
        return
    field = "seccompProfile" if what == "seccomp" else "appArmorProfile"
    values = _SECCOMP_VALUES if what == "seccomp" else _APP_ARMOR_VALUES
    here = (*path, "securityContext", field)
    kind = profile.get("type") or ""
    if kind in values and annotation not in values[kind]:
        yield forbidden((*here, "type"), f"{what} type in annotation and field must match")
    if kind == "Localhost":
        if not annotation.startswith("localhost/"):
            yield forbidden((*here, "type"), f"{what} type in annotation and field must match")
        elif annotation.removeprefix("localhost/") != profile.get("localhostProfile"):
            yield forbidden((*here, "localhostProfile"), f"{what} profile in annotation and field must match")
