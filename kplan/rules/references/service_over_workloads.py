"""A Service that sends to the pods of several workloads."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.label import clean_labels, format_labels
from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule

_LASTING = ("DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")


@rule(severity=Severity.NOTE, kinds=("Service",), since="0.1")
def check(service: Resource, context: Context) -> Iterator[Problem]:
    selector = clean_labels(service.get("spec", "selector"))
    if not selector:
        return
    found = [s for s in context.pods_with(selector, service.ref.namespace) if s.owner.kind in _LASTING]
    owners = list(dict.fromkeys(s.owner.ref for s in found if context.build_of(s.owner) == context.build_of(service)))
    if len(owners) > 1:
        shown = ", ".join(map(str, owners[:3])) + (f" and {len(owners) - 3} more" if len(owners) > 3 else "")
        yield Problem(
            ("spec", "selector"),
            f"selector `{format_labels(selector)}` matches pods of {len(owners)} workloads: {shown}",
            help="each gets a share of the requests by its number of pods; add a label where only one is meant",
        )
