"""Custom resources whose operators run pods: with one of them around, not every pod is in the manifest."""

from __future__ import annotations

from kplan.kinds import scope
from kplan.model import ObjectRef

_ANYWHERE = {
    "argoproj.io": {"Application", "ApplicationSet"},
    "helm.toolkit.fluxcd.io": {"HelmRelease"},
    "kustomize.toolkit.fluxcd.io": {"Kustomization"},
    "helm.cattle.io": {"HelmChart"},
}
"""Kinds that bring objects of any kind into any namespace."""

_PASSIVE_GROUPS = frozenset(
    {
        "acme.cert-manager.io",
        "autoscaling.k8s.io",
        "bitnami.com",
        "cert-manager.io",
        "cilium.io",
        "cloud.google.com",
        "configuration.konghq.com",
        "constraints.gatekeeper.sh",
        "crd.projectcalico.org",
        "elbv2.k8s.aws",
        "extensions.istio.io",
        "external-secrets.io",
        "externaldns.k8s.io",
        "generators.external-secrets.io",
        "getambassador.io",
        "k8s.nginx.org",
        "kustomize.config.k8s.io",
        "kyverno.io",
        "linkerd.io",
        "metallb.io",
        "networking.gke.io",
        "networking.istio.io",
        "notification.toolkit.fluxcd.io",
        "policy.linkerd.io",
        "projectcalico.org",
        "projectcontour.io",
        "secrets-store.csi.x-k8s.io",
        "security.istio.io",
        "snapshot.storage.k8s.io",
        "source.toolkit.fluxcd.io",
        "telemetry.istio.io",
        "templates.gatekeeper.sh",
        "traefik.containo.us",
        "traefik.io",
    }
)
"""API groups whose kinds configure something and run nothing."""

_PASSIVE_KINDS = {
    "argoproj.io": {"AppProject"},
    "gateway.networking.k8s.io": {
        "GatewayClass",
        "HTTPRoute",
        "GRPCRoute",
        "TCPRoute",
        "TLSRoute",
        "UDPRoute",
        "ReferenceGrant",
        "BackendTLSPolicy",
    },
    "keda.sh": {"ScaledObject", "TriggerAuthentication", "ClusterTriggerAuthentication"},
    "monitoring.coreos.com": {
        "AlertmanagerConfig",
        "PodMonitor",
        "Probe",
        "PrometheusRule",
        "ScrapeConfig",
        "ServiceMonitor",
    },
}


def may_run_pods(ref: ObjectRef) -> str | None:
    """The namespace where an operator may run pods for this object, "" for any; None when it surely runs none."""
    passive = ref.group in _PASSIVE_GROUPS or ref.kind in _PASSIVE_KINDS.get(ref.group, ())
    if passive or scope(ref.group, ref.kind) is not None:
        return None
    return "" if ref.kind in _ANYWHERE.get(ref.group, ()) else ref.namespace
