"""Parts of a stored workload that rules about rollouts look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.label import clean_labels
from kplan.k8s.selector import Selector, label_selector, map_selector
from kplan.kinds import pod_template_path
from kplan.rules.pod import dicts

Map = dict[str, Any]


def template(data: Map, kind: str) -> Map:
    """The pod template of a stored object; of a Pod itself, {} where there is none."""
    value: Any = data
    for part in () if kind == "Pod" else pod_template_path(kind) or ("",):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def labels(pods: Map) -> dict[str, str]:
    """The labels of a pod template."""
    return clean_labels(_map(pods.get("metadata")).get("labels"))


def notes(pods: Map) -> dict[str, str]:
    """The annotations of a pod template."""
    return clean_labels(_map(pods.get("metadata")).get("annotations"))


def selector(data: Map, kind: str) -> Selector:
    """What a stored workload or Service selects."""
    written = _map(data.get("spec")).get("selector")
    return map_selector(written) if kind in ("Service", "ReplicationController") else label_selector(written)


def containers(pods: Map) -> Iterator[Map]:
    """All containers of a pod template, those that run first in front."""
    spec = _map(pods.get("spec"))
    yield from dicts(spec.get("initContainers"))
    yield from dicts(spec.get("containers"))


def claims(pods: Map) -> Iterator[tuple[str, str]]:
    """The volumes of a pod template that are PersistentVolumeClaims: (volume, claim)."""
    for volume in dicts(_map(pods.get("spec")).get("volumes")):
        name = _map(volume.get("persistentVolumeClaim")).get("claimName")
        if isinstance(name, str):
            yield str(volume.get("name")), name


def host_ports(pods: Map) -> set[int]:
    """The ports of the node that each pod takes for itself."""
    return {
        port["hostPort"]
        for container in containers(pods)
        for port in dicts(container.get("ports"))
        if isinstance(port.get("hostPort"), int) and port["hostPort"]
    }


def named_ports(pods: Map) -> set[tuple[str, str]]:
    """The named ports of the containers that stay, each with its protocol."""
    spec = _map(pods.get("spec"))
    sidecars = [c for c in dicts(spec.get("initContainers")) if c.get("restartPolicy") == "Always"]
    return {
        (str(port["name"]), str(port.get("protocol") or "TCP"))
        for container in (*dicts(spec.get("containers")), *sidecars)
        for port in dicts(container.get("ports"))
        if port.get("name")
    }


def _map(value: Any) -> Map:
    return value if isinstance(value, dict) else {}
