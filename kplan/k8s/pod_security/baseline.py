"""The checks of the level `baseline`: what lets a pod out of its sandbox."""

from __future__ import annotations

from typing import Any

from kplan.k8s.pod_security.violation import (
    Fault,
    Found,
    Map,
    Pod,
    containers,
    context_of,
    faults,
    items,
    mapping,
    name_of,
    paths_of,
    plural,
    quoted,
    setters,
)
from kplan.model.path import FieldPath

_DEFAULT_CAPABILITIES = (
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT"
)
_CAPABILITIES = frozenset(_DEFAULT_CAPABILITIES.split())
_SELINUX_TYPES = frozenset(("", "container_t", "container_init_t", "container_kvm_t"))
_SELINUX_TYPES_31 = _SELINUX_TYPES | {"container_engine_t"}
_SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
    )
)
_SYSCTLS_27 = _SYSCTLS | {"net.ipv4.ip_local_reserved_ports"}
_SYSCTLS_29 = _SYSCTLS_27 | {
    f"net.ipv4.tcp_{name}" for name in ("keepalive_time", "fin_timeout", "keepalive_intvl", "keepalive_probes")
}
_SYSCTLS_32 = _SYSCTLS_29 | {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}
_SYSCTLS_37 = _SYSCTLS_32 | {"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"}
_PROFILES = ("RuntimeDefault", "Localhost")
_APPARMOR_KEY = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_APPARMOR_FIELD = 30
"""The minor from which API servers look at the field, whatever the version of the policy."""


def app_armor(pod: Pod) -> Found | None:
    """An AppArmor profile other than the default or one of the node, by field or by annotation."""
    bad: set[str] = set()
    own: FieldPath | None = None
    found: list[Fault] = []
    if pod.minor >= _APPARMOR_FIELD:
        own, found, bad = _bad_types(pod, "appArmorProfile")
    annotations = _bad_annotations(pod)
    if not annotations and not found and own is None:
        return None
    who, paths = setters(own, found)
    listed = [*sorted(bad), *(f'{key}="{value}"' for key, value in annotations)]
    if pod.minor < _APPARMOR_FIELD:
        return (
            plural("forbidden AppArmor profile", "forbidden AppArmor profiles", len(listed)),
            ", ".join(listed),
            [("metadata", "annotations", key) for key, _ in annotations],
        )
    if annotations:
        who = " and ".join(filter(None, (who, plural("annotation", "annotations", len(annotations)))))
        paths += [("metadata", "annotations", key) for key, _ in annotations]
    reason = plural("forbidden AppArmor profile", "forbidden AppArmor profiles", len(listed))
    return reason, f"{who} must not set AppArmor profile type to {quoted(listed)}", paths


def _bad_annotations(pod: Pod) -> list[tuple[str, str]]:
    written = mapping(pod.metadata.get("annotations"))
    return sorted(
        (key, value)
        for key, value in written.items()
        if isinstance(key, str) and key.startswith(_APPARMOR_KEY) and isinstance(value, str)
        if value not in ("", "runtime/default") and not value.startswith("localhost/")
    )


def _bad_types(pod: Pod, profile: str) -> tuple[FieldPath | None, list[Fault], set[str]]:
    """Who sets a profile (seccomp, AppArmor) of a type that is not allowed, and these types."""

    def bad_type(holder: Map) -> str | None:
        found = context_of(holder, profile)
        if not isinstance(found, dict) or found.get("type") in _PROFILES:
            return None
        return str(found.get("type") or "")

    own: FieldPath | None = ("spec", "securityContext", profile, "type") if bad_type(pod.spec) is not None else None
    found = faults(pod, lambda c: bad_type(c) is not None, profile, "type")
    types = [bad_type(pod.spec), *(bad_type(c) for c, _ in pod.containers)]
    return own, found, {word for word in types if word is not None}


def capabilities(pod: Pod) -> Found | None:
    """Capabilities added beyond those that containers have by default."""
    found = faults(pod, lambda c: bool(added(c, _CAPABILITIES)), "capabilities", "add")
    if not found:
        return None
    names = sorted({name for c, _ in pod.containers for name in added(c, _CAPABILITIES)})
    detail = f"{containers(found)} must not include {quoted(names)} in securityContext.capabilities.add"
    return "non-default capabilities", detail, paths_of(found)


