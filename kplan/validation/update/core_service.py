"""Changes of Services.

The server gives a Service addresses and ports that a manifest does not name: where the object before has none, one that
was given is meant, and it is nobody's to change.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateServiceUpdate; pkg/registry/core/service strategy.go,
storage/storage.go (normalizeClusterIPs, patchAllocatedValues), storage/alloc.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model.path import FieldPath
from kplan.validation.update.refusal import Obj, Refusal, at, fixed_field, fixed_value, wrong_value

_FIXED = "may not change once set"
_IPS: FieldPath = ("spec", "clusterIPs")
_IP: FieldPath = ("spec", "clusterIP")
_FAMILIES: FieldPath = ("spec", "ipFamilies")
_POLICY: FieldPath = ("spec", "ipFamilyPolicy")
_GIVEN = "(given by the cluster)"
_CLASS_FIXED = 22


def service(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A Service keeps its first address and its family, unless it is for a name elsewhere, and its balancer's class."""
    old, new = before.get("spec") or {}, after.get("spec") or {}
    if "ExternalName" not in (old.get("type"), new.get("type")):
        yield from _addresses(old, new)
        yield from _families(old, new)
    if _is_balanced(old) and _is_balanced(new) and minor >= _CLASS_FIXED:
        name = "loadBalancerClass"
        if old.get(name) != new.get(name):
            yield fixed_value(("spec", name), new.get(name), _FIXED)
    if _needs_health_port(old) and _needs_health_port(new):
        port = new.get("healthCheckNodePort")
        if port is not None and port != old.get("healthCheckNodePort"):
            yield fixed_field(("spec", "healthCheckNodePort"), "field is immutable")


def _is_balanced(spec: Obj) -> bool:
    return spec.get("type") == "LoadBalancer"


def _needs_health_port(spec: Obj) -> bool:
    return _is_balanced(spec) and spec.get("externalTrafficPolicy") == "Local"


def _ips(spec: Obj) -> list[str]:
    """The addresses of a Service; those that its cluster gave it by a word for them."""
    if found := spec.get("clusterIPs") or ([spec["clusterIP"]] if spec.get("clusterIP") else []):
        return list(found)
    return [_GIVEN] * max(1, len(spec.get("ipFamilies") or ()))


def _is_headless(spec: Obj) -> bool:
    return _ips(spec) == ["None"]


def _addresses(old: Obj, new: Obj) -> Iterator[Refusal]:
    if _is_headless(old) and _is_headless(new):
        return
    first, second = _ips(old), _ips(new)
    if len(first) == len(second):
        for index, address in enumerate(first):
            if address != second[index]:
                yield _fixed((*_IPS, index), new)
        return
    if first[0] != second[0]:
        yield _fixed((*_IPS, 0), new)
    if len(second) < len(first) and new.get("ipFamilyPolicy") != "SingleStack":
        text = "must be set to 'SingleStack' when releasing the secondary clusterIP"
        yield wrong_value(_POLICY, new.get("ipFamilyPolicy"), text, _IPS, _POLICY)


def _fixed(path: FieldPath, new: Obj) -> Refusal:
    return fixed_value(path, _ips(new), _FIXED, _IP, _IPS)


def _families(old: Obj, new: Obj) -> Iterator[Refusal]:
    if _is_headless(old) or _is_headless(new):
        return
    first, second = old.get("ipFamilies") or [], new.get("ipFamilies") or []
    if first and second and first[0] != second[0]:
        yield _other_family(old, new, second)
    elif len(first) == len(second):
        if first != second:
            yield fixed_value((*_FAMILIES, 0), second, _FIXED, _FAMILIES)
    elif 1 == len(second) < len(first) and new.get("ipFamilyPolicy") != "SingleStack":
        text = "must be set to 'SingleStack' when releasing the secondary ipFamily"
        yield wrong_value(_POLICY, new.get("ipFamilyPolicy"), text, _FAMILIES, _POLICY)


