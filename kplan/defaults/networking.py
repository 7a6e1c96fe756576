"""Defaults of the group networking.k8s.io.

Source: kubernetes v1.36 pkg/apis/networking/{v1,v1beta1} defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]

_PATH_TYPES = 18
_CLASS_SCOPE = 22


def default_network_policy(value: Value, minor: int) -> None:
    """NetworkPolicy: it is about ingress, and about egress where it has rules for it."""
    spec = value.setdefault("spec", {})
    for rule in (*spec.get("ingress", ()), *spec.get("egress", ())):
        for port in rule.get("ports", ()):
            port.setdefault("protocol", "TCP")
    if "policyTypes" not in spec:
        spec["policyTypes"] = ["Ingress", "Egress"] if "egress" in spec else ["Ingress"]


def default_ingress_beta1(value: Value, minor: int) -> None:
    """v1beta1 Ingress, in which a path need not say how it matches."""
    for rule in value.setdefault("spec", {}).get("rules", ()):
        for path in rule.get("http", {}).get("paths") or ():
            if minor >= _PATH_TYPES:
                path.setdefault("pathType", "ImplementationSpecific")


def default_ingress_class(value: Value, minor: int) -> None:
    """IngressClass."""
    parameters = value.setdefault("spec", {}).get("parameters")
    if parameters is not None and minor >= _CLASS_SCOPE:
        parameters.setdefault("scope", "Cluster")


DEFAULTS = {
    "networking/v1.NetworkPolicy": default_network_policy,
    "networking/v1.IngressClass": default_ingress_class,
    "networking/v1beta1.IngressClass": default_ingress_class,
    "networking/v1beta1.Ingress": default_ingress_beta1,
}
