"""Objects that every cluster has, though no manifest makes them."""

from __future__ import annotations

from kplan.model import ObjectRef

_SYSTEM = ("default", "kube-node-lease", "kube-public", "kube-system")
_ANYWHERE = {
    ("", "ConfigMap", "istio-ca-root-cert"): frozenset({"root-cert.pem"}),
    ("", "ConfigMap", "kube-root-ca.crt"): frozenset({"ca.crt"}),
    ("", "ConfigMap", "openshift-service-ca.crt"): frozenset({"service-ca.crt"}),
    ("", "ServiceAccount", "default"): None,
    ("argoproj.io", "AppProject", "default"): None,
}
"""What is in every namespace, put there by Kubernetes or by what runs the cluster, with the keys of ConfigMaps."""

_ACCOUNTS = (
    "attachdetach-controller bootstrap-signer certificate-controller clusterrole-aggregation-controller coredns "
    "cronjob-controller daemon-set-controller deployment-controller disruption-controller endpoint-controller "
    "endpointslice-controller endpointslicemirroring-controller ephemeral-volume-controller expand-controller "
    "generic-garbage-collector horizontal-pod-autoscaler job-controller kube-dns kube-proxy metrics-server "
    "namespace-controller node-controller persistent-volume-binder pod-garbage-collector pv-protection-controller "
    "pvc-protection-controller replicaset-controller replication-controller resource-claim-controller "
    "resourcequota-controller root-ca-cert-publisher service-account-controller service-cidrs-controller "
    "service-controller statefulset-controller token-cleaner ttl-after-finished-controller ttl-controller "
    "validatingadmissionpolicy-status-controller legacy-service-account-token-cleaner"
)
_IN_SYSTEM = {
    ("", "ConfigMap"): "coredns extension-apiserver-authentication kube-proxy kubeadm-config kubelet-config "
    "kube-apiserver-legacy-service-account-token-tracking",
    ("", "Service"): "kube-dns metrics-server",
    ("", "ServiceAccount"): _ACCOUNTS,
    ("apps", "DaemonSet"): "kube-proxy",
    ("apps", "Deployment"): "coredns metrics-server",
    ("rbac.authorization.k8s.io", "Role"): "extension-apiserver-authentication-reader",
}
_OF_CLUSTER = {
    ("", "Namespace"): " ".join(_SYSTEM),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"): "catch-all exempt global-default leader-election "
    "node-high system workload-high workload-low",
    ("rbac.authorization.k8s.io", "ClusterRole"): "admin cluster-admin edit view",
    ("scheduling.k8s.io", "PriorityClass"): "system-cluster-critical system-node-critical",
}
_NAMED = {
    ("", "Service", "default"): frozenset({"kubernetes"}),
    ("", "ConfigMap", "kube-public"): frozenset({"cluster-info"}),
    **{(*kind, "kube-system"): frozenset(names.split()) for kind, names in _IN_SYSTEM.items()},
    **{(*kind, ""): frozenset(names.split()) for kind, names in _OF_CLUSTER.items()},
}
_SYSTEM_ROLES = ("system:", "kubeadm:")


def is_builtin(ref: ObjectRef) -> bool:
    """Whether every cluster has this object.

    >>> is_builtin(ObjectRef("", "ServiceAccount", "shop", "default"))
    True
    >>> is_builtin(ObjectRef("rbac.authorization.k8s.io", "ClusterRole", "", "system:auth-delegator"))
    True
    >>> is_builtin(ObjectRef("", "ConfigMap", "shop", "settings"))
    False
    """
    if (ref.group, ref.kind, ref.name) in _ANYWHERE or ref.name in _NAMED.get((ref.group, ref.kind, ref.namespace), ()):
        return True
    is_role = ref.group == "rbac.authorization.k8s.io" and ref.kind in ("Role", "ClusterRole")
    return is_role and ref.name.startswith(_SYSTEM_ROLES)


def builtin_keys(ref: ObjectRef) -> frozenset[str] | None:
    """The keys of a ConfigMap that every cluster has; None where they are not known."""
    return _ANYWHERE.get((ref.group, ref.kind, ref.name))
