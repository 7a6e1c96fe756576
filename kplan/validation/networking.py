"""Ingresses, IngressClasses and NetworkPolicies.

Source: kubernetes v1.36 pkg/apis/networking/validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import (
    dns_label,
    dns_label_1035,
    dns_subdomain,
    domain_prefixed_path,
    path_segment,
    port_name,
    wildcard_subdomain,
)
from kplan.validation.check import (
    Obj,
    Path,
    label_selector,
    messages,
    named,
    objects,
    one_of,
    port_number,
    port_or_name,
    texts,
)
from kplan.validation.fault import Fault, forbidden, invalid, required, too_long, unsupported
from kplan.validation.feature import on
from kplan.validation.meta import object_meta

_SPEC: Path = ("spec",)
_CLASS = "kubernetes.io/ingress.class"
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")


def ingress(data: Obj, minor: int) -> Iterator[Fault]:
    """An Ingress."""
    if data.get("apiVersion") != "networking.k8s.io/v1":
        yield from object_meta(data)
        return
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data)
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield invalid(_SPEC, spec.get("rules"), "either `defaultBackend` or `rules` must be specified")
    if spec.get("defaultBackend") is not None:
        yield from _backend(spec["defaultBackend"], (*_SPEC, "defaultBackend"), minor)
    for index, rule in objects(spec.get("rules")):
        yield from _rule(rule, (*_SPEC, "rules", index), minor)
    for index, tls in objects(spec.get("tls")):
        yield from _tls(tls, (*_SPEC, "tls", index))
    name = spec.get("ingressClassName")
    if name is not None:
        yield from messages((*_SPEC, "ingressClassName"), name, dns_subdomain(name))
        yield from _class_annotation((data.get("metadata") or {}).get("annotations") or {}, name, minor)


def _class_annotation(annotations: Obj, name: str, minor: int) -> Iterator[Fault]:
    if _CLASS not in annotations:
        return
    given, at = annotations[_CLASS] or "", ("annotations", _CLASS)
    if not on("IngressClassBoth", minor):
        yield invalid(at, given, "can not be set when the class field is also set")
    elif given != name:
        yield invalid(at, given, "must match `ingressClassName` when both are specified")


def _tls(tls: Obj, path: Path) -> Iterator[Fault]:
    for index, host in texts(tls.get("hosts")):
        rule = wildcard_subdomain if "*" in host else dns_subdomain
        yield from messages((*path, "hosts", index), host, rule(host))
    if name := tls.get("secretName"):
        yield from messages((*path, "secretName"), name, dns_subdomain(name))


def _rule(rule: Obj, path: Path, minor: int) -> Iterator[Fault]:
    if host := rule.get("host"):
        if _is_ip(host):
            yield invalid((*path, "host"), host, "must be a DNS name, not an IP address")
        yield from messages((*path, "host"), host, (wildcard_subdomain if "*" in host else dns_subdomain)(host))
    http = rule.get("http")
    if http is None:
        return
    if not http.get("paths"):
        yield required((*path, "http", "paths"))
    for index, item in objects(http.get("paths")):
        yield from _path(item, (*path, "http", "paths", index), minor)


def _is_ip(host: str) -> bool:
    if not (":" in host or host[-1].isdigit()):
        return False
    from kplan.k8s.ip import parse_ip

    return parse_ip(host) is not None


def _path(item: Obj, path: Path, minor: int) -> Iterator[Fault]:
    kind, text, at = item.get("pathType"), item.get("path") or "", (*path, "path")
    if kind is None:
        yield required((*path, "pathType"), "pathType must be specified")
        return
    if kind in ("Exact", "Prefix"):
        if not text.startswith("/"):
            yield invalid(at, text, "must be an absolute path")
        for bad in ("//", "/./", "/../", "%2f", "%2F"):
            if bad in text:
                yield invalid(at, text, f"must not contain '{bad}'")
        for bad in ("/..", "/."):
            if text.endswith(bad):
                yield invalid(at, text, f"cannot end with '{bad}'")
    elif kind == "ImplementationSpecific":
        if text and not text.startswith("/"):
            yield invalid(at, text, "must be an absolute path")
    else:
        yield unsupported((*path, "pathType"), kind, _PATH_TYPES)
    yield from _backend(item.get("backend") or {}, (*path, "backend"), minor)


def _backend(backend: Obj, path: Path, minor: int) -> Iterator[Fault]:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        yield invalid(path, "", "cannot set both resource and service backends")
    elif resource is not None:
        yield from _typed_reference(resource, (*path, "resource"))
    elif service is not None:
        rule = dns_label if on("RelaxedServiceNameValidation", minor) else dns_label_1035
        yield from named(rule, service.get("name"), (*path, "service", "name"))
        yield from _service_port(service.get("port") or {}, path)
    else:
        yield invalid(path, "", "resource or service backend is required")


def _service_port(port: Obj, path: Path) -> Iterator[Fault]:
    name, number = port.get("name"), port.get("number")
    if name and number:
        yield invalid(path, "", "cannot set both port name & port number")
    elif name:
        yield from messages((*path, "service", "port", "name"), name, port_name(name))
    elif number:
        yield from port_number(number, (*path, "service", "port", "number"))
    else:
        yield required(path, "port name or number is required")


def _typed_reference(reference: Obj, path: Path) -> Iterator[Fault]:
    if reference.get("apiGroup") is not None:
        yield from messages((*path, "apiGroup"), reference["apiGroup"], dns_subdomain(reference["apiGroup"]))
    for key in ("kind", "name"):
        yield from named(path_segment, reference.get(key), (*path, key))


def ingress_class(data: Obj, minor: int) -> Iterator[Fault]:
    """An IngressClass."""
    spec: Obj = data.get("spec") or {}
    controller, parameters = spec.get("controller"), spec.get("parameters")
    yield from object_meta(data, namespaced=False)
    if not controller:
        yield required((*_SPEC, "controller"))
    else:
        if len(controller.encode()) > 250:
            yield too_long((*_SPEC, "controller"), 250)
        yield from messages((*_SPEC, "controller"), controller, domain_prefixed_path(controller))
    if parameters is not None:
        yield from _typed_reference(parameters, (*_SPEC, "parameters"))
        yield from _class_scope(parameters, (*_SPEC, "parameters"))


def _class_scope(parameters: Obj, path: Path) -> Iterator[Fault]:
    scope, namespace = parameters.get("scope") or "Cluster", parameters.get("namespace")
    if parameters.get("scope") == "":
        scope = ""
    yield from one_of(scope, ("Cluster", "Namespace"), (*path, "scope"))
    if scope == "Namespace" and namespace is None:
        yield required((*path, "namespace"), "`parameters.scope` is set to 'Namespace'")
    elif scope == "Namespace":
        yield from messages((*path, "namespace"), namespace, dns_label(namespace))
    elif scope == "Cluster" and namespace is not None:
        yield forbidden((*path, "namespace"), "`parameters.scope` is set to 'Cluster'")


def network_policy(data: Obj, minor: int) -> Iterator[Fault]:
    """A NetworkPolicy."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data)
    yield from label_selector(spec.get("podSelector"), (*_SPEC, "podSelector"))
    for key, side in (("ingress", "from"), ("egress", "to")):
        for index, rule in objects(spec.get(key)):
            here = (*_SPEC, key, index)
            for place, port in objects(rule.get("ports")):
                yield from _policy_port(port, (*here, "ports", place))
            for place, peer in objects(rule.get(side)):
                yield from _peer(peer, (*here, side, place), minor)
    yield from _policy_types(spec.get("policyTypes") or [], (*_SPEC, "policyTypes"))


