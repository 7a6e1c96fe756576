"""Defaults of the group extensions, which held workloads and Ingress until 1.16 and 1.22.

Source: kubernetes v1.15 pkg/apis/extensions/v1beta1 defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from kplan.defaults.apps import daemon_set_spec, default_replica_set, deployment_spec, labels_from_template
from kplan.defaults.networking import default_ingress_beta1, default_network_policy

Value: TypeAlias = dict[str, Any]

_UNLIMITED = 2**31 - 1


def default_deployment(value: Value, minor: int) -> None:
    """Deployment: one pod at a time, all revisions, no deadline."""
    labels_from_template(value)
    deployment_spec(value, minor, step=1, history=_UNLIMITED, deadline=_UNLIMITED)


def default_labelled_replica_set(value: Value, minor: int) -> None:
    """ReplicaSet."""
    labels_from_template(value)
    default_replica_set(value, minor)


def default_daemon_set(value: Value, minor: int) -> None:
    """DaemonSet: updated by deleting pods."""
    labels_from_template(value)
    daemon_set_spec(value, minor, strategy="OnDelete")


DEFAULTS = {
    "extensions/v1beta1.Deployment": default_deployment,
    "extensions/v1beta1.ReplicaSet": default_labelled_replica_set,
    "extensions/v1beta1.DaemonSet": default_daemon_set,
    "extensions/v1beta1.Ingress": default_ingress_beta1,
    "extensions/v1beta1.NetworkPolicy": default_network_policy,
}
