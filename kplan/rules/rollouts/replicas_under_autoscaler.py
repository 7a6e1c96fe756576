"""A workload that says how many replicas it has, though an autoscaler decides that."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.rule import rule
from kplan.rules.scaling import least_replicas, scaler_of

_KINDS = ("apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "argoproj.io/Rollout")


@rule(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(workload: Resource, context: Context) -> Iterator[Problem]:
    replicas = workload.get("spec", "replicas")
    scaler = scaler_of(workload.ref, context) if type(replicas) is int and replicas > 0 else None
    if scaler is None or context.build_of(scaler) != context.build_of(workload):
        return
    most = scaler.get("spec", "maxReplicas" if scaler.kind == "HorizontalPodAutoscaler" else "maxReplicaCount")
    if least_replicas(workload.ref, context) == most == replicas:
        return
    yield Problem(
        ("spec", "replicas"),
        f"each apply sets the replicas back to {replicas}, and {scaler.ref} changes them again",
        help="leave `replicas` out of what an autoscaler scales",
        related=((scaler, ("metadata", "name"), "the autoscaler"),),
    )