def added(container: Map, allowed: frozenset[str]) -> list[str]:
    """The capabilities that a container adds and that are not allowed."""
    return [str(name) for name in items(context_of(container, "capabilities", "add")) if str(name) not in allowed]


def host_namespaces(pod: Pod) -> Found | None:
    """Namespaces of the node."""
    fields = [field for field in ("hostIPC", "hostNetwork", "hostPID") if pod.spec.get(field) is True]
    if not fields:
        return None
    return "host namespaces", ", ".join(f"{field}=true" for field in fields), [("spec", field) for field in fields]


def host_path_volumes(pod: Pod) -> Found | None:
    """Folders of the node."""
    found: list[Fault] = [
        (name_of(volume), ("spec", "volumes", index, "hostPath"))
        for index, volume in enumerate(items(pod.spec.get("volumes")))
        if isinstance(volume, dict) and volume.get("hostPath") is not None
    ]
    names = quoted(name for name, _ in found)
    return (
        ("hostPath volumes", f"{plural('volume', 'volumes', len(found))} {names}", paths_of(found)) if found else None
    )


def host_ports(pod: Pod) -> Found | None:
    """Ports of the node."""
    by_container = [(c, [(p, (*path, *rest)) for p, rest in _host_ports(c)]) for c, path in pod.containers]
    found = [(name_of(c), ports) for c, ports in by_container if ports]
    if not found:
        return None
    numbers = sorted({str(port) for _, ports in found for port, _ in ports})
    who = containers([(name, ()) for name, _ in found])
    verb = plural("uses", "use", len(found))
    detail = f"{who} {verb} {plural('hostPort', 'hostPorts', len(numbers))} {', '.join(numbers)}"
    return "hostPort", detail, [path for _, ports in found for _, path in ports]


def _host_ports(container: Map) -> list[tuple[Any, FieldPath]]:
    return [
        (port["hostPort"], ("ports", index, "hostPort"))
        for index, port in enumerate(items(container.get("ports")))
        if isinstance(port, dict) and port.get("hostPort")
    ]


def host_probes(pod: Pod) -> Found | None:
    """Probes and lifecycle hooks that ask another host."""
    by_container = [(c, _hosts(c, path)) for c, path in pod.containers]
    found = [(name_of(c), hosts) for c, hosts in by_container if hosts]
    if not found:
        return None
    names = sorted({name for name, _ in found})
    hosts = sorted({host for _, part in found for host, _ in part})
    detail = (
        f"{plural('container', 'containers', len(names))} {quoted(names)} {plural('uses', 'use', len(names))} "
        f"{plural('probe or lifecycle host', 'probe or lifecycle hosts', len(hosts))} {quoted(hosts)}"
    )
    return "probe or lifecycle host", detail, [path for _, part in found for _, path in part]


_HANDLERS: tuple[FieldPath, ...] = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)


def _hosts(container: Map, path: FieldPath) -> list[tuple[str, FieldPath]]:
    found: list[tuple[str, FieldPath]] = []
    for handler in _HANDLERS:
        for action in ("httpGet", "tcpSocket"):
            value: Any = container
            for part in (*handler, action):
                value = mapping(value).get(str(part))
            host = mapping(value).get("host")
            if isinstance(host, str) and host:
                found.append((host, (*path, *handler, action, "host")))
    return found


def privileged(pod: Pod) -> Found | None:
    """Containers with all rights of the node."""
    found = faults(pod, lambda c: context_of(c, "privileged") is True, "privileged")
    detail = f"{containers(found)} must not set securityContext.privileged=true"
    return ("privileged", detail, paths_of(found)) if found else None


def proc_mount(pod: Pod) -> Found | None:
    """An unmasked /proc."""

    def is_bad(container: Map) -> bool:
        return context_of(container, "procMount") not in (None, "Default")

    found = faults(pod, is_bad, "procMount")
    if not found:
        return None
    types = sorted({str(context_of(c, "procMount")) for c, _ in pod.containers if is_bad(c)})
    detail = f"{containers(found)} must not set securityContext.procMount to {quoted(types)}"
    return "procMount", detail, paths_of(found)


def proc_mount_35(pod: Pod) -> Found | None:
    """An unmasked /proc, but in a user namespace."""
    return None if pod.has_own_users else proc_mount(pod)


def selinux(pod: Pod) -> Found | None:
    """An SELinux user, role or type of its own."""
    return _selinux(pod, _SELINUX_TYPES)


