"""Defaults of the group apps.

Source: kubernetes v1.36 pkg/apis/apps/{v1,v1beta1,v1beta2} defaults.go, conversion.go; pkg/registry/apps strategies.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from kplan.defaults.pod import default_template
from kplan.defaults.volume import default_claim

Value: TypeAlias = dict[str, Any]

_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_SURGE_IN_DAEMON_SETS = 22
_MAX_UNAVAILABLE_IN_STATEFUL_SETS = 37
_CLAIM_RETENTION = 27
_CLAIM_TYPES = 17


def default_deployment(value: Value, minor: int) -> None:
    """apps/v1 and v1beta2 Deployment."""
    deployment_spec(value, minor, step="25%", history=10, deadline=600)


def default_deployment_beta1(value: Value, minor: int) -> None:
    """apps/v1beta1 Deployment: fewer revisions, and labels from the template."""
    labels_from_template(value)
    deployment_spec(value, minor, step="25%", history=2, deadline=600)


def deployment_spec(value: Value, minor: int, *, step: str | int, history: int, deadline: int) -> None:
    """What the versions of Deployment have in common; `step` is both maxSurge and maxUnavailable."""
    spec = value.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", step)
        rolling.setdefault("maxSurge", step)
    spec.setdefault("revisionHistoryLimit", history)
    spec.setdefault("progressDeadlineSeconds", deadline)
    default_template(spec.setdefault("template", {}), minor)


def default_replica_set(value: Value, minor: int) -> None:
    """ReplicaSet."""
    spec = value.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    default_template(spec.setdefault("template", {}), minor)


def default_daemon_set(value: Value, minor: int) -> None:
    """apps/v1 and v1beta2 DaemonSet."""
    daemon_set_spec(value, minor, strategy="RollingUpdate")
    metadata = value.setdefault("metadata", {})
    metadata.setdefault("annotations", {}).setdefault(_TEMPLATE_GENERATION, "1")


def daemon_set_spec(value: Value, minor: int, *, strategy: str) -> None:
    """What the versions of DaemonSet have in common."""
    spec = value.setdefault("spec", {})
    update = spec.setdefault("updateStrategy", {})
    update.setdefault("type", strategy)
    if update["type"] == "RollingUpdate":
        rolling = update.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        if minor >= _SURGE_IN_DAEMON_SETS:
            rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)
    default_template(spec.setdefault("template", {}), minor)


def default_stateful_set(value: Value, minor: int) -> None:
    """apps/v1 and v1beta2 StatefulSet."""
    spec = value.setdefault("spec", {})
    update = spec.setdefault("updateStrategy", {})
    if "type" not in update:
        update["type"] = "RollingUpdate"
        update.setdefault("rollingUpdate", {})
    _stateful_set_spec(spec, minor)


def default_stateful_set_beta1(value: Value, minor: int) -> None:
    """apps/v1beta1 StatefulSet: updated by deleting pods, and labels from the template."""
    spec = value.setdefault("spec", {})
    spec.setdefault("updateStrategy", {}).setdefault("type", "OnDelete")
    labels_from_template(value)
    _stateful_set_spec(spec, minor)


def _stateful_set_spec(spec: Value, minor: int) -> None:
    spec.setdefault("podManagementPolicy", "OrderedReady")
    update = spec["updateStrategy"]
    if update["type"] == "RollingUpdate" and "rollingUpdate" in update:
        update["rollingUpdate"].setdefault("partition", 0)
        if minor >= _MAX_UNAVAILABLE_IN_STATEFUL_SETS:
            update["rollingUpdate"].setdefault("maxUnavailable", 1)
    if minor >= _CLAIM_RETENTION:
        retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
        retention.setdefault("whenDeleted", "Retain")
        retention.setdefault("whenScaled", "Retain")
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    default_template(spec.setdefault("template", {}), minor)
    for claim in spec.get("volumeClaimTemplates", ()):
        if minor >= _CLAIM_TYPES:
            claim.setdefault("apiVersion", "v1")
            claim.setdefault("kind", "PersistentVolumeClaim")
        default_claim(claim, minor)


def labels_from_template(value: Value) -> None:
    """Old versions select their template's labels, and wear them, where nothing else is said."""
    spec = value.setdefault("spec", {})
    labels = spec.get("template", {}).get("metadata", {}).get("labels")
    if labels:
        spec.setdefault("selector", {"matchLabels": dict(labels)})
        value.setdefault("metadata", {}).setdefault("labels", dict(labels))


DEFAULTS = {
    "apps/v1.Deployment": default_deployment,
    "apps/v1beta2.Deployment": default_deployment,
    "apps/v1beta1.Deployment": default_deployment_beta1,
    "apps/v1.ReplicaSet": default_replica_set,
    "apps/v1beta2.ReplicaSet": default_replica_set,
    "apps/v1.DaemonSet": default_daemon_set,
    "apps/v1beta2.DaemonSet": default_daemon_set,
    "apps/v1.StatefulSet": default_stateful_set,
    "apps/v1beta2.StatefulSet": default_stateful_set,
    "apps/v1beta1.StatefulSet": default_stateful_set_beta1,
}
