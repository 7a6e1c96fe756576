"""The pods that a manifest will run, as its Services and policies see them: labels, ports, service account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kplan.k8s.label import clean_labels
from kplan.kinds import pod_template_path, scope
from kplan.model import FieldPath, Resource


class ContainerPort(NamedTuple):
    """A port that a container declares; `name` is empty where it has none."""

    name: str
    number: int
    protocol: str


class PodSource(NamedTuple):
    """What pods are made from: a Pod itself, or the pod template at `path` of a workload."""

    owner: Resource
    path: FieldPath
    labels: dict[str, str]

    @property
    def namespace(self) -> str:
        """Where the pods run."""
        return self.owner.ref.namespace

    @property
    def service_account(self) -> str:
        """The ServiceAccount that the pods run as."""
        spec = self.owner.get(*self.path, "spec")
        name = spec.get("serviceAccountName") or spec.get("serviceAccount") if isinstance(spec, dict) else None
        return name if isinstance(name, str) else "default"

    @property
    def ports(self) -> tuple[ContainerPort, ...]:
        """The declared ports of the containers that stay: sidecars count, other init containers do not.

        Source: kubernetes pkg/api/v1/pod FindPort.
        """
        containers = self.owner.get(*self.path, "spec", "containers")
        inits = self.owner.get(*self.path, "spec", "initContainers")
        sidecars = (c for c in dicts(inits) if c.get("restartPolicy") == "Always")
        return tuple(port for c in (*dicts(containers), *sidecars) for port in _ports(c))

    @property
    def is_injected(self) -> bool:
        """Whether a label or annotation asks for more containers, such as `sidecar.istio.io/inject`."""
        metadata = self.owner.get(*self.path, "metadata")
        marks = [*clean_labels(metadata.get("annotations")), *self.labels] if isinstance(metadata, dict) else []
        return any("inject" in key for key in marks)

    def carries(self, wanted: Mapping[str, str]) -> bool:
        """Whether the pods have all of the wanted labels, with those that controllers add to them."""
        for key, value in wanted.items():
            have = self.labels.get(key)
            if have != value and (have is not None or not _added(self.owner, key, value)):
                return False
        return True


def pod_source(resource: Resource) -> PodSource | None:
    """What pods an object makes, or None when it makes none (or only by way of an operator)."""
    path: FieldPath | None = () if resource.kind == "Pod" else pod_template_path(resource.kind)
    if scope(resource.ref.group, resource.kind) is None:  # custom: it may have a template at the usual place
        has_template = isinstance(resource.get("spec", "template", "spec", "containers"), list)
        path = ("spec", "template") if has_template else None
    if path is None or resource.kind == "PodTemplate":
        return None
    return PodSource(resource, path, clean_labels(resource.get(*path, "metadata", "labels")))


def dicts(items: Any) -> Iterator[dict[str, Any]]:
    """The mappings in what ought to be a list of them."""
    return (item for item in items if isinstance(item, dict)) if isinstance(items, list) else iter(())


def _ports(container: dict[str, Any]) -> Iterator[ContainerPort]:
    for port in dicts(container.get("ports")):
        name, number, protocol = port.get("name") or "", port.get("containerPort"), port.get("protocol") or "TCP"
        if isinstance(name, str) and type(number) is int and isinstance(protocol, str):
            yield ContainerPort(name, number, protocol)


_ADDED_BY_KIND = {
    "Deployment": {"pod-template-hash": r"[a-z0-9]+"},
    "DaemonSet": {"controller-revision-hash": r"[a-z0-9]+", "pod-template-generation": r"\d+"},
    "StatefulSet": {
        "statefulset.kubernetes.io/pod-name": r"{name}-\d+",
        "apps.kubernetes.io/pod-index": r"\d+",
        "controller-revision-hash": r"{name}-[a-z0-9]+",
    },
    "Job": {
        "job-name": r"{name}",
        "batch.kubernetes.io/job-name": r"{name}",
        "batch.kubernetes.io/job-completion-index": r"\d+",
        "controller-uid": r".*",
        "batch.kubernetes.io/controller-uid": r".*",
    },
    "CronJob": {
        "job-name": r"{name}-.+",
        "batch.kubernetes.io/job-name": r"{name}-.+",
        "batch.kubernetes.io/job-completion-index": r"\d+",
    },
}
"""The labels that the controller of a kind puts on its pods, and the form of their values."""

ADDED_LABELS = frozenset(key for labels in _ADDED_BY_KIND.values() for key in labels)
"""The keys of labels that no template need have."""


def _added(owner: Resource, key: str, value: str) -> bool:
    form = _ADDED_BY_KIND.get(owner.kind, {}).get(key)
    return form is not None and bool(re.fullmatch(form.replace("{name}", re.escape(owner.ref.name)), value))
