"""HorizontalPodAutoscalers: what they scale, by what, and between which bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kplan.model import FieldPath, Resource
from kplan.rules.container import Pods, all_pods, value_at
from kplan.rules.context import Context

KIND = "autoscaling/HorizontalPodAutoscaler"


class ShareOfRequests(NamedTuple):
    """A metric that is a share of what containers request: of which resource, of one container or (`None`) all."""

    path: FieldPath
    resource: str
    container: str | None


def target_pods(autoscaler: Resource, context: Context) -> Pods | None:
    """The pods that an autoscaler counts, None where they are not among the manifests."""
    target = autoscaler.get("spec", "scaleTargetRef")
    key = (autoscaler.ref.namespace, value_at(target, "kind"), value_at(target, "name"))
    return context.once(_pods_by_owner).get(tuple(map(str, key)))


def _pods_by_owner(context: Context) -> Mapping[tuple[str, ...], Pods]:
    return {(p.owner.ref.namespace, p.owner.kind, p.owner.ref.name): p for p in all_pods(context)}


def shares_of_requests(autoscaler: Resource) -> Iterator[ShareOfRequests]:
    """The metrics of an autoscaler that need requests; one that names none scales by the share of CPU.

    Source: kubernetes v1.36 pkg/apis/autoscaling/v2 SetDefaults_HorizontalPodAutoscaler.
    """
    metrics = autoscaler.get("spec", "metrics")
    if not isinstance(metrics, list) or not metrics:
        yield ShareOfRequests(("spec", "targetCPUUtilizationPercentage"), "cpu", None)
        return
    for index, metric in enumerate(metrics):
        for field in ("resource", "containerResource"):
            source = value_at(metric, field)
            share = value_at(source, "target", "averageUtilization"), value_at(source, "targetAverageUtilization")
            if isinstance(source, dict) and share != (None, None):
                container = str(source.get("container")) if field == "containerResource" else None
                yield ShareOfRequests(("spec", "metrics", index, field), str(source.get("name")), container)


def bounds(autoscaler: Resource) -> tuple[int, int] | None:
    """The fewest and the most pods, None where they are no numbers; the fewest are 1 where it does not say."""
    fewest, most = autoscaler.get("spec", "minReplicas"), autoscaler.get("spec", "maxReplicas")
    fewest = 1 if fewest is None else fewest
    return (fewest, most) if type(fewest) is int and type(most) is int else None
