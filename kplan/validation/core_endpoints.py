"""Endpoints.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateEndpoints.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.ip import ip_errors, special_ip_errors
from kplan.k8s.name import dns_subdomain, qualified_name
from kplan.validation.check import (
    PROTOCOLS,
    Obj,
    Path,
    dns_labels,
    messages,
    objects,
    one_of,
    port_number,
)
from kplan.validation.fault import Fault, required
from kplan.validation.feature import on
from kplan.validation.meta import object_meta


def endpoints(data: Obj, minor: int) -> Iterator[Fault]:
    """An Endpoints object."""
    yield from object_meta(data)
    for index, subset in objects(data.get("subsets")):
        here: Path = ("subsets", index)
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            yield required(here, "must specify `addresses` or `notReadyAddresses`")
        for key in ("addresses", "notReadyAddresses"):
            for place, address in objects(subset.get(key)):
                yield from _address(address, (*here, key, place), minor)
        ports = subset.get("ports") or []
        for place, port in objects(ports):
            yield from _port(port, len(ports) > 1, (*here, "ports", place))


def _address(address: Obj, path: Path, minor: int) -> Iterator[Fault]:
    ip = address.get("ip") or ""
    yield from messages((*path, "ip"), ip, ip_errors(ip, on("StrictIPCIDRValidation", minor)))
    yield from dns_labels(address.get("hostname"), (*path, "hostname"))
    if address.get("nodeName") is not None:
        yield from messages((*path, "nodeName"), address["nodeName"], dns_subdomain(address["nodeName"]))
    yield from messages((*path, "ip"), ip, special_ip_errors(ip))


def _port(port: Obj, named: bool, path: Path) -> Iterator[Fault]:
    if named and not port.get("name"):
        yield required((*path, "name"))
    yield from dns_labels(port.get("name"), (*path, "name"))
    yield from port_number(port.get("port"), (*path, "port"))
    if port.get("protocol"):
        yield from one_of(port["protocol"], PROTOCOLS, (*path, "protocol"))
    if port.get("appProtocol") is not None:
        yield from messages((*path, "appProtocol"), port["appProtocol"], qualified_name(port["appProtocol"]))


CHECKS = {"Endpoints": endpoints}