def selinux_31(pod: Pod) -> Found | None:
    """An SELinux user, role or type of its own; engines in containers may have theirs."""
    return _selinux(pod, _SELINUX_TYPES_31)


def _selinux(pod: Pod, allowed: frozenset[str]) -> Found | None:
    def is_bad(holder: Map) -> bool:
        options = mapping(context_of(holder, "seLinuxOptions"))
        return str(options.get("type") or "") not in allowed or bool(options.get("user") or options.get("role"))

    own: FieldPath | None = ("spec", "securityContext", "seLinuxOptions") if is_bad(pod.spec) else None
    who, paths = setters(own, faults(pod, is_bad, "seLinuxOptions"))
    if not who:
        return None
    options = [mapping(context_of(h, "seLinuxOptions")) for h in (pod.spec, *(c for c, _ in pod.containers))]
    types = sorted({str(o.get("type") or "") for o in options} - allowed)
    parts = [f"{plural('type', 'types', len(types))} {quoted(types)}"] if types else []
    parts += [f"{part} may not be set" for part in ("user", "role") if any(o.get(part) for o in options)]
    return "seLinuxOptions", f"{who} set forbidden securityContext.seLinuxOptions: {'; '.join(parts)}", paths


def seccomp_annotations(pod: Pod) -> Found | None:
    """No seccomp profile, or one of its own, by annotation: before there was a field."""
    written = mapping(pod.metadata.get("annotations"))
    keys = [_SECCOMP_POD, *(_SECCOMP_CONTAINER + name_of(c) for c, _ in pod.containers)]
    allowed = ("runtime/default", "docker/default")
    bad = sorted(
        key
        for key in set(keys)
        if key in written and written[key] not in allowed
        if not str(written[key]).startswith("localhost/")
    )
    if not bad:
        return None
    listed = ", ".join(f'{key}="{written[key]}"' for key in bad)
    detail = f"forbidden {plural('annotation', 'annotations', len(bad))} {listed}"
    return "seccompProfile", detail, [("metadata", "annotations", key) for key in bad]


def seccomp(pod: Pod) -> Found | None:
    """No seccomp profile, or one of its own."""
    own, found, types = _bad_types(pod, "seccompProfile")
    who, paths = setters(own, found)
    if not who:
        return None
    return "seccompProfile", f"{who} must not set securityContext.seccompProfile.type to {quoted(sorted(types))}", paths


def sysctls(pod: Pod) -> Found | None:
    """Kernel settings that are not safe to change."""
    return _sysctls(pod, _SYSCTLS)


def sysctls_27(pod: Pod) -> Found | None:
    """Kernel settings that are not safe to change; the reserved ports are since 1.27."""
    return _sysctls(pod, _SYSCTLS_27)


def sysctls_29(pod: Pod) -> Found | None:
    """Kernel settings that are not safe to change; keep-alive is since 1.29."""
    return _sysctls(pod, _SYSCTLS_29)


def sysctls_32(pod: Pod) -> Found | None:
    """Kernel settings that are not safe to change; buffer sizes are since 1.32."""
    return _sysctls(pod, _SYSCTLS_32)


def sysctls_37(pod: Pod) -> Found | None:
    """Kernel settings that are not safe to change; slow start and its like are since 1.37."""
    return _sysctls(pod, _SYSCTLS_37)


def _sysctls(pod: Pod, allowed: frozenset[str]) -> Found | None:
    found: list[Fault] = [
        (str(sysctl.get("name")), ("spec", "securityContext", "sysctls", index, "name"))
        for index, sysctl in enumerate(items(context_of(pod.spec, "sysctls")))
        if isinstance(sysctl, dict) and str(sysctl.get("name")) not in allowed
    ]
    return ("forbidden sysctls", ", ".join(name for name, _ in found), paths_of(found)) if found else None


def windows_host_process(pod: Pod) -> Found | None:
    """Processes of a Windows node."""
    field = ("windowsOptions", "hostProcess")

    def is_bad(holder: Map) -> bool:
        return context_of(holder, *field) is True

    own: FieldPath | None = ("spec", "securityContext", *field) if is_bad(pod.spec) else None
    who, paths = setters(own, faults(pod, is_bad, *field))
    return (
        ("hostProcess", f"{who} must not set securityContext.windowsOptions.hostProcess=true", paths) if who else None
    )