def _policy_types(kinds: list[Any], path: Path) -> Iterator[Fault]:
    if len(kinds) > 2:
        yield invalid(path, kinds, "may not specify more than two policyTypes")
        return
    for index, kind in texts(kinds):
        yield from one_of(kind, ("Ingress", "Egress"), (*path, index))


def _policy_port(port: Obj, path: Path) -> Iterator[Fault]:
    if port.get("protocol"):
        yield from one_of(port["protocol"], ("TCP", "UDP", "SCTP"), (*path, "protocol"))
    number, end, at = port.get("port"), port.get("endPort"), (*path, "endPort")
    if number is None:
        if end is not None:
            yield invalid(at, end, "may not be specified when `port` is not specified")
        return
    yield from port_or_name(number, (*path, "port"))
    if end is None:
        return
    if isinstance(number, str):
        yield invalid(at, end, "may not be specified when `port` is non-numeric")
        return
    if end < number:
        yield invalid(at, end, "must be greater than or equal to `port`")
    yield from port_number(end, at)


def _peer(peer: Obj, path: Path, minor: int) -> Iterator[Fault]:
    given = [key for key in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(key) is not None]
    for key in ("podSelector", "namespaceSelector"):
        yield from label_selector(peer.get(key), (*path, key))
    if peer.get("ipBlock") is not None:
        yield from _ip_block(peer["ipBlock"], (*path, "ipBlock"), minor)
    if not given:
        yield required(path, "must specify a peer")
    elif len(given) > 1 and "ipBlock" in given:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _ip_block(block: Obj, path: Path, minor: int) -> Iterator[Fault]:
    from kplan.k8s.ip import cidr_errors, is_strict_subset

    cidr, strict = block.get("cidr") or "", on("StrictIPCIDRValidation", minor)
    if not cidr:
        yield required((*path, "cidr"))
        return
    yield from messages((*path, "cidr"), cidr, cidr_errors(cidr, strict))
    if cidr_errors(cidr, strict=False):
        return
    for index, inner in texts(block.get("except")):
        at = (*path, "except", index)
        yield from messages(at, inner, cidr_errors(inner, strict))
        if not cidr_errors(inner, strict=False) and not is_strict_subset(inner, cidr):
            yield invalid(at, inner, "must be a strict subset of `cidr`")


CHECKS = {"Ingress": ingress, "IngressClass": ingress_class, "NetworkPolicy": network_policy}
