"""Pods that may all land on one node."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.admission import pod_count
from kplan.rules.availability import SCALED_KINDS, is_autoscaled
from kplan.rules.container import pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.rule import rule


@rule(severity=Severity.NOTE, kinds=SCALED_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    if pods is None or not pods.stays or not (pod_count(resource) > 1 or is_autoscaled(resource, context)):
        return
    if not value_at(pods.spec, "affinity", "podAntiAffinity") and not pods.spec.get("topologySpreadConstraints"):
        yield Problem(
            (*pods.path, "topologySpreadConstraints"),
            "nothing keeps its pods apart: they may all run on one node or in one zone",
            help="add `topologySpreadConstraints` over `kubernetes.io/hostname` and `topology.kubernetes.io/zone`",
            place=("metadata", "name"),
        )
