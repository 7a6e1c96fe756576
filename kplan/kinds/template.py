"""Where the pod template and the pod spec of a kind are."""

from __future__ import annotations

from kplan.model.path import FieldPath

_TEMPLATE: dict[str, FieldPath] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Deployment": ("spec", "template"),
    "Job": ("spec", "template"),
    "PodTemplate": ("template",),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
}
_SPEC: dict[str, FieldPath] = {"Pod": ("spec",), **{kind: (*path, "spec") for kind, path in _TEMPLATE.items()}}


def pod_template_path(kind: str) -> FieldPath | None:
    """The path of the pod template in an object of this kind; None where it has none.

    >>> pod_template_path("CronJob")
    ('spec', 'jobTemplate', 'spec', 'template')
    """
    return _TEMPLATE.get(kind)


def pod_spec_path(kind: str) -> FieldPath | None:
    """The path of the pod spec in an object of this kind, a Pod's own included; None where it has none."""
    return _SPEC.get(kind)
