"""A Pod that nobody makes anew."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.container import pods_of
from kplan.rules.context import Context
from kplan.rules.rule import rule

_BY_THE_KUBELET = ("kubernetes.io/config.source", "kubernetes.io/config.mirror")


@rule(severity=Severity.WARNING, kinds=("Pod",), since="0.1")
def check(pod: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(pod, context)
    annotations = pod.get("metadata", "annotations")
    is_static = isinstance(annotations, dict) and any(key in annotations for key in _BY_THE_KUBELET)
    if pods and pods.stays and not is_static:
        yield Problem(
            ("kind",),
            "when its node goes, this Pod goes for good",
            help="let a Deployment, StatefulSet or DaemonSet make it",
        )
