"""Services.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateService.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_label, dns_label_1035, dns_subdomain, qualified_name
from kplan.validation.check import (
    PROTOCOLS,
    Obj,
    Path,
    labels,
    messages,
    objects,
    one_of,
    port_number,
    port_or_name,
    texts,
)
from kplan.validation.fault import Fault, Key, duplicate, forbidden, invalid, required
from kplan.validation.feature import IP_FAMILIES, NODE_PORTS, dropped, on
from kplan.validation.meta import object_meta

_SPEC: Path = ("spec",)
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_HINTS, _MODE = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"


def service(data: Obj, minor: int) -> Iterator[Fault]:
    """A Service; what a plain cluster can allocate is looked at once the rest is fine."""
    spec: Obj = data.get("spec") or {}
    found = False
    for fault in _validation(data, spec, minor):
        found = True
        yield fault
    if not found:
        yield from _allocation(spec, spec.get("type") or "ClusterIP", _cluster_ips(spec))


def _validation(data: Obj, spec: Obj, minor: int) -> Iterator[Fault]:
    notes: Obj = (data.get("metadata") or {}).get("annotations") or {}
    yield from object_meta(data, dns_label if on("RelaxedServiceNameValidation", minor) else dns_label_1035)
    if _MODE in notes and _HINTS in notes and notes[_MODE] != notes[_HINTS]:
        text = f"must match annotations[{_HINTS}] when both are specified"
        yield invalid(("metadata", "annotations", Key(_MODE)), notes[_MODE], text)
    kind, addresses = spec.get("type") or "ClusterIP", _cluster_ips(spec)
    if not spec.get("ports") and addresses != ["None"] and kind != "ExternalName":
        yield required((*_SPEC, "ports"))
    yield from _by_type(spec, kind, addresses)
    yield from _ports(spec, kind, minor)
    if spec.get("selector"):
        yield from labels(spec["selector"], (*_SPEC, "selector"))
    yield from _session_affinity(spec)
    if kind != "ExternalName":
        yield from _addresses(spec, addresses, minor)
    yield from _external_ips(spec, minor)
    yield from one_of(kind, _TYPES, (*_SPEC, "type"))
    yield from _source_ranges(spec, kind, notes, minor)
    yield from _load_balancer(spec, kind, minor)
    yield from _traffic(spec, kind, minor)


def _allocation(spec: Obj, kind: str, addresses: list[str]) -> Iterator[Fault]:
    """Node ports and IP families that a plain cluster does not have.

    Source: kubernetes v1.36 pkg/registry/core/service/storage alloc.go.
    """
    low, high = NODE_PORTS
    for index, port in objects(spec.get("ports")):
        node = port.get("nodePort")
        if node and kind != "ExternalName" and not low <= node <= high:
            text = f"provided port is not in the valid range. The range of valid ports is {low}-{high}"
            yield invalid((*_SPEC, "ports", index, "nodePort"), node, text)
    if kind == "ExternalName" or (addresses == ["None"] and not spec.get("selector")):
        return
    if spec.get("ipFamilyPolicy") == "RequireDualStack" and len(IP_FAMILIES) < 2:
        text = "this cluster is not configured for dual-stack services"
        yield invalid((*_SPEC, "ipFamilyPolicy"), spec["ipFamilyPolicy"], text)
    for index, family in texts(spec.get("ipFamilies")):
        if family not in IP_FAMILIES:
            yield invalid((*_SPEC, "ipFamilies", index), family, "not configured on this cluster")


def _cluster_ips(spec: Obj) -> list[str]:
    """The cluster IPs that the server sees: `clusterIP` stands for a list of one."""
    if spec.get("clusterIPs"):
        return [address or "" for address in spec["clusterIPs"]]
    return [spec["clusterIP"]] if spec.get("clusterIP") else []


def _by_type(spec: Obj, kind: str, addresses: list[str]) -> Iterator[Fault]:
    if kind in ("LoadBalancer", "NodePort") and addresses == ["None"]:
        text = f"may not be set to 'None' for {kind} services"
        yield invalid((*_SPEC, "clusterIPs", 0), "None", text)
    if kind != "ExternalName":
        return
    text = "may not be set for ExternalName services"
    if addresses:
        yield forbidden((*_SPEC, "clusterIPs"), text)
    if spec.get("ipFamilies"):
        yield forbidden((*_SPEC, "ipFamilies"), text)
    if spec.get("ipFamilyPolicy") is not None:
        yield forbidden((*_SPEC, "ipFamilyPolicy"), text)
    name = (spec.get("externalName") or "").removesuffix(".")
    if name:
        yield from messages((*_SPEC, "externalName"), name, dns_subdomain(name))
    else:
        yield required((*_SPEC, "externalName"))


def _ports(spec: Obj, kind: str, minor: int) -> Iterator[Fault]:
    ports = spec.get("ports") or []
    names: set[str] = set()
    pairs: set[tuple[str, Any]] = set()
    node_pairs: set[tuple[str, Any]] = set()
    for index, port in objects(ports):
        here = (*_SPEC, "ports", index)
        yield from _port(port, len(ports) > 1, names, here, minor)
        protocol, node = port.get("protocol") or "TCP", port.get("nodePort")
        if node:
            if kind == "ClusterIP":
                yield forbidden((*here, "nodePort"), "may not be used when `type` is 'ClusterIP'")
            if (protocol, node) in node_pairs:
                yield duplicate((*here, "nodePort"), node)
            node_pairs.add((protocol, node))
        if (protocol, port.get("port")) in pairs:
            yield duplicate(here, {"protocol": protocol, "port": port.get("port")})
        pairs.add((protocol, port.get("port")))
        if kind == "LoadBalancer" and port.get("port") == 10250 and not on("LoadBalancerKubeletPort", minor):
            yield invalid(here, 10250, "may not expose port 10250 externally since it is used by kubelet")


def _port(port: Obj, named: bool, names: set[str], path: Path, minor: int) -> Iterator[Fault]:
    name = port.get("name")
    if name:
        yield from messages((*path, "name"), name, dns_label(name))
        if name in names:
            yield duplicate((*path, "name"), name)
        names.add(name)
    elif named:
        yield required((*path, "name"))
    yield from port_number(port.get("port"), (*path, "port"))
    if port.get("protocol"):
        yield from one_of(port["protocol"], PROTOCOLS, (*path, "protocol"))
    target = port.get("targetPort")
    yield from port_or_name(target if target not in (None, 0, "") else port.get("port"), (*path, "targetPort"))
    if port.get("appProtocol") is not None:
        protocol = port["appProtocol"]
        yield from messages((*path, "appProtocol"), protocol, qualified_name(protocol))


def _session_affinity(spec: Obj) -> Iterator[Fault]:
    kind, config = spec.get("sessionAffinity") or "None", spec.get("sessionAffinityConfig")
    here = (*_SPEC, "sessionAffinityConfig")
    yield from one_of(kind, ("ClientIP", "None"), (*_SPEC, "sessionAffinity"))
    if kind == "ClientIP":
        timeout = ((config or {}).get("clientIP") or {}).get("timeoutSeconds")
        if timeout is not None and not 0 < timeout <= 86400:
            text = "must be greater than 0 and less than 86400"
            yield invalid((*here, "clientIP", "timeoutSeconds"), timeout, text)


def _addresses(spec: Obj, addresses: list[str], minor: int) -> Iterator[Fault]:
    from kplan.k8s.ip import ip_errors, ip_family

    here, first = (*_SPEC, "clusterIPs"), spec.get("clusterIP")
    if first and addresses[0] != first:
        yield invalid(here, addresses, "first value must match `clusterIP`")
    yield from _families(spec)
    wrong = False
    for index, address in enumerate(addresses):
        if index == 0 and address == "None":
            if len(addresses) > 1:
                wrong = True
                yield invalid(here, addresses, "'None' must be the first and only value")
            continue
        found = ip_errors(address, on("StrictIPCIDRValidation", minor))
        wrong = wrong or bool(found)
        yield from messages((*here, index), address, found)
    if len(addresses) > 2:
        yield invalid(here, addresses, "may only hold up to 2 values")
    if wrong:
        return
    kinds = [ip_family(address) for address in addresses]
    if len(addresses) > 1 and {4, 6} - set(kinds):
        yield invalid(here, addresses, "may specify no more than one IP for each IP family")
    for index, (address, kind, family) in enumerate(zip(addresses, kinds, spec.get("ipFamilies") or (), strict=False)):
        if address != "None" and family in ("IPv4", "IPv6") and kind != int(family[-1]):
            text = f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            yield invalid((*here, index), address, text)


def _families(spec: Obj) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, family in texts(spec.get("ipFamilies")):
        yield from one_of(family, ("IPv4", "IPv6"), (*_SPEC, "ipFamilies", index))
        if family in seen:
            yield duplicate((*_SPEC, "ipFamilies", index), family)
        seen.add(family)
    if spec.get("ipFamilyPolicy") is not None:
        policies = ("PreferDualStack", "RequireDualStack", "SingleStack")
        yield from one_of(spec["ipFamilyPolicy"], policies, (*_SPEC, "ipFamilyPolicy"))


def _external_ips(spec: Obj, minor: int) -> Iterator[Fault]:
    if not spec.get("externalIPs"):
        return
    from kplan.k8s.ip import ip_errors, special_ip_errors

    for index, address in texts(spec["externalIPs"]):
        found = ip_errors(address, on("StrictIPCIDRValidation", minor)) or special_ip_errors(address)
        yield from messages((*_SPEC, "externalIPs", index), address, found)


def _source_ranges(spec: Obj, kind: str, notes: Obj, minor: int) -> Iterator[Fault]:
    ranges = spec.get("loadBalancerSourceRanges")
    if not ranges and _RANGES not in notes:
        return
    from kplan.k8s.ip import cidr_errors

    strict = on("StrictIPCIDRValidation", minor)
    at: Path = (*_SPEC, "LoadBalancerSourceRanges") if ranges else ("metadata", "annotations", Key(_RANGES))
    if kind != "LoadBalancer":
        yield forbidden(at, _ONLY_LOAD_BALANCER)
    if ranges:
        for index, value in texts(ranges):
            here = (*at, index) if on("SourceRangeIndex", minor) else at
            yield from messages(here, value, cidr_errors(value.strip(), strict))
    elif text := (notes[_RANGES] or "").strip():
        for value in text.split(","):
            yield from messages(at, value.strip(), cidr_errors(value.strip(), strict))


def _load_balancer(spec: Obj, kind: str, minor: int) -> Iterator[Fault]:
    if spec.get("allocateLoadBalancerNodePorts") is not None and kind != "LoadBalancer":
        yield forbidden((*_SPEC, "allocateLoadBalancerNodePorts"), _ONLY_LOAD_BALANCER)
    name = spec.get("loadBalancerClass")
    if name is None:
        return
    if kind == "LoadBalancer":
        yield from messages((*_SPEC, "loadBalancerClass"), name, qualified_name(name))
    else:
        yield forbidden((*_SPEC, "loadBalancerClass"), _ONLY_LOAD_BALANCER)


def _traffic(spec: Obj, kind: str, minor: int) -> Iterator[Fault]:
    external, check = spec.get("externalTrafficPolicy"), spec.get("healthCheckNodePort") or 0
    accessible = kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if external and not accessible:
        text = "may only be set for externally-accessible services"
        yield invalid((*_SPEC, "externalTrafficPolicy"), external, text)
    elif external:
        yield from one_of(external, ("Cluster", "Local"), (*_SPEC, "externalTrafficPolicy"))
    if check:
        if kind == "LoadBalancer" and external == "Local":
            yield from port_number(check, (*_SPEC, "healthCheckNodePort"))
        else:
            text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
            yield invalid((*_SPEC, "healthCheckNodePort"), check, text)
    if spec.get("internalTrafficPolicy") is not None:
        yield from one_of(spec["internalTrafficPolicy"], ("Cluster", "Local"), (*_SPEC, "internalTrafficPolicy"))
    distribution = spec.get("trafficDistribution")
    if distribution is not None and not dropped("core.ServiceSpec", "TrafficDistribution", minor):
        known = ["PreferClose"]
        if on("PreferSameTrafficDistribution", minor):
            known += ["PreferSameNode", "PreferSameZone"]
        yield from one_of(distribution, known, (*_SPEC, "trafficDistribution"))


CHECKS = {"Service": service}
