"""What the creation of a Pod adds beyond defaults: admission plugins of every cluster, and the registry's strategy.

Source: kubernetes v1.36 pkg/registry/core/pod strategy.go PrepareForCreate; plugin/pkg/admission (priority,
defaulttolerationseconds).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from kplan.k8s.qos import qos_class

Value: TypeAlias = dict[str, Any]

_PREEMPTION = 19
_PRIORITIES = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_EVICTION_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_AFFINITY_KEYS = 31
_SPREAD_KEYS = 34
_APPARMOR_FIELDS = 30
_APPARMOR_ANNOTATIONS = range(30, 34)
_APPARMOR_KEY = "container.apparmor.security.beta.kubernetes.io/"
_APPARMOR_TYPES = {"unconfined": "Unconfined", "runtime/default": "RuntimeDefault"}
_LOCALHOST = "localhost/"
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def prepare_pod(value: Value, minor: int) -> None:
    """Fill in a decoded Pod whose defaults are set; the service account's token and its volume are left out."""
    spec, metadata = value["spec"], value["metadata"]
    _tolerate_evictions(spec)
    _set_priority(spec, minor)
    value["status"] = {"phase": "Pending", "qosClass": qos_class(spec)}
    if spec.get("schedulingGates"):
        value["status"]["conditions"] = [_GATED]
    _merge_label_keys(spec, metadata.get("labels", {}), minor)
    if minor >= _APPARMOR_FIELDS and spec.get("os", {}).get("name") != "windows":
        _sync_apparmor(spec, metadata, minor)


_GATED = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "SchedulingGated",
    "message": "Scheduling is blocked due to non-empty scheduling gates",
}


def _tolerate_evictions(spec: Value) -> None:
    tolerations = spec.setdefault("tolerations", [])
    missing = [taint for taint in _EVICTION_TAINTS if not any(_tolerates(item, taint) for item in tolerations)]
    for taint in missing:
        tolerations.append({"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300})


def _tolerates(toleration: Value, taint: str) -> bool:
    return bool(toleration.get("key", taint) == taint and toleration.get("effect", "NoExecute") == "NoExecute")


def _set_priority(spec: Value, minor: int) -> None:
    """The value of any other class is the cluster's to say."""
    priority = _PRIORITIES.get(spec.get("priorityClassName", ""))
    if priority is not None:
        spec.setdefault("priority", priority)
        if minor >= _PREEMPTION:
            spec.setdefault("preemptionPolicy", "PreemptLowerPriority")


def _merge_label_keys(spec: Value, labels: dict[str, str], minor: int) -> None:
    """Keys of labels to match become requirements with the pod's own values."""
    if minor >= _AFFINITY_KEYS:
        for term in _affinity_terms(spec.get("affinity", {})):
            _add_requirements(term, "matchLabelKeys", "In", labels)
            _add_requirements(term, "mismatchLabelKeys", "NotIn", labels)
    if minor >= _SPREAD_KEYS:
        for constraint in spec.get("topologySpreadConstraints", ()):
            _add_requirements(constraint, "matchLabelKeys", "In", labels)


def _affinity_terms(affinity: Value) -> Iterator[Value]:
    for kind in ("podAffinity", "podAntiAffinity"):
        terms = affinity.get(kind, {})
        for weighted in terms.get("preferredDuringSchedulingIgnoredDuringExecution", ()):
            yield weighted.get("podAffinityTerm", {})
        yield from terms.get("requiredDuringSchedulingIgnoredDuringExecution", ())


def _add_requirements(term: Value, keys: str, operator: str, labels: dict[str, str]) -> None:
    """A requirement that is there is not added again: what was stored once stays as it is."""
    if "labelSelector" not in term:
        return
    for key in term.get(keys, ()):
        requirement = {"key": key, "operator": operator, "values": [labels.get(key)]}
        expressions = term["labelSelector"].setdefault("matchExpressions", [])
        if key in labels and requirement not in expressions:
            expressions.append(requirement)


def _sync_apparmor(spec: Value, metadata: Value, minor: int) -> None:
    """The annotations of old fill in the fields; for four minors, the fields filled in the annotations, too."""
    pod_profile = spec["securityContext"].get("appArmorProfile")
    annotations = metadata.get("annotations", {})
    for container in (item for group in _CONTAINERS for item in spec.get(group, ())):
        key = _APPARMOR_KEY + container.get("name", "")
        profile = container.get("securityContext", {}).get("appArmorProfile")
        if key in annotations:
            field = _apparmor_field(annotations[key])
            if profile is None and field is not None and field != pod_profile:
                container.setdefault("securityContext", {})["appArmorProfile"] = field
        elif minor in _APPARMOR_ANNOTATIONS:
            annotation = _apparmor_annotation(profile or pod_profile or {})
            if annotation:
                metadata.setdefault("annotations", {})[key] = annotation


def _apparmor_field(annotation: str) -> Value | None:
    if annotation in _APPARMOR_TYPES:
        return {"type": _APPARMOR_TYPES[annotation]}
    name = annotation.removeprefix(_LOCALHOST)
    return {"type": "Localhost", "localhostProfile": name} if name and name != annotation else None


def _apparmor_annotation(profile: Value) -> str | None:
    if profile.get("type") == "Localhost":
        return _LOCALHOST + profile["localhostProfile"] if profile.get("localhostProfile") else None
    return next((text for text, kind in _APPARMOR_TYPES.items() if kind == profile.get("type")), None)
