"""Which check is for which kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias, cast

from kplan.validation.fault import Fault

Check: TypeAlias = Callable[[dict[str, Any], int], Iterator[Fault]]
Change: TypeAlias = Callable[[dict[str, Any], int, dict[str, Any]], Iterator[Fault]]

_KINDS = {
    "core_pod": {"": "Pod PodTemplate"},
    "core_controller": {"": "ReplicationController"},
    "core_service": {"": "Service"},
    "core_endpoints": {"": "Endpoints"},
    "core_storage": {"": "PersistentVolume PersistentVolumeClaim"},
    "core_config": {"": "ConfigMap Secret"},
    "core_limit": {"": "LimitRange ResourceQuota"},
    "core_namespace": {"": "Namespace ServiceAccount"},
    "apps": {"apps": "Deployment ReplicaSet StatefulSet DaemonSet", "extensions": "Deployment ReplicaSet DaemonSet"},
    "batch": {"batch": "Job CronJob"},
    "autoscaling": {"autoscaling": "HorizontalPodAutoscaler"},
    "networking": {
        "networking.k8s.io": "Ingress IngressClass NetworkPolicy",
        "extensions": "Ingress NetworkPolicy",
    },
    "policy": {"policy": "PodDisruptionBudget"},
    "rbac": {"rbac.authorization.k8s.io": "Role ClusterRole RoleBinding ClusterRoleBinding"},
    "storage": {"storage.k8s.io": "StorageClass CSIDriver"},
    "scheduling": {"scheduling.k8s.io": "PriorityClass"},
    "node": {"node.k8s.io": "RuntimeClass"},
    "coordination": {"coordination.k8s.io": "Lease"},
    "discovery": {"discovery.k8s.io": "EndpointSlice"},
    "webhook": {"admissionregistration.k8s.io": "MutatingWebhookConfiguration ValidatingWebhookConfiguration"},
    "admission_policy": {
        "admissionregistration.k8s.io": "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding",
    },
    "apiextensions": {"apiextensions.k8s.io": "CustomResourceDefinition"},
}
"""Module -> group -> the kinds it judges."""

_MODULES = {
    (group, kind): module
    for module, groups in _KINDS.items()
    for group, kinds in groups.items()
    for kind in kinds.split()
}


def validate(data: dict[str, Any], minor: int, before: dict[str, Any] | None = None) -> Iterator[Fault]:
    """What Kubernetes 1.`minor` refuses on creation of the object, in the server's order.

    With `before`, the object that it replaces: of some kinds, what was wrong there already is let pass then.

    `data` is the object as written, and must be one that the server can decode (`kplan.schema` finds nothing): the
    server stops at a decode error and validates nothing then. Fields that the server fills in are taken as filled in.
    Of kinds that have no checks here, the metadata is judged.

    >>> pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "a"}]}}
    >>> [(fault.field, fault.message) for fault in validate(pod, 36)]
    [('spec.containers[0].image', 'Required value')]
    """
    api_version, kind = data.get("apiVersion"), data.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return
    group = api_version.rpartition("/")[0]
    change = _change(group, kind) if before is not None else None
    if change is not None and before is not None:
        yield from change(data, minor, before)
    else:
        yield from _check(group, kind)(data, minor)


def is_judged(api_version: str, kind: str) -> bool:
    """Whether all of the kind's fields are judged, not only the metadata."""
    return (api_version.rpartition("/")[0], kind) in _MODULES


@cache
def _check(group: str, kind: str) -> Check:
    module = _MODULES.get((group, kind))
    checks = import_module(f"kplan.validation.{module}").CHECKS if module else {}
    if kind in checks:
        return cast(Check, checks[kind])
    from kplan.validation.meta import other_meta

    return other_meta


@cache
def _change(group: str, kind: str) -> Change | None:
    """The check of an object of this kind that replaces another, where it differs from that of a new one."""
    module = _MODULES.get((group, kind))
    checks = getattr(import_module(f"kplan.validation.{module}"), "CHANGES", {}) if module else {}
    return cast("Change | None", checks.get(kind))
