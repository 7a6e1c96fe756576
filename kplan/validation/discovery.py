"""EndpointSlices.

Source: kubernetes v1.36 pkg/apis/discovery/validation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kplan.k8s.ip import ip_errors, ip_family, special_ip_errors
from kplan.k8s.name import dns_label, dns_subdomain, label_value, qualified_name
from kplan.validation.check import PROTOCOLS, Obj, Path, chosen, dns_labels, messages, objects, one_of, texts
from kplan.validation.fault import Fault, duplicate, invalid, required, too_many
from kplan.validation.feature import on
from kplan.validation.meta import object_meta

_FAMILIES = {"IPv4": 4, "IPv6": 6}
_MAX_ENDPOINTS = 1000
_MAX_ADDRESSES = 100
_MAX_PORTS = 20000
_MAX_HINTS = 8


def endpoint_slice(data: Obj, minor: int) -> Iterator[Fault]:
    """An EndpointSlice."""
    yield from object_meta(data)
    kind = data.get("addressType")
    yield from chosen(kind, ("FQDN", "IPv4", "IPv6"), ("addressType",))
    yield from _ports(data.get("ports") or [])
    endpoints = data.get("endpoints") or []
    if len(endpoints) > _MAX_ENDPOINTS:
        yield too_many(("endpoints",), len(endpoints), _MAX_ENDPOINTS)
        return
    for index, endpoint in objects(endpoints):
        yield from _endpoint(endpoint, kind or "", ("endpoints", index), minor)


def _endpoint(endpoint: Obj, kind: str, path: Path, minor: int) -> Iterator[Fault]:
    addresses, here = endpoint.get("addresses") or [], (*path, "addresses")
    if not addresses:
        yield required(here, "must contain at least 1 address")
    elif len(addresses) > _MAX_ADDRESSES:
        yield too_many(here, len(addresses), _MAX_ADDRESSES)
    for index, address in texts(addresses):
        if kind in _FAMILIES:
            yield from _ip(address, kind, here, index, minor)
        elif kind == "FQDN":
            yield from _domain_name(address, (*here, index))
    node, hostname = endpoint.get("nodeName"), endpoint.get("hostname")
    if node is not None:
        yield from messages((*path, "nodeName"), node, dns_subdomain(node))
    if hostname is not None:
        yield from messages((*path, "hostname"), hostname, dns_label(hostname))
    if endpoint.get("hints"):
        yield from _hints(endpoint["hints"], (*path, "hints"), minor)


def _ip(address: str, kind: str, path: Path, index: int, minor: int) -> Iterator[Fault]:
    at = (*path, index)
    has_family = ip_family(address) == _FAMILIES[kind]
    if not on("SliceFamilyAtAddresses", minor):
        if not has_family:
            yield invalid(at, address, f"must be a valid {kind} address")
        yield from messages(at, address, special_ip_errors(address))
        return
    # IPv6 addresses never were read sloppily here.
    strict = kind == "IPv6" or on("StrictIPCIDRValidation", minor)
    if wrong := ip_errors(address, strict):
        yield from messages(at, address, wrong)
        return
    if not has_family:
        yield invalid(path, address, f"must be an {kind} address")
    yield from messages(at, address, special_ip_errors(address))


def _domain_name(name: str, path: Path) -> Iterator[Fault]:
    """A domain name of two labels or more; a dot may end it."""
    if not name:
        yield required(path)
        return
    bare = name.removesuffix(".")
    if wrong := dns_subdomain(bare):
        yield invalid(path, bare, ",".join(wrong))
    elif "." not in bare:
        yield invalid(path, bare, "should be a domain with at least two segments separated by dots")
    else:
        for label in bare.split("."):
            if wrong := dns_label(label):
                yield invalid(path, label, ",".join(wrong))
                return


def _hints(hints: Obj, path: Path, minor: int) -> Iterator[Fault]:
    zones = hints.get("forZones") or []
    if len(zones) > _MAX_HINTS:
        yield too_many((*path, "forZones"), len(zones), _MAX_HINTS)
        return
    yield from _hint_names(zones, label_value, (*path, "forZones"))
    nodes = (hints.get("forNodes") or []) if on("PreferSameTrafficDistribution", minor) else []
    if len(nodes) > _MAX_HINTS:
        yield too_many((*path, "forNodes"), len(nodes), _MAX_HINTS)
        return
    yield from _hint_names(nodes, dns_subdomain, (*path, "forNodes"))


def _hint_names(hints: list[Any], rule: Callable[[str], tuple[str, ...]], path: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, hint in objects(hints):
        name, at = hint.get("name") or "", (*path, index, "name")
        if name in seen:
            yield duplicate(at, name)
        seen.add(name)
        yield from messages(at, name, rule(name))


def _ports(ports: list[Any]) -> Iterator[Fault]:
    if len(ports) > _MAX_PORTS:
        yield too_many(("ports",), len(ports), _MAX_PORTS)
        return
    seen: set[str] = set()
    for index, port in objects(ports):
        name, path = port.get("name") or "", ("ports", index)
        yield from dns_labels(name, (*path, "name"))
        if name in seen:
            yield duplicate((*path, "name"), name)
        seen.add(name)
        protocol, application = port.get("protocol"), port.get("appProtocol")
        if protocol is not None:
            yield from one_of(protocol, PROTOCOLS, (*path, "protocol"))
        if application is not None:
            yield from messages((*path, "appProtocol"), application, qualified_name(application))


CHECKS = {"EndpointSlice": endpoint_slice}
