"""Which version of a kind becomes which, and what has to change besides `apiVersion`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, NamedTuple, TypeAlias

from kplan.fixer.tree import Map
from kplan.kinds import ApiKind, current_version, lifecycle, on_by_default, served

Convert: TypeAlias = Callable[[Map, str, list[str]], None]
"""Changes an object, given the version it is of and a list to add remarks to. Raises Unfixable."""

_RBAC: Final = "Role ClusterRole RoleBinding ClusterRoleBinding"
_ADMISSION: Final = "ValidatingAdmissionPolicy MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
_DEVICES: Final = "ResourceClaim ResourceClaimTemplate DeviceClass ResourceSlice"

_SAME: Final = {
    "admissionregistration.k8s.io/v1alpha1": "ValidatingAdmissionPolicy MutatingAdmissionPolicy",
    "admissionregistration.k8s.io/v1beta1": f"{_ADMISSION} ValidatingAdmissionPolicyBinding",
    "apiregistration.k8s.io/v1beta1": "APIService",
    "apps/v1beta1": "ControllerRevision",
    "apps/v1beta2": "ControllerRevision",
    "authentication.k8s.io/v1alpha1": "SelfSubjectReview",
    "authentication.k8s.io/v1beta1": "SelfSubjectReview TokenReview",
    "authorization.k8s.io/v1beta1": "SelfSubjectAccessReview SelfSubjectRulesReview",
    "certificates.k8s.io/v1alpha1": "ClusterTrustBundle",
    "certificates.k8s.io/v1beta1": "ClusterTrustBundle PodCertificateRequest",
    "coordination.k8s.io/v1beta1": "Lease",
    "events.k8s.io/v1beta1": "Event",
    "extensions/v1beta1": "NetworkPolicy PodSecurityPolicy",
    "flowcontrol.apiserver.k8s.io/v1alpha1": "FlowSchema",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema",
    "flowcontrol.apiserver.k8s.io/v1beta2": "FlowSchema",
    "flowcontrol.apiserver.k8s.io/v1beta3": "FlowSchema",
    "networking.k8s.io/v1alpha1": "IPAddress ServiceCIDR",
    "networking.k8s.io/v1beta1": "IngressClass IPAddress ServiceCIDR",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "policy/v1beta1": "Eviction",
    "rbac.authorization.k8s.io/v1alpha1": "Role ClusterRole",
    "rbac.authorization.k8s.io/v1beta1": _RBAC,
    "resource.k8s.io/v1alpha3": "DeviceTaintRule",
    "resource.k8s.io/v1beta1": "DeviceClass",
    "resource.k8s.io/v1beta2": f"{_DEVICES} DeviceTaintRule",
    "scheduling.k8s.io/v1alpha1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "storage.k8s.io/v1alpha1": "VolumeAttachment CSIStorageCapacity VolumeAttributesClass",
    "storage.k8s.io/v1beta1": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment "
    "VolumeAttributesClass",
    "storagemigration.k8s.io/v1beta1": "StorageVersionMigration",
}
"""Where nothing changes but the version."""

_CONVERTED: Final = {
    "workload.deployment": {"Deployment": "extensions/v1beta1 apps/v1beta1 apps/v1beta2"},
    "workload.daemon_set": {"DaemonSet": "extensions/v1beta1 apps/v1beta2"},
    "workload.replica_set": {"ReplicaSet": "extensions/v1beta1 apps/v1beta2"},
    "workload.stateful_set": {"StatefulSet": "apps/v1beta1 apps/v1beta2"},
    "workload.cron_job": {"CronJob": "batch/v1beta1 batch/v2alpha1"},
    "ingress.ingress": {"Ingress": "extensions/v1beta1 networking.k8s.io/v1beta1"},
    "autoscaler.autoscaler_v1": {"HorizontalPodAutoscaler": "autoscaling/v1"},
    "autoscaler.autoscaler_v2beta1": {"HorizontalPodAutoscaler": "autoscaling/v2beta1"},
    "autoscaler.autoscaler_v2beta2": {"HorizontalPodAutoscaler": "autoscaling/v2beta2"},
    "policy.disruption_budget": {"PodDisruptionBudget": "policy/v1beta1"},
    "policy.webhooks": {
        "ValidatingWebhookConfiguration": "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration": "admissionregistration.k8s.io/v1beta1",
    },
    "policy.policy_binding": {
        "ValidatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1alpha1",
        "MutatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1alpha1",
    },
    "access.binding": {
        "RoleBinding": "rbac.authorization.k8s.io/v1alpha1",
        "ClusterRoleBinding": "rbac.authorization.k8s.io/v1alpha1",
    },
    "access.access_review": {
        "SubjectAccessReview": "authorization.k8s.io/v1beta1",
        "LocalSubjectAccessReview": "authorization.k8s.io/v1beta1",
    },
    "definition.definition": {"CustomResourceDefinition": "apiextensions.k8s.io/v1beta1"},
    "certificate.signing_request": {"CertificateSigningRequest": "certificates.k8s.io/v1beta1"},
    "endpoint_slice.endpoint_slice": {"EndpointSlice": "discovery.k8s.io/v1beta1"},
    "flow.priority_level": {
        "PriorityLevelConfiguration": "flowcontrol.apiserver.k8s.io/v1alpha1 flowcontrol.apiserver.k8s.io/v1beta1 "
        "flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta3"
    },
    "device.claim": {"ResourceClaim": "resource.k8s.io/v1beta1"},
    "device.claim_template": {"ResourceClaimTemplate": "resource.k8s.io/v1beta1"},
    "device.slice_": {"ResourceSlice": "resource.k8s.io/v1beta1"},
    "device.runtime_class": {"RuntimeClass": "node.k8s.io/v1alpha1"},
}
"""The function of this package that changes more -> kind -> the versions it changes."""

_UNCHANGED_ON_THE_WAY: Final = {
    ("Ingress", "networking.k8s.io/v1beta1"),
    ("PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1beta1"),
    ("PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1beta2"),
}
"""Versions to stop at, in a minor that serves no newer one, that have the form of those before them."""

_SUPERSEDED: Final = {("autoscaling/v1", "HorizontalPodAutoscaler")}
"""Versions that no release has marked, and whose kind has all that they hold, and more, in a newer one."""


class Successor(NamedTuple):
    """What an object of an old version is to become, and the rule by which. `api` is None where nothing follows.

    `told`: the rule has a finding for it.
    """

    rule: str
    why: str
    api: ApiKind | None
    told: bool = True


def successor(group: str, version: str, kind: str, minor: int) -> Successor | None:
    """What to write in 1.`minor` instead of a version; None for one that is fine there, and for unknown ones.

    Due are versions that are removed, deprecated or off by default there, and autoscaling/v1.

    >>> successor("policy", "v1beta1", "PodDisruptionBudget", 24).api.api_version
    'policy/v1'
    >>> successor("policy", "v1beta1", "PodDisruptionBudget", 20) is None
    True
    """
    life = lifecycle(group, version, kind)
    if life is None:
        return None
    api = current_version(group, version, kind, minor)
    if life.removed is not None and minor >= life.removed:
        return Successor("removed-api", f"was removed in Kubernetes 1.{life.removed}", api)
    if not served(group, version, kind, minor):
        return None
    is_better = api is not None and on_by_default(*api)
    if is_better and not on_by_default(group, version, kind):
        return Successor("removed-api", "is served only where a cluster switches it on", api)
    if life.deprecated is not None and minor >= life.deprecated:
        return Successor("deprecated-api", f"is deprecated since Kubernetes 1.{life.deprecated}", api)
    if api is not None and (life.api.api_version, kind) in _SUPERSEDED and "beta" not in api.version:
        return Successor("deprecated-api", f"is superseded by `{api.api_version}`", api, told=False)
    return None


def conversion(api_version: str, kind: str, new: str) -> Convert | None:
    """What changes an object of a version into one of the new version; None where none is known.

    The function changes all but `apiVersion` itself.
    """
    if kind in _SAME.get(api_version, "").split() or (kind, new) in _UNCHANGED_ON_THE_WAY:
        return _nothing
    for name, kinds in _CONVERTED.items():
        if api_version in kinds.get(kind, "").split():
            module, _, function = name.partition(".")
            found: Convert = getattr(import_module(f"kplan.fixer.conversion.{module}"), function)
            return found
    return None


def _nothing(it: Map, old: str, notes: list[str]) -> None:
    """The two versions have the same fields and defaults."""
