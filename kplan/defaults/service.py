"""Defaults of Service.

Source: kubernetes v1.36 pkg/apis/core/v1 SetDefaults_Service; pkg/registry/core/service/storage alloc.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]

_DUAL_STACK = 21
_INTERNAL_POLICY = 22
_NODE_PORTS_OPTIONAL = 22
_CLUSTER_IPS = 20
_EXTERNAL_IPS = 26


def default_service(value: Value, minor: int) -> None:
    """Fill in a Service, as far as it can be known without a cluster; the cluster is taken for one of IPv4 alone."""
    spec = value.setdefault("spec", {})
    kind = spec.setdefault("type", "ClusterIP")
    _default_affinity(spec)
    for port in spec.get("ports", ()):
        port.setdefault("protocol", "TCP")
        if not port.get("targetPort"):
            port["targetPort"] = port.get("port", 0)
    if _external(spec, minor):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if minor >= _INTERNAL_POLICY and kind != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if minor >= _NODE_PORTS_OPTIONAL and kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
    if kind != "ExternalName":
        _default_addresses(spec, minor)


def _default_affinity(spec: Value) -> None:
    affinity = spec.setdefault("sessionAffinity", "None")
    if affinity == "None":
        spec.pop("sessionAffinityConfig", None)
    elif affinity == "ClientIP":
        config = spec.get("sessionAffinityConfig", {}).get("clientIP", {})
        if "timeoutSeconds" not in config:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 3 * 60 * 60}}


def _external(spec: Value, minor: int) -> bool:
    if spec["type"] in ("LoadBalancer", "NodePort"):
        return True
    return minor >= _EXTERNAL_IPS and spec["type"] == "ClusterIP" and bool(spec.get("externalIPs"))


def _default_addresses(spec: Value, minor: int) -> None:
    """Cluster IPs as far as they are given, and the families they imply."""
    if minor >= _CLUSTER_IPS:
        if spec.get("clusterIPs"):
            spec.setdefault("clusterIP", spec["clusterIPs"][0])
        elif spec.get("clusterIP"):
            spec["clusterIPs"] = [spec["clusterIP"]]
    if minor < _DUAL_STACK:
        return
    free_headless = spec.get("clusterIP") == "None" and not spec.get("selector")
    policy = spec.setdefault("ipFamilyPolicy", "RequireDualStack" if free_headless else "SingleStack")
    families = spec.setdefault("ipFamilies", _families(spec.get("clusterIPs", [])))
    if free_headless and policy != "SingleStack" and len(families) == 1:
        families.append("IPv6" if families[0] == "IPv4" else "IPv4")


def _families(addresses: list[str]) -> list[str]:
    found = ["IPv6" if ":" in address else "IPv4" for address in addresses if address != "None"]
    return found or ["IPv4"]
