"""Defaults inside pod templates and pods.

All functions fill in decoded values (`kplan.k8s.codec`) in place; what is absent there is empty in Kubernetes' sense.

Source: kubernetes v1.36 pkg/apis/core/v1 (defaults.go, zz_generated.defaults.go, conversion.go), pkg/api/pod util.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.image import pull_policy
from kplan.k8s.quantity import Quantity, parse_quantity, round_up

Value = dict[str, Any]

_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_INIT_ANNOTATIONS = tuple(
    f"pod.{stage}.kubernetes.io/init-container{what}" for stage in ("alpha", "beta") for what in ("s", "-statuses")
)
_MODE = {"defaultMode": 0o644}
VOLUME_DEFAULTS: dict[str, Value] = {
    "secret": _MODE,
    "configMap": _MODE,
    "downwardAPI": _MODE,
    "projected": _MODE,
    "hostPath": {"type": ""},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared"},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}
_HOST_PORTS_IN_TEMPLATES = 27
"""The last minor that fills in host ports in templates; later ones do so in pods only."""
_PROC_MOUNT = 33
_FILE_KEYS = 34
_IMAGE_VOLUMES = 35
_NO_PROBE_GRACE = range(21, 25)
_NO_STOP_SIGNAL = range(33, 38)
_SIDECARS = 28
_RESTART_RULES = 34


def default_template(template: Value, minor: int) -> None:
    """Fill in a decoded pod template as the API server stores it."""
    if "annotations" in template.get("metadata", ()):
        _drop_init_annotations(template["metadata"])
    default_pod_spec(template.setdefault("spec", {}), minor)


def _drop_init_annotations(metadata: Value) -> None:
    """Remove the annotations that held init containers before 1.8."""
    annotations = metadata["annotations"]
    for name in _INIT_ANNOTATIONS:
        annotations.pop(name, None)
    if not annotations:
        del metadata["annotations"]


def default_pod_spec(spec: Value, minor: int) -> None:
    """Fill in the spec of a template or pod: what both have in common."""
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("schedulerName", "default-scheduler")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("securityContext", {})
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    if "volumes" in spec:
        _default_volumes(spec, minor)
    for resources in (spec.get("overhead"), *spec.get("resources", {}).values()):
        round_resources(resources)
    for group in _CONTAINERS:
        for container in spec.get(group, ()):
            _default_container(container, minor)
            _default_restart_policy(container, group, minor)
    if spec.get("hostNetwork") and minor <= _HOST_PORTS_IN_TEMPLATES:
        default_host_ports(spec)


def default_host_ports(spec: Value) -> None:
    """With the host's network, container ports are host ports."""
    for container in (*spec.get("containers", ()), *spec.get("initContainers", ())):
        for port in container.get("ports", ()):
            if "containerPort" in port:
                port.setdefault("hostPort", port["containerPort"])


def round_resources(resources: Any) -> None:
    """Round the quantities of a resource list up to thousandths."""
    if isinstance(resources, dict):
        for name, quantity in resources.items():
            if isinstance(quantity, Quantity):
                resources[name] = stored_quantity(round_up(quantity))


def stored_quantity(quantity: Quantity) -> Quantity:
    """The quantity as it comes back from storage: read from its canonical text.

    >>> stored_quantity(parse_quantity("1000m")).text
    '1'
    """
    return quantity if quantity.text else parse_quantity(str(quantity))


def _default_container(container: Value, minor: int) -> None:
    if "imagePullPolicy" not in container:
        container["imagePullPolicy"] = pull_policy(container.get("image", ""), minor)
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    for port in container.get("ports", ()):
        port.setdefault("protocol", "TCP")
    for variable in container.get("env", ()):
        if "valueFrom" in variable:
            _default_env_source(variable["valueFrom"], minor)
    for resources in container.get("resources", {}).values():
        round_resources(resources)
    for name in _PROBES:
        if name in container:
            _default_probe(container[name])
            if minor in _NO_PROBE_GRACE and name != "readinessProbe":
                container[name].pop("terminationGracePeriodSeconds", None)
    if "lifecycle" in container:
        _default_lifecycle(container, minor)
    if minor < _PROC_MOUNT and "procMount" in container.get("securityContext", ()):
        container["securityContext"]["procMount"] = "Default"


