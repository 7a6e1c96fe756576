"""The table of references: which field of which kind names an object of which other kind."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.kinds.reference import POD_SPEC, Row

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_NOT_STARTED = "the container does not start without it"
_NOT_MOUNTED = "the pod does not start without it"
_NOT_MADE = "no pod is made without it"
_NOT_REACHED = "requests for it fail"
_NOT_READY = "it does not become ready without it"

_APPS, _RBAC, _NETWORKING, _STORAGE = "apps", "rbac.authorization.k8s.io", "networking.k8s.io", "storage.k8s.io"
_ADMISSION, _GATEWAY, _CERTS = "admissionregistration.k8s.io", "gateway.networking.k8s.io", "cert-manager.io"
_SOURCE, _FLUX, _HELM = "source.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"
_MONITORING, _SECRETS, _IMAGE = "monitoring.coreos.com", "external-secrets.io", "image.toolkit.fluxcd.io"
_NOTIFICATION, _CSI = "notification.toolkit.fluxcd.io", "secrets-store.csi.x-k8s.io"


def _containers() -> Iterator[Row]:
    for field in _CONTAINERS:
        for kind, word in (("ConfigMap", "configMap"), ("Secret", "secret")):
            yield Row(POD_SPEC, f"{field}[].env[].valueFrom.{word}KeyRef.name", kind, _NOT_STARTED, keys="key")
            yield Row(POD_SPEC, f"{field}[].envFrom[].{word}Ref.name", kind, _NOT_STARTED)


def _volumes() -> Iterator[Row]:
    yield Row(POD_SPEC, "volumes[].configMap.name", "ConfigMap", _NOT_MOUNTED, keys="items[].key")
    yield Row(POD_SPEC, "volumes[].secret.secretName", "Secret", _NOT_MOUNTED, keys="items[].key")
    for kind, word in (("ConfigMap", "configMap"), ("Secret", "secret")):
        at = f"volumes[].projected.sources[].{word}.name"
        yield Row(POD_SPEC, at, kind, _NOT_MOUNTED, keys="items[].key")
    yield Row(POD_SPEC, "volumes[].azureFile.secretName", "Secret", _NOT_MOUNTED)
    yield Row(POD_SPEC, "volumes[].csi.nodePublishSecretRef.name", "Secret", _NOT_MOUNTED)
    for plugin in ("cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"):
        yield Row(POD_SPEC, f"volumes[].{plugin}.secretRef.name", "Secret", _NOT_MOUNTED)
    yield Row(
        POD_SPEC, "volumes[].csi.volumeAttributes.secretProviderClass", f"{_CSI}/SecretProviderClass", _NOT_MOUNTED
    )
    yield Row(
        POD_SPEC,
        "volumes[].persistentVolumeClaim.claimName",
        "PersistentVolumeClaim",
        "the pod is scheduled nowhere without it",
    )
    yield Row(
        POD_SPEC,
        "volumes[].ephemeral.volumeClaimTemplate.spec.storageClassName",
        f"{_STORAGE}/StorageClass",
        "the claim is never bound without it",
    )


def _pods() -> Iterator[Row]:
    yield Row(POD_SPEC, "serviceAccountName", "ServiceAccount", _NOT_MADE)
    yield Row(POD_SPEC, "serviceAccount", "ServiceAccount", _NOT_MADE, unless="serviceAccountName")
    yield Row(POD_SPEC, "imagePullSecrets[].name", "Secret", "images are pulled without its credentials")
    yield Row(POD_SPEC, "priorityClassName", "scheduling.k8s.io/PriorityClass", _NOT_MADE)
    yield Row(POD_SPEC, "runtimeClassName", "node.k8s.io/RuntimeClass", _NOT_MADE)
    for field, kind in (
        ("resourceClaimName", "ResourceClaim"),
        ("resourceClaimTemplateName", "ResourceClaimTemplate"),
    ):
        yield Row(POD_SPEC, f"resourceClaims[].{field}", f"resource.k8s.io/{kind}", _NOT_MOUNTED)


def _core() -> Iterator[Row]:
    yield Row("ServiceAccount", "imagePullSecrets[].name", "Secret", "images are pulled without its credentials")
    for kind, spec in (("PersistentVolumeClaim", "spec"), (f"{_APPS}/StatefulSet", "spec.volumeClaimTemplates[].spec")):
        loss = "the claim is never bound without it"
        yield Row(kind, f"{spec}.storageClassName", f"{_STORAGE}/StorageClass", loss)
        yield Row(kind, f"{spec}.volumeAttributesClassName", f"{_STORAGE}/VolumeAttributesClass", loss)
    yield Row("PersistentVolumeClaim", "spec.volumeName", "PersistentVolume", "the claim is never bound without it")
    yield Row(f"{_APPS}/StatefulSet", "spec.serviceName", "Service", "its pods have no names of their own in DNS")
    yield Row(
        "autoscaling/HorizontalPodAutoscaler",
        "spec.scaleTargetRef.name",
        "apps/Deployment",
        "nothing is scaled",
        kind="kind",
        group="apiVersion",
    )
    yield Row(
        "flowcontrol.apiserver.k8s.io/FlowSchema",
        "spec.priorityLevelConfiguration.name",
        "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
        "it is ignored",
    )


def _networking() -> Iterator[Row]:
    of = f"{_NETWORKING}/Ingress"
    yield Row(of, "spec.ingressClassName", f"{_NETWORKING}/IngressClass", "no controller serves it")
    yield Row(of, "spec.tls[].secretName", "Secret", "it is served with another certificate")
    path = "spec.rules[].http.paths[].backend"
    for backend in ("spec.defaultBackend", path):
        yield Row(of, f"{backend}.service.name", "Service", _NOT_REACHED, port="port.name|port.number")
    for backend in ("spec.backend", path):
        yield Row(of, f"{backend}.serviceName", "Service", _NOT_REACHED, port="servicePort")


def _access() -> Iterator[Row]:
    for kind in ("ClusterRoleBinding", "RoleBinding"):
        of, to = f"{_RBAC}/{kind}", f"{_RBAC}/{kind.removesuffix('Binding')}"
        yield Row(of, "roleRef.name", to, "the binding grants nothing", kind="kind")
        loss = "the binding grants it nothing"
        yield Row(of, "subjects[].name", "ServiceAccount", loss, kind="kind", namespace="namespace")


def _extensions() -> Iterator[Row]:
    clients = {
        f"{_ADMISSION}/MutatingWebhookConfiguration": "webhooks[].clientConfig.service",
        f"{_ADMISSION}/ValidatingWebhookConfiguration": "webhooks[].clientConfig.service",
        "apiextensions.k8s.io/CustomResourceDefinition": "spec.conversion.webhook.clientConfig.service",
        "apiregistration.k8s.io/APIService": "spec.service",
    }
    for of, at in clients.items():
        loss = "every request that needs it fails"
        yield Row(of, f"{at}.name", "Service", loss, namespace="namespace", port="port|443")
    for policy in ("MutatingAdmissionPolicy", "ValidatingAdmissionPolicy"):
        yield Row(f"{_ADMISSION}/{policy}Binding", "spec.policyName", f"{_ADMISSION}/{policy}", "it binds nothing")


def _gateways() -> Iterator[Row]:
    for route in ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"):
        of, more = f"{_GATEWAY}/{route}", {"kind": "kind", "group": "group", "namespace": "namespace"}
        yield Row(of, "spec.parentRefs[].name", f"{_GATEWAY}/Gateway", "no gateway serves it", **more)
        yield Row(of, "spec.rules[].backendRefs[].name", "Service", _NOT_REACHED, **more, port="port")
        at = "spec.rules[].filters[].requestMirror.backendRef.name"
        yield Row(of, at, "Service", "nothing is mirrored", **more, port="port")
    of = f"{_GATEWAY}/Gateway"
    yield Row(of, "spec.gatewayClassName", f"{_GATEWAY}/GatewayClass", "no controller serves it")
    yield Row(
        of,
        "spec.listeners[].tls.certificateRefs[].name",
        "Secret",
        "the listener does not serve without it",
        kind="kind",
        group="group",
        namespace="namespace",
    )


def _certificates() -> Iterator[Row]:
    for kind in ("Certificate", "CertificateRequest"):
        at, loss = "spec.issuerRef.name", "no certificate is issued without it"
        yield Row(f"{_CERTS}/{kind}", at, f"{_CERTS}/Issuer", loss, kind="kind", group="group")
    yield Row(f"{_CERTS}/Issuer", "spec.ca.secretName", "Secret", _NOT_READY)


def _delivery() -> Iterator[Row]:
    project, loss = "argoproj.io/AppProject", "nothing is synced without it"
    yield Row("argoproj.io/Application", "spec.project", project, loss)
    yield Row("argoproj.io/ApplicationSet", "spec.template.spec.project", project, loss)
    for way in ("canary.canaryService", "canary.stableService", "blueGreen.activeService", "blueGreen.previewService"):
        yield Row("argoproj.io/Rollout", f"spec.strategy.{way}", "Service", "the rollout does not go on without it")
    git, of = f"{_SOURCE}/GitRepository", f"{_FLUX}/Kustomization"
    source = {"kind": "kind", "namespace": "namespace"}
    yield Row(of, "spec.sourceRef.name", git, loss, **source)
    yield Row(of, "spec.dependsOn[].name", of, "it waits forever", namespace="namespace")
    yield Row(of, "spec.decryption.secretRef.name", "Secret", loss)
    yield Row(of, "spec.postBuild.substituteFrom[].name", "ConfigMap", loss, kind="kind")
    of = f"{_HELM}/HelmRelease"
    yield Row(of, "spec.chart.spec.sourceRef.name", f"{_SOURCE}/HelmRepository", loss, **source)
    yield Row(of, "spec.chartRef.name", f"{_SOURCE}/OCIRepository", loss, **source)
    yield Row(of, "spec.dependsOn[].name", of, "it waits forever", namespace="namespace")
    yield Row(of, "spec.valuesFrom[].name", "ConfigMap", "nothing is installed", kind="kind", keys="valuesKey")
    for kind in ("Bucket", "GitRepository", "HelmRepository", "OCIRepository"):
        yield Row(f"{_SOURCE}/{kind}", "spec.secretRef.name", "Secret", "nothing is fetched without it")
    yield Row(f"{_IMAGE}/ImagePolicy", "spec.imageRepositoryRef.name", f"{_IMAGE}/ImageRepository", _NOT_READY)
    yield Row(f"{_IMAGE}/ImageRepository", "spec.secretRef.name", "Secret", _NOT_READY)
    yield Row(f"{_IMAGE}/ImageUpdateAutomation", "spec.sourceRef.name", git, _NOT_READY, **source)
    yield Row(f"{_NOTIFICATION}/Alert", "spec.providerRef.name", f"{_NOTIFICATION}/Provider", "nobody is told")
    for kind in ("Provider", "Receiver"):
        yield Row(f"{_NOTIFICATION}/{kind}", "spec.secretRef.name", "Secret", _NOT_READY)


def _operators() -> Iterator[Row]:
    for kind in ("Alertmanager", "Prometheus", "ThanosRuler"):
        yield Row(f"{_MONITORING}/{kind}", "spec.serviceAccountName", "ServiceAccount", _NOT_MADE)
    of, loss = f"{_MONITORING}/Prometheus", "its configuration is not updated"
    yield Row(of, "spec.additionalScrapeConfigs.name", "Secret", loss, keys="key")
    yield Row(f"{_MONITORING}/Alertmanager", "spec.configSecret", "Secret", loss)
    for kind, endpoints in (("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")):
        for field in ("basicAuth.username", "basicAuth.password", "bearerTokenSecret", "authorization.credentials"):
            at = f"spec.{endpoints}[].{field}.name"
            yield Row(f"{_MONITORING}/{kind}", at, "Secret", "it is not scraped without it", keys="key")
    for kind in ("ScaledJob", "ScaledObject"):
        at, to = "spec.triggers[].authenticationRef.name", "keda.sh/TriggerAuthentication"
        yield Row(f"keda.sh/{kind}", at, to, "nothing is scaled", kind="kind")
    target = {"kind": "kind", "group": "apiVersion"}
    yield Row("keda.sh/ScaledObject", "spec.scaleTargetRef.name", "apps/Deployment", "nothing is scaled", **target)
    of = "autoscaling.k8s.io/VerticalPodAutoscaler"
    yield Row(of, "spec.targetRef.name", "apps/Deployment", "nothing is scaled", **target)
    yield Row("keda.sh/TriggerAuthentication", "spec.secretTargetRef[].name", "Secret", _NOT_READY, keys="key")
    yield Row("keda.sh/TriggerAuthentication", "spec.configMapTargetRef[].name", "ConfigMap", _NOT_READY, keys="key")
    of = f"{_SECRETS}/ExternalSecret"
    yield Row(of, "spec.secretStoreRef.name", f"{_SECRETS}/SecretStore", "no Secret is made without it", kind="kind")
    of = "snapshot.storage.k8s.io/VolumeSnapshot"
    yield Row(of, "spec.source.persistentVolumeClaimName", "PersistentVolumeClaim", "nothing is copied without it")


def _traefik() -> Iterator[Row]:
    for group in ("traefik.containo.us", "traefik.io"):
        of = f"{group}/IngressRoute"
        services = {"kind": "kind", "namespace": "namespace", "port": "port"}
        yield Row(of, "spec.routes[].services[].name", "Service", _NOT_REACHED, **services)
        at, loss = "spec.routes[].middlewares[].name", "the route is not served without it"
        yield Row(of, at, f"{group}/Middleware", loss, namespace="namespace")
        yield Row(of, "spec.tls.secretName", "Secret", "it is served with another certificate")


ROWS: tuple[Row, ...] = (
    *_pods(),
    *_containers(),
    *_volumes(),
    *_core(),
    *_networking(),
    *_access(),
    *_extensions(),
    *_gateways(),
    *_certificates(),
    *_delivery(),
    *_operators(),
    *_traefik(),
)
"""Every reference that is known, those of pods first."""
