"""Which workloads autoscalers scale, and between which numbers."""

from __future__ import annotations

from kplan.model import ObjectRef, Resource
from kplan.rules.context import Context
from kplan.rules.link import Links
from kplan.rules.link_rule import rule_of

SCALERS = ("autoscaling/HorizontalPodAutoscaler", "keda.sh/ScaledObject")
"""The kinds that set the replicas of a workload."""


def scaler_of(workload: ObjectRef, context: Context) -> Resource | None:
    """The first autoscaler of a workload; None where it has none."""
    return context.once(_scalers).get(workload)


def least_replicas(workload: ObjectRef, context: Context) -> int | None:
    """The fewest replicas that an autoscaler of the workload goes down to; None where it has none."""
    scaler = scaler_of(workload, context)
    if scaler is None:
        return None
    is_hpa = scaler.kind == "HorizontalPodAutoscaler"
    least = scaler.get("spec", "minReplicas" if is_hpa else "minReplicaCount")
    return least if type(least) is int else int(is_hpa)


def _scalers(context: Context) -> dict[ObjectRef, Resource]:
    found: dict[ObjectRef, Resource] = {}
    for scaler in context.of_kinds(SCALERS):
        for reference in context.once(Links).written.get(id(scaler), ()):
            if rule_of(reference.row) == "dangling-scale-target":
                found.setdefault(reference.target, scaler)
    return found