def _other_family(old: Obj, new: Obj, families: list[str]) -> Refusal:
    """The server finds that the address it gave is of the other family before it finds that the family changed."""
    if _ips(old) == _ips(new):
        text = f"expected an {families[0]} value as indicated by `ipFamilies[0]`"
        return fixed_value((*_IPS, 0), _ips(new)[0], text, _FAMILIES)
    return fixed_value((*_FAMILIES, 0), families, _FIXED, _FAMILIES)


def prepare(before: Obj, after: Obj) -> None:
    """Keep what was given, and drop what the new type has no use for and nobody changed; `after` is changed."""
    old, new = before.get("spec") or {}, after.setdefault("spec", {})
    _keep_addresses(old, new)
    _keep_node_ports(old, new)
    if new.get("ipFamilyPolicy") == "SingleStack":
        for name in ("clusterIPs", "ipFamilies"):
            if len(new.get(name) or ()) > 1 and new[name] == old.get(name):
                new[name] = new[name][:1]
    _drop_unused(old, new)


def _keep_addresses(old: Obj, new: Obj) -> None:
    """`clusterIP` and the first of `clusterIPs` are one field with two names; who writes one means both."""
    if "ExternalName" in (old.get("type"), new.get("type")):
        return
    if (old.get("clusterIP") or "") == (new.get("clusterIP") or ""):
        if old.get("clusterIPs") and not new.get("clusterIPs"):
            new["clusterIPs"] = old["clusterIPs"]
    elif (old.get("clusterIPs") or []) == (new.get("clusterIPs") or []):
        new["clusterIPs"] = [new["clusterIP"]] if new.get("clusterIP") else []
    for name in ("clusterIP", "clusterIPs"):
        if not new.get(name) and old.get(name):
            new[name] = old[name]


def _has_node_ports(spec: Obj) -> bool:
    return spec.get("type") in ("NodePort", "LoadBalancer")


def _keep_node_ports(old: Obj, new: Obj) -> None:
    if _has_node_ports(old) and _has_node_ports(new):
        known = {port.get("name", ""): port.get("nodePort") for port in old.get("ports") or ()}
        used = _node_ports(old) & _node_ports(new)
        for port in new.get("ports") or ():
            found = known.get(port.get("name", ""))
            if not port.get("nodePort") and found and found not in used:
                port["nodePort"] = found
    if _needs_health_port(old) and _needs_health_port(new) and old.get("healthCheckNodePort"):
        new.setdefault("healthCheckNodePort", old["healthCheckNodePort"])


def _node_ports(spec: Obj) -> set[int]:
    return {port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")}


def _is_external(spec: Obj) -> bool:
    return _has_node_ports(spec) or (spec.get("type") == "ClusterIP" and bool(spec.get("externalIPs")))


def _drop_unused(old: Obj, new: Obj) -> None:
    if old.get("type") != "ExternalName" and new.get("type") == "ExternalName":
        _drop(old, new, "clusterIP", "clusterIPs")
        _drop(old, new, "ipFamilies")
        _drop(old, new, "ipFamilyPolicy")
    if _has_node_ports(old) and not _has_node_ports(new) and _node_ports(new) <= _node_ports(old):
        for port in new.get("ports") or ():
            port.pop("nodePort", None)
    if _needs_health_port(old) and not _needs_health_port(new):
        _drop(old, new, "healthCheckNodePort")
    if _is_balanced(old) and not _is_balanced(new):
        _drop(old, new, "allocateLoadBalancerNodePorts")
        _drop(old, new, "loadBalancerClass")
    if _is_external(old) and not _is_external(new):
        _drop(old, new, "externalTrafficPolicy")


def _drop(old: Obj, new: Obj, *names: str) -> None:
    """Take fields away that nobody changed."""
    if all(at(old, name) == at(new, name) for name in names):
        for name in names:
            new.pop(name, None)


CHECKS = {"Service": service}
PREPARE = {"Service": prepare}
