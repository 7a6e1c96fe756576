"""What a Kubernetes minor judges otherwise than its neighbours: facts by feature, gates being at their defaults."""

from __future__ import annotations

from kplan.k8s.gate import is_off

FEATURES = {
    "RelaxedServiceNameValidation": 36,
    "StrictIPCIDRValidation": 36,
    "SchemaBoundsByFormat": 36,
    "DeclarativeRequired": 36,
    "ContainerRestartRules": 35,
    "MutableCSINodeAllocatableCount": 35,
    "CSIServiceAccountTokenSecrets": 35,
    "StatefulSetPodTemplate": 34,
    "FaultWithoutName": 34,
    "StatefulSetClaimTemplates": 34,
    "TargetGroupVersion": 34,
    "PodLevelResources": 34,
    "PreferSameTrafficDistribution": 34,
    "HPAConfigurableTolerance": 35,
    "EnvFiles": 35,
    "ImageVolume": 35,
    "HostnameOverride": 35,
    "VolumeAttributesClass": 34,
    "RelaxedDNSSearchValidation": 33,
    "ProcMountType": 33,
    "StatefulSetServiceName": 33,
    "PodLifecycleSleepActionAllowZero": 33,
    "SliceFamilyAtAddresses": 33,
    "LoadBalancerKubeletPort": 33,
    "RelaxedEnvironmentVariableValidation": 32,
    "NodeAffinityValues": 32,
    "MatchResourcesPath": 32,
    "NamespacedSysctlCheck": 32,
    "BareNull": 33,
    "SelectableFields": 31,
    "NestedFieldsShut": 31,
    "CRDValidationRatcheting": 30,
    "HostAliasIndex": 30,
    "SourceRangeIndex": 30,
    "CronTimeZonePrefix": 29,
    "SidecarContainers": 29,
    "AllPropertiesJudged": 28,
    "HostPortAtHostPort": 28,
    "MatchConditions": 28,
    "StatefulSetLabelName": 27,
    "IngressClassBoth": 27,
    "ReadWriteOncePod": 27,
    "HPAContainerMetrics": 27,
}
"""Feature -> the first minor that has it. Most are feature gates by their Kubernetes name, the others changes of the
validation itself."""


NODE_PORTS = (30000, 32767)
"""First and last node port of a cluster with default settings."""

IP_FAMILIES = ("IPv4",)
"""The IP families of Services in a cluster with default settings."""


def on(feature: str, minor: int) -> bool:
    """Whether Kubernetes 1.`minor` has the feature.

    >>> on("RelaxedServiceNameValidation", 35), on("RelaxedServiceNameValidation", 36)
    (False, True)
    """
    return minor >= FEATURES[feature]


def dropped(type_: str, field: str, minor: int) -> bool:
    """Whether the server drops the field of this Go type before it validates, its gate being off."""
    return is_off(type_, field, minor)
