"""Fields that a Kubernetes minor knows and drops, because their feature gate is off by default.

A cluster whose gates were switched keeps them, and its hashes differ. Fields whose loss changes something around them
are dropped in `kplan.defaults.pod`.
"""

from __future__ import annotations

_OFF: dict[str, tuple[int, int]] = {
    "apps.RollingUpdateDaemonSet.MaxSurge": (21, 21),
    "apps.RollingUpdateStatefulSetStrategy.MaxUnavailable": (24, 36),
    "apps.StatefulSetSpec.MinReadySeconds": (22, 22),
    "apps.StatefulSetSpec.Ordinals": (26, 26),
    "apps.StatefulSetSpec.PersistentVolumeClaimRetentionPolicy": (23, 26),
    "autoscaling.HPAScalingRules.Tolerance": (33, 34),
    "batch.CronJobSpec.TimeZone": (24, 24),
    "batch.JobSpec.BackoffLimitPerIndex": (28, 28),
    "batch.JobSpec.CompletionMode": (21, 21),
    "batch.JobSpec.ManagedBy": (30, 31),
    "batch.JobSpec.MaxFailedIndexes": (28, 28),
    "batch.JobSpec.PodFailurePolicy": (25, 25),
    "batch.JobSpec.PodReplacementPolicy": (28, 28),
    "batch.JobSpec.SuccessPolicy": (30, 30),
    "batch.JobSpec.Suspend": (21, 21),
    "batch.JobSpec.TTLSecondsAfterFinished": (16, 20),
    "core.ClusterTrustBundleProjection.User": (37, 37),
    "core.ConfigMapVolumeSource.DefaultUser": (37, 37),
    "core.ConfigMap.Immutable": (18, 18),
    "core.Container.ResizePolicy": (27, 32),
    "core.Container.RestartPolicyRules": (34, 34),
    "core.Container.StartupProbe": (16, 17),
    "core.DownwardAPIVolumeFile.User": (37, 37),
    "core.DownwardAPIVolumeSource.DefaultUser": (37, 37),
    "core.EmptyDirVolumeSource.Mode": (37, 37),
    "core.EnvVarSource.FileKeyRef": (34, 34),
    "core.EphemeralContainerCommon.ResizePolicy": (27, 32),
    "core.EphemeralContainerCommon.RestartPolicy": (34, 34),
    "core.EphemeralContainerCommon.RestartPolicyRules": (34, 34),
    "core.GRPCAction.Mode": (37, 37),
    "core.HTTPGetAction.Protocol": (37, 37),
    "core.KeyToPath.User": (37, 37),
    "core.LifecycleHandler.Sleep": (29, 29),
    "core.PodAffinityTerm.MatchLabelKeys": (29, 30),
    "core.PodAffinityTerm.MismatchLabelKeys": (29, 30),
    "core.PodAffinityTerm.NamespaceSelector": (21, 21),
    "core.PodCertificateProjection.User": (37, 37),
    "core.PodSecurityContext.FSGroupChangePolicy": (18, 19),
    "core.PodSecurityContext.SELinuxChangePolicy": (32, 32),
    "core.PodSecurityContext.SupplementalGroupsPolicy": (31, 32),
    "core.PodSpec.EphemeralContainers": (16, 22),
    "core.PodSpec.EvictionResponders": (37, 37),
    "core.PodSpec.HostUsers": (25, 32),
    "core.PodSpec.HostnameOverride": (34, 34),
    "core.PodSpec.OS": (23, 23),
    "core.PodSpec.Overhead": (16, 17),
    "core.PodSpec.PreemptionPolicy": (16, 18),
    "core.PodSpec.ResourceClaims": (26, 33),
    "core.PodSpec.Resources": (32, 33),
    "core.PodSpec.SchedulingGates": (26, 26),
    "core.PodSpec.SchedulingGroup": (36, 37),
    "core.PodSpec.SetHostnameAsFQDN": (19, 19),
    "core.PodSpec.TopologySpreadConstraints": (16, 17),
    "core.PodSpec.WorkloadRef": (35, 35),
    "core.ProjectedVolumeSource.DefaultUser": (37, 37),
    "core.ResourceRequirements.Claims": (26, 33),
    "core.Secret.Immutable": (18, 18),
    "core.SecretVolumeSource.DefaultUser": (37, 37),
    "core.ServiceAccountTokenProjection.User": (37, 37),
    "core.ServicePort.AppProtocol": (18, 18),
    "core.ServiceSpec.AllocateLoadBalancerNodePorts": (20, 21),
    "core.ServiceSpec.IPFamilies": (20, 20),
    "core.ServiceSpec.IPFamily": (16, 19),
    "core.ServiceSpec.IPFamilyPolicy": (20, 20),
    "core.ServiceSpec.InternalTrafficPolicy": (21, 21),
    "core.ServiceSpec.LoadBalancerClass": (21, 21),
    "core.ServiceSpec.TopologyKeys": (17, 22),
    "core.ServiceSpec.TrafficDistribution": (30, 30),
    "core.TopologySpreadConstraint.MatchLabelKeys": (25, 26),
    "core.TopologySpreadConstraint.MinDomains": (24, 26),
    "core.TopologySpreadConstraint.NodeAffinityPolicy": (25, 25),
    "core.TopologySpreadConstraint.NodeTaintsPolicy": (25, 25),
    "core.VolumeMount.BindMountOptions": (37, 37),
    "core.VolumeMount.RecursiveReadOnly": (30, 30),
    "core.VolumeProjection.ClusterTrustBundle": (29, 36),
    "core.VolumeProjection.PodCertificate": (34, 36),
    "core.VolumeSource.Ephemeral": (19, 20),
    "core.WindowsSecurityContextOptions.RunAsUserName": (16, 16),
    "discovery.Endpoint.Hints": (21, 22),
    "networking.IngressClassParametersReference.Namespace": (21, 21),
    "networking.IngressClassParametersReference.Scope": (21, 21),
    "networking.NetworkPolicyPort.EndPort": (21, 21),
    "policy.PodDisruptionBudgetSpec.UnhealthyPodEvictionPolicy": (26, 26),
    "storage.CSIDriverSpec.FSGroupPolicy": (19, 19),
    "storage.CSIDriverSpec.RequiresRepublish": (20, 20),
    "storage.CSIDriverSpec.SELinuxMount": (25, 27),
    "storage.CSIDriverSpec.StorageCapacity": (19, 20),
    "storage.CSIDriverSpec.TokenRequests": (20, 20),
}
"""Package, struct and Go field -> first and last minor that drop it, in all versions of the group."""


def is_off(type_: str, name: str, minor: int) -> bool:
    """Whether Kubernetes 1.`minor` drops the field `name` of a struct type, all gates being at their defaults.

    >>> is_off("core/v1.LifecycleHandler", "Sleep", 29), is_off("core/v1.LifecycleHandler", "Sleep", 30)
    (True, False)
    """
    package, _, struct = type_.partition(".")
    span = _OFF.get(f"{package.partition('/')[0]}.{struct}.{name}")
    return span is not None and span[0] <= minor <= span[1]
