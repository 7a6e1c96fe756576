"""Which kinds are namespaced, and the group that a kind belongs to today."""

from __future__ import annotations

from typing import Literal, TypeAlias

Scope: TypeAlias = Literal["Namespaced", "Cluster"]

_NAMESPACED = {
    "": "Binding ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController "
    "ResourceQuota Secret Service ServiceAccount",
    "apps": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "authorization.k8s.io": "LocalSubjectAccessReview",
    "autoscaling": "HorizontalPodAutoscaler",
    "batch": "CronJob Job",
    "certificates.k8s.io": "PodCertificateRequest",
    "coordination.k8s.io": "Lease LeaseCandidate",
    "discovery.k8s.io": "EndpointSlice",
    "events.k8s.io": "Event",
    "extensions": "DaemonSet Deployment Ingress NetworkPolicy ReplicaSet",
    "lifecycle.k8s.io": "Eviction EvictionRequest",
    "networking.k8s.io": "Ingress NetworkPolicy",
    "policy": "PodDisruptionBudget",
    "rbac.authorization.k8s.io": "Role RoleBinding",
    "resource.k8s.io": "PodScheduling PodSchedulingContext ResourceClaim ResourceClaimParameters "
    "ResourceClaimTemplate ResourceClassParameters",
    "scheduling.k8s.io": "CompositePodGroup PodGroup Workload",
    "settings.k8s.io": "PodPreset",
    "storage.k8s.io": "CSIStorageCapacity",
}
_CLUSTER = {
    "": "ComponentStatus Namespace Node PersistentVolume",
    "admissionregistration.k8s.io": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding "
    "MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
    "ValidatingWebhookConfiguration",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "auditregistration.k8s.io": "AuditSink",
    "authentication.k8s.io": "SelfSubjectReview TokenReview",
    "authorization.k8s.io": "SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle",
    "extensions": "PodSecurityPolicy",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "internal.apiserver.k8s.io": "StorageVersion",
    "networking.k8s.io": "ClusterCIDR IPAddress IngressClass ServiceCIDR",
    "node.k8s.io": "RuntimeClass",
    "policy": "PodSecurityPolicy",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding",
    "resource.k8s.io": "DeviceClass DeviceTaintRule ResourceClass ResourcePoolStatusRequest ResourceSlice",
    "scheduling.k8s.io": "PriorityClass",
    "storage.k8s.io": "CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass",
    "storagemigration.k8s.io": "StorageVersionMigration",
}
_SCOPE: dict[tuple[str, str], Scope] = {
    **{(group, kind): "Namespaced" for group, kinds in _NAMESPACED.items() for kind in kinds.split()},
    **{(group, kind): "Cluster" for group, kinds in _CLUSTER.items() for kind in kinds.split()},
}
_MOVED = {
    ("extensions", "DaemonSet"): "apps",
    ("extensions", "Deployment"): "apps",
    ("extensions", "Ingress"): "networking.k8s.io",
    ("extensions", "NetworkPolicy"): "networking.k8s.io",
    ("extensions", "PodSecurityPolicy"): "policy",
    ("extensions", "ReplicaSet"): "apps",
}


def scope(group: str, kind: str) -> Scope | None:
    """Whether objects of the kind live in a namespace; None for a kind that Kubernetes does not define.

    >>> scope("apps", "Deployment"), scope("", "Namespace"), scope("example.com", "Widget")
    ('Namespaced', 'Cluster', None)
    """
    return _SCOPE.get((group, kind))


def owning_group(group: str, kind: str) -> str:
    """The group that has the kind today: what left `extensions` is found where it went, all else where it is.

    >>> owning_group("extensions", "Ingress"), owning_group("events.k8s.io", "Event")
    ('networking.k8s.io', 'events.k8s.io')
    """
    return _MOVED.get((group, kind), group)


def split_api_version(api_version: str) -> tuple[str, str]:
    """Group and version of an `apiVersion`; the core group is "".

    >>> split_api_version("apps/v1"), split_api_version("v1")
    (('apps', 'v1'), ('', 'v1'))
    """
    group, slash, version = api_version.partition("/")
    return (group, version) if slash else ("", group)