def _default_restart_policy(container: Value, group: str, minor: int) -> None:
    """Drop a container's restart policy where this minor does not know it for this kind of container."""
    policy = container.get("restartPolicy")
    if policy is None or group == "ephemeralContainers":
        return
    sidecar = group == "initContainers" and policy == "Always"
    if (minor == _SIDECARS and group == "initContainers") or (minor == _RESTART_RULES and not sidecar):
        del container["restartPolicy"]


def _default_env_source(source: Value, minor: int) -> None:
    _default_field_ref(source)
    if minor >= _FILE_KEYS and "fileKeyRef" in source:
        source["fileKeyRef"].setdefault("optional", False)


def _default_field_ref(source: Value) -> None:
    if "fieldRef" in source:
        source["fieldRef"].setdefault("apiVersion", "v1")
    if "resourceFieldRef" in source:
        reference = source["resourceFieldRef"]
        reference["divisor"] = stored_quantity(reference.get("divisor") or parse_quantity("0"))


def _default_probe(probe: Value) -> None:
    probe.setdefault("timeoutSeconds", 1)
    probe.setdefault("periodSeconds", 10)
    probe.setdefault("successThreshold", 1)
    probe.setdefault("failureThreshold", 3)
    _default_http_get(probe)
    if "grpc" in probe:
        probe["grpc"].setdefault("service", "")


def _default_http_get(handler: Value) -> None:
    if "httpGet" in handler:
        handler["httpGet"].setdefault("path", "/")
        handler["httpGet"].setdefault("scheme", "HTTP")


def _default_lifecycle(container: Value, minor: int) -> None:
    lifecycle = container["lifecycle"]
    if minor in _NO_STOP_SIGNAL and lifecycle.pop("stopSignal", None) is not None and not lifecycle:
        del container["lifecycle"]
    for hook in ("postStart", "preStop"):
        if hook in lifecycle:
            _default_http_get(lifecycle[hook])


def _default_volumes(spec: Value, minor: int) -> None:
    if minor < _IMAGE_VOLUMES:
        _drop_image_volumes(spec)
    for volume in spec["volumes"]:
        _default_volume(volume, minor)


def _drop_image_volumes(spec: Value) -> None:
    """Remove volumes from images, and their mounts; before 1.31 they are not known and do not get here."""
    dropped = {volume.get("name", "") for volume in spec["volumes"] if "image" in volume}
    if not dropped:
        return
    spec["volumes"] = [volume for volume in spec["volumes"] if "image" not in volume]
    for container in (item for group in _CONTAINERS for item in spec.get(group, ())):
        if "volumeMounts" in container:
            mounts = container["volumeMounts"]
            container["volumeMounts"] = [mount for mount in mounts if mount.get("name", "") not in dropped]


def _default_volume(volume: Value, minor: int) -> None:
    sources = volume.keys() - {"name"}
    if not sources:
        volume["emptyDir"] = {}
    for kind in sources:
        source = volume[kind]
        for name, value in VOLUME_DEFAULTS.get(kind, {}).items():
            source.setdefault(name, value)
    if "emptyDir" in volume and "sizeLimit" in volume["emptyDir"]:
        volume["emptyDir"]["sizeLimit"] = stored_quantity(volume["emptyDir"]["sizeLimit"])
    for item in _downward_items(volume):
        _default_field_ref(item)
    for source in volume.get("projected", {}).get("sources") or ():
        if "serviceAccountToken" in source:
            source["serviceAccountToken"].setdefault("expirationSeconds", 3600)
    if "image" in volume and "pullPolicy" not in volume["image"]:
        volume["image"]["pullPolicy"] = pull_policy(volume["image"].get("reference", ""), minor)
    if "volumeClaimTemplate" in volume.get("ephemeral", ()):
        default_claim_spec(volume["ephemeral"]["volumeClaimTemplate"].setdefault("spec", {}))


def default_claim_spec(spec: Value) -> None:
    """Fill in the spec of a PersistentVolumeClaim."""
    spec.setdefault("volumeMode", "Filesystem")
    for resources in spec.get("resources", {}).values():
        round_resources(resources)


def _downward_items(volume: Value) -> Iterator[Value]:
    yield from volume.get("downwardAPI", {}).get("items", ())
    for source in volume.get("projected", {}).get("sources") or ():
        yield from source.get("downwardAPI", {}).get("items", ())
