"""Defaults of the core group.

Source: kubernetes v1.36 pkg/apis/core/v1 defaults.go; pkg/registry/core strategies.
"""

from __future__ import annotations

import base64
from typing import Any, TypeAlias

from kplan.defaults.creation import prepare_pod
from kplan.defaults.pod import default_host_ports, default_template, round_resources
from kplan.defaults.service import default_service
from kplan.defaults.volume import default_stored_claim, default_volume
from kplan.k8s.resource import default_pod_resources

Value: TypeAlias = dict[str, Any]

_NAME_LABEL = 21
_POD_LEVEL_RESOURCES = 34


def default_pod(value: Value, minor: int) -> None:
    """Pod: its defaults, and what its creation adds."""
    default_template(value, minor)
    spec = value["spec"]
    for container in (*spec.get("containers", ()), *spec.get("initContainers", ())):
        resources = container.get("resources", {})
        if "limits" in resources:
            resources["requests"] = {**resources["limits"], **resources.get("requests", {})}
    if minor >= _POD_LEVEL_RESOURCES and "resources" in spec:
        default_pod_resources(spec)
    spec.setdefault("enableServiceLinks", True)
    if spec.get("hostNetwork"):
        default_host_ports(spec)
    prepare_pod(value, minor)


def default_replication_controller(value: Value, minor: int) -> None:
    """ReplicationController: selects and wears its template's labels."""
    spec = value.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    if "template" not in spec:
        return
    labels = spec["template"].get("metadata", {}).get("labels")
    if labels:
        spec.setdefault("selector", dict(labels))
        value.setdefault("metadata", {}).setdefault("labels", dict(labels))
    default_template(spec["template"], minor)


def default_pod_template(value: Value, minor: int) -> None:
    """PodTemplate."""
    default_template(value.setdefault("template", {}), minor)


def default_namespace(value: Value, minor: int) -> None:
    """Namespace: its name as a label, and its finalizer."""
    metadata = value.setdefault("metadata", {})
    if minor >= _NAME_LABEL and metadata.get("name"):
        metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = metadata["name"]
    finalizers = value.setdefault("spec", {}).setdefault("finalizers", [])
    if "kubernetes" not in finalizers:
        finalizers.append("kubernetes")
    value["status"] = {"phase": "Active"}


def default_secret(value: Value, minor: int) -> None:
    """Secret: stringData moves into data."""
    value.setdefault("type", "Opaque")
    plain = value.pop("stringData", {})
    if plain:
        encoded = {key: base64.b64encode(text.encode()).decode() for key, text in plain.items()}
        value["data"] = {**value.get("data", {}), **encoded}


def default_endpoints(value: Value, minor: int) -> None:
    """Endpoints."""
    for subset in value.get("subsets", ()):
        for port in subset.get("ports", ()):
            port.setdefault("protocol", "TCP")


def default_limit_range(value: Value, minor: int) -> None:
    """LimitRange: limits of containers imply defaults."""
    for item in value.setdefault("spec", {}).get("limits") or ():
        for resources in item.values():
            round_resources(resources)
        if item.get("type") == "Container":
            item["default"] = {**item.get("max", {}), **item.get("default", {})}
            item["defaultRequest"] = {**item.get("min", {}), **item["default"], **item.get("defaultRequest", {})}


def default_quota(value: Value, minor: int) -> None:
    """ResourceQuota."""
    round_resources(value.setdefault("spec", {}).get("hard"))


def default_node(value: Value, minor: int) -> None:
    """Node: all of its capacity may be used."""
    status = value.get("status", {})
    for resources in status.values():
        round_resources(resources)
    if "capacity" in status:
        status.setdefault("allocatable", dict(status["capacity"]))


def default_service_account(value: Value, minor: int) -> None:
    """ServiceAccount: references to secrets keep their names only."""
    if value.get("secrets"):
        value["secrets"] = [{"name": item["name"]} if "name" in item else {} for item in value["secrets"]]


DEFAULTS = {
    "core/v1.Endpoints": default_endpoints,
    "core/v1.LimitRange": default_limit_range,
    "core/v1.Namespace": default_namespace,
    "core/v1.Node": default_node,
    "core/v1.PersistentVolume": default_volume,
    "core/v1.PersistentVolumeClaim": default_stored_claim,
    "core/v1.Pod": default_pod,
    "core/v1.PodTemplate": default_pod_template,
    "core/v1.ReplicationController": default_replication_controller,
    "core/v1.ResourceQuota": default_quota,
    "core/v1.Secret": default_secret,
    "core/v1.Service": default_service,
    "core/v1.ServiceAccount": default_service_account,
}
