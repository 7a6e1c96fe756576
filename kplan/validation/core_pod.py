"""Pods and pod templates.

Source: kubernetes v1.36 pkg/apis/core/validation ValidatePodCreate, ValidatePodTemplateSpec, ValidatePodSpec.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import Messages, dns_label, dns_subdomain, dns_subdomain_underscore, qualified_name
from kplan.validation.check import (
    Obj,
    Path,
    chosen,
    dns_labels,
    inclusive,
    labels,
    messages,
    objects,
    one_of,
    texts,
)
from kplan.validation.core_affinity import affinity, spread_constraints, tolerations
from kplan.validation.core_container import containers, ephemeral_containers, host_ports_match, init_containers
from kplan.validation.core_resource import container_resources, pod_resources
from kplan.validation.core_security import annotations_match, operating_system, pod_security, windows_host_process
from kplan.validation.core_volume import volumes
from kplan.validation.fault import Fault, Key, duplicate, forbidden, invalid, required
from kplan.validation.feature import dropped, on
from kplan.validation.meta import object_meta, template_meta

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PREEMPTION = ("PreemptLowerPriority", "Never")
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_MIRROR = "kubernetes.io/config.mirror"


def pod(data: Obj, minor: int) -> Iterator[Fault]:
    """A Pod on its creation."""
    spec: Obj = data.get("spec") or {}
    meta: Obj = data.get("metadata") or {}
    here: Path = ("spec",)
    yield from object_meta(data)
    if meta.get("annotations"):
        yield from _pod_annotations(meta["annotations"], spec, ("metadata", "annotations"))
    yield from pod_spec(spec, here, minor, pod_name=meta.get("name") or "", is_pod=True)
    yield from _only_in_pods(spec, here)
    if meta.get("annotations"):
        yield from annotations_match(meta["annotations"], spec, here)


def _only_in_pods(spec: Obj, path: Path) -> Iterator[Fault]:
    """What templates may have and pods may not."""
    if not (spec.get("serviceAccountName") or spec.get("serviceAccount")):
        for index, volume in objects(spec.get("volumes")):
            for place, source in objects((volume.get("projected") or {}).get("sources")):
                if source.get("serviceAccountToken") is not None:
                    at = (*path, "volumes", index, "projected", "sources", place, "serviceAccountToken")
                    yield forbidden(at, "must not be specified when serviceAccountName is not set")
    for key in ("containers", "initContainers"):
        for index, container in objects(spec.get(key)):
            image = container.get("image") or ""
            if image != image.strip():
                at = (*path, key, index, "image")
                yield invalid(at, image, "must not have leading or trailing whitespace")
    if spec.get("ephemeralContainers"):
        yield forbidden((*path, "ephemeralContainers"), "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        yield forbidden((*path, "nodeName"), "cannot be set until all schedulingGates have been cleared")


def pod_template(data: Obj, minor: int) -> Iterator[Fault]:
    """A PodTemplate."""
    yield from object_meta(data)
    yield from template_spec(data.get("template"), ("template",), minor)


def template_spec(template: Obj | None, path: Path, minor: int) -> Iterator[Fault]:
    """A pod template. The server leaves `metadata` out of the paths to labels and annotations."""
    template = template or {}
    meta: Obj = template.get("metadata") or {}
    spec: Obj = template.get("spec") or {}
    here = (*path, "spec")
    if meta:
        yield from template_meta(meta, path)
        if meta.get("annotations"):
            yield from _pod_annotations(meta["annotations"], spec, (*path, "annotations"))
    yield from pod_spec(spec, here, minor)
    if meta.get("annotations"):
        yield from annotations_match(meta["annotations"], spec, here)
    if spec.get("ephemeralContainers"):
        yield forbidden((*here, "ephemeralContainers"), "ephemeral containers not allowed in pod template")


def pod_spec(
    spec: Obj,
    path: Path,
    minor: int,
    *,
    pod_name: str = "",
    is_pod: bool = False,
) -> Iterator[Fault]:
    """The spec of a pod, or of a template (`is_pod` false); `pod_name` is "" where it is not known yet."""
    found_volumes: dict[str, Obj] = {}
    if spec.get("volumes"):
        yield from volumes(spec["volumes"], found_volumes, pod_name, (*path, "volumes"), minor)
    claims: frozenset[str] = frozenset()
    if spec.get("resourceClaims") and not dropped("core.PodSpec", "ResourceClaims", minor):
        claims = frozenset(c["name"] for _, c in objects(spec["resourceClaims"]) if c.get("name"))
        yield from _resource_claims(spec["resourceClaims"], (*path, "resourceClaims"))
    yield from containers(spec, found_volumes, claims, path, minor, is_pod)
    if spec.get("initContainers"):
        yield from init_containers(spec, found_volumes, claims, path, minor, is_pod)
    if spec.get("ephemeralContainers"):
        yield from ephemeral_containers(spec, found_volumes, claims, path, minor)
    if spec.get("resources") is not None and on("PodLevelResources", minor):
        yield from pod_resources(spec, path, minor, is_pod)
    if spec.get("hostNetwork"):
        yield from host_ports_match(spec, path, minor, is_pod)
    yield from _policies(spec, path)
    if spec.get("nodeSelector"):
        yield from labels(spec["nodeSelector"], (*path, "nodeSelector"))
    if spec.get("securityContext") or spec.get("shareProcessNamespace"):
        yield from pod_security(spec.get("securityContext") or {}, spec, (*path, "securityContext"), minor)
    if spec.get("affinity"):
        yield from affinity(spec["affinity"], (*path, "affinity"), minor)
    if spec.get("dnsConfig") is not None or spec.get("dnsPolicy") == "None":
        yield from _dns_config(spec, (*path, "dnsConfig"), minor)
    yield from _scheduling(spec, path, minor)
    yield from windows_host_process(spec, path)
    if spec.get("hostUsers") is False and not dropped("core.PodSpec", "HostUsers", minor):
        yield from _without_host_users(spec, path)
    yield from _names(spec, path, minor)
    yield from _numbers(spec, path)
    if spec.get("tolerations"):
        yield from tolerations(spec["tolerations"], (*path, "tolerations"), minor)
    if spec.get("hostAliases"):
        yield from _host_aliases(spec["hostAliases"], (*path, "hostAliases"), minor)
    if spec.get("overhead"):
        yield from container_resources({"limits": spec["overhead"]}, frozenset(), (*path, "overhead"), minor)
    if spec.get("os") is not None:
        yield from operating_system(spec, path, minor)


def _policies(spec: Obj, path: Path) -> Iterator[Fault]:
    if spec.get("restartPolicy"):
        yield from one_of(spec["restartPolicy"], _RESTART_POLICIES, (*path, "restartPolicy"))
    if spec.get("dnsPolicy"):
        yield from one_of(spec["dnsPolicy"], _DNS_POLICIES, (*path, "dnsPolicy"))
    if spec.get("preemptionPolicy") is not None:
        yield from chosen(spec["preemptionPolicy"], _PREEMPTION, (*path, "preemptionPolicy"))


_NAMES: tuple[tuple[str, Any], ...] = (
    ("nodeName", dns_subdomain),
    ("hostname", dns_label),
    ("subdomain", dns_label),
    ("priorityClassName", dns_subdomain),
)


def _names(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        yield from messages((*path, "serviceAccountName"), account, dns_subdomain(account))
    for key, rule in _NAMES:
        if value := spec.get(key):
            yield from messages((*path, key), value, rule(value))
    runtime = spec.get("runtimeClassName")
    if runtime is not None:
        yield from messages((*path, "runtimeClassName"), runtime, dns_subdomain(runtime))
    if spec.get("hostnameOverride") is not None and on("HostnameOverride", minor):
        yield from _hostname_override(spec, path)


def _hostname_override(spec: Obj, path: Path) -> Iterator[Fault]:
    name, here = spec["hostnameOverride"], (*path, "hostnameOverride")
    yield from messages(here, name, _hostname_errors(name))
    if spec.get("setHostnameAsFQDN"):
        yield forbidden(here, "may not be specified when `setHostnameAsFQDN` is true")
    if spec.get("hostNetwork"):
        yield forbidden(here, "may not be specified when `hostNetwork` is true")


def _hostname_errors(name: str) -> Messages:
    longer = ("must be no more than 64 characters",) if len(name) > 64 else ()
    return (*longer, *dns_subdomain(name))


def _numbers(spec: Obj, path: Path) -> Iterator[Fault]:
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= 2**31 - 1:
        yield invalid((*path, "activeDeadlineSeconds"), deadline, inclusive(1, 2**31 - 1))


def _dns_config(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    config: Obj | None = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            yield required(path, "must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not config.get("nameservers"):
            at = (*path, "nameservers")
            yield required(at, "must provide at least one DNS nameserver when `dnsPolicy` is None")
            return
    if not config:
        return
    if config.get("nameservers"):
        yield from _nameservers(config["nameservers"], (*path, "nameservers"), minor)
    if config.get("searches"):
        yield from _searches(config["searches"], (*path, "searches"), minor)
    for index, option in objects(config.get("options")):
        if not option.get("name"):
            yield required((*path, "options", index), "must not be empty")


def _nameservers(servers: list[Any], path: Path, minor: int) -> Iterator[Fault]:
    from kplan.k8s.ip import ip_errors

    if len(servers) > 3:
        yield invalid(path, servers, "must not have more than 3 nameservers")
    for index, server in texts(servers):
        yield from messages((*path, index), server, ip_errors(server, on("StrictIPCIDRValidation", minor)))


def _searches(searches: list[Any], path: Path, minor: int) -> Iterator[Fault]:
    if len(searches) > 32:
        yield invalid(path, searches, "must not have more than 32 search paths")
    if sum(len(search or "") + 1 for search in searches) - 1 > 2048:
        yield invalid(path, searches, "must not have more than 2048 characters (including spaces) in the search list")
    relaxed = on("RelaxedDNSSearchValidation", minor)
    for index, search in texts(searches):
        if relaxed and search == ".":
            continue
        name = search.removesuffix(".")
        yield from messages((*path, index), name, (dns_subdomain_underscore if relaxed else dns_subdomain)(name))


def _scheduling(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    for index, gate in objects(spec.get("readinessGates")):
        kind = gate.get("conditionType") or ""
        yield from messages((*path, "readinessGates", index, "conditionType"), kind, qualified_name(kind))
    if spec.get("schedulingGates") and not dropped("core.PodSpec", "SchedulingGates", minor):
        seen: set[str] = set()
        for index, gate in objects(spec["schedulingGates"]):
            name = gate.get("name") or ""
            here = (*path, "schedulingGates", index)
            yield from messages(here, name, qualified_name(name))
            if name in seen:
                yield duplicate(here, name)
            seen.add(name)
    if spec.get("topologySpreadConstraints"):
        yield from spread_constraints(spec["topologySpreadConstraints"], (*path, "topologySpreadConstraints"), minor)


def _without_host_users(spec: Obj, path: Path) -> Iterator[Fault]:
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            name = key if key == "hostNetwork" else f"H{key[1:]}"
            yield forbidden((*path, name), "when `hostUsers` is false")


def _resource_claims(claims: list[Any], path: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, claim in objects(claims):
        here, name = (*path, index), claim.get("name") or ""
        if not name:
            yield required((*here, "name"))
        elif name in seen:
            yield duplicate((*here, "name"), name)
        else:
            yield from dns_labels(name, (*here, "name"))
            seen.add(name)
        yield from _claim_source(claim, here)


def _claim_source(claim: Obj, path: Path) -> Iterator[Fault]:
    given = [key for key in ("resourceClaimName", "resourceClaimTemplateName") if claim.get(key) is not None]
    if len(given) > 1:
        text = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
        yield invalid(path, claim, text)
    if not given:
        yield invalid(path, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`")
    for key in given:
        yield from messages((*path, key), claim[key], dns_subdomain(claim[key]))


def _host_aliases(aliases: list[Any], path: Path, minor: int) -> Iterator[Fault]:
    from kplan.k8s.ip import ip_errors

    strict = on("StrictIPCIDRValidation", minor)
    for index, alias in objects(aliases):
        address = alias.get("ip") or ""
        at = (*path, index, "ip") if on("HostAliasIndex", minor) else (*path, "ip")
        yield from messages(at, address, ip_errors(address, strict))
        for place, name in texts(alias.get("hostnames")):
            at = (*path, index, "hostnames", place) if on("HostAliasIndex", minor) else (*path, "hostnames")
            yield from messages(at, name, dns_subdomain(name))


def _pod_annotations(annotations: dict[str, Any], spec: Obj, path: Path) -> Iterator[Fault]:
    """Annotations that mean something for pods."""
    if _MIRROR in annotations and not spec.get("nodeName"):
        text = "must set spec.nodeName if mirror pod annotation is set"
        yield invalid((*path, Key(_MIRROR)), annotations[_MIRROR], text)
    cost = annotations.get(_DELETION_COST)
    if _DELETION_COST in annotations and not _is_int32(cost or ""):
        yield invalid((*path, Key(_DELETION_COST)), cost, "must be a 32bit integer")
    for key, value in annotations.items():
        if key.startswith(("seccomp.security.alpha.kubernetes.io/pod", "container.seccomp.security.alpha.")):
            yield from _seccomp_annotation(key, value or "", path)
        elif key.startswith("container.apparmor.security.beta.kubernetes.io/"):
            yield from _apparmor_annotation(key, value or "", spec, path)


def _is_int32(text: str) -> bool:
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or (digits[0] == "0" and text != "0"):
        return False
    return -(2**31) <= int(text) < 2**31


def _seccomp_annotation(key: str, value: str, path: Path) -> Iterator[Fault]:
    from kplan.validation.check import descending_path

    if value in ("runtime/default", "docker/default", "unconfined"):
        return
    if value.startswith("localhost/"):
        yield from descending_path(value.removeprefix("localhost/"), (*path, key))
    else:
        yield invalid((*path, key), value, "must be a valid seccomp profile")


def _apparmor_annotation(key: str, value: str, spec: Obj, path: Path) -> Iterator[Fault]:
    name = key.removeprefix("container.apparmor.security.beta.kubernetes.io/")
    lists = ("containers", "initContainers", "ephemeralContainers")
    if not any(c.get("name") == name for kind in lists for _, c in objects(spec.get(kind))):
        yield invalid((*path, Key(key)), name, "container not found")
    if value not in ("", "runtime/default", "unconfined") and not value.startswith("localhost/"):
        yield invalid((*path, Key(key)), value, f'invalid AppArmor profile name: "{value}"')


CHECKS = {"Pod": pod, "PodTemplate": pod_template}
