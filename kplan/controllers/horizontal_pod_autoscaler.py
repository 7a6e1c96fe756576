"""HorizontalPodAutoscalers without metrics: they hold their target within its bounds and otherwise leave it alone.

Source: kubernetes v1.36 pkg/controller/podautoscaler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kplan.controllers.action import Effects, Scale, SetStatus
from kplan.controllers.registry import Controller
from kplan.controllers.state import Cohort, Map, Obj, State

KIND = "HorizontalPodAutoscaler"
TARGETS = {
    "Deployment": ("apps", "extensions"),
    "ReplicaSet": ("apps", "extensions"),
    "StatefulSet": ("apps",),
    "ReplicationController": ("",),
}
"""The kinds that have a scale subresource, and the groups that they are served in."""

_FAILED_METRIC = {
    "Resource": "FailedGetResourceMetric",
    "ContainerResource": "FailedGetContainerResourceMetric",
    "Pods": "FailedGetPodsMetric",
    "Object": "FailedGetObjectMetric",
    "External": "FailedGetExternalMetric",
}
_MOST_SCALINGS = 3
"""So often an autoscaler scales at one moment; one that fights with another would go on for ever."""
_AMBIGUOUS_SINCE = 27
"""The first minor that notices pods which two autoscalers mean to scale."""


@dataclass(frozen=True, slots=True)
class AutoscalerStatus:
    """Sizes of the target as they were found and as they should be; `conditions` are (type, "Status:Reason").

    `has_selector` says whether the autoscaler has once looked for metrics of its target's pods. `scaled_s` is when it
    last scaled its target, and `scalings` how often at that moment.
    """

    current: int = 0
    desired: int = 0
    conditions: tuple[tuple[str, str], ...] = ()
    has_selector: bool = False
    scaled_s: float | None = None
    scalings: int = 0

    def having(self, kind: str, text: str) -> AutoscalerStatus:
        """The status with a condition set."""
        return replace(self, conditions=tuple(sorted({**dict(self.conditions), kind: text}.items())))


def status_of(autoscaler: Obj) -> AutoscalerStatus:
    """The status, without conditions before the controller has seen the autoscaler."""
    return autoscaler.status if isinstance(autoscaler.status, AutoscalerStatus) else AutoscalerStatus()


def bounds(autoscaler: Obj) -> tuple[int, int]:
    """The fewest and the most replicas."""
    least = autoscaler.spec.get("minReplicas")
    return 1 if least is None else int(least), int(autoscaler.spec.get("maxReplicas") or 0)


def target(state: State, autoscaler: Obj) -> Obj | None:
    """The object that it scales; None where that is not there or has no size."""
    reference = autoscaler.spec.get("scaleTargetRef") or {}
    kind, group = str(reference.get("kind")), str(reference.get("apiVersion") or "").rpartition("/")[0]
    if group not in TARGETS.get(kind, ()):
        return None
    return state.get(kind, autoscaler.namespace, str(reference.get("name")))


def sync(state: State, autoscaler: Obj) -> Effects:
    """Scale the target into its bounds. A target of no replicas is left alone, unless none is the minimum.

    Source: kubernetes v1.36 pkg/controller/podautoscaler reconcileAutoscaler.
    """
    status, scaled = status_of(autoscaler), target(state, autoscaler)
    if scaled is None:
        yield SetStatus(autoscaler, status.having("AbleToScale", "False:FailedGetScale"))
        return
    status = replace(status.having("AbleToScale", "True:SucceededGetScale"), current=scaled.replicas)
    least, most = bounds(autoscaler)
    if scaled.replicas == 0 and least != 0:
        status = replace(status.having("ScalingActive", "False:ScalingDisabled"), desired=0)
    elif not least <= scaled.replicas <= most:
        scalings = status.scalings + 1 if status.scaled_s == state.now_s else 1
        if scalings > _MOST_SCALINGS:
            return
        wanted = most if scaled.replicas > most else least
        yield Scale(scaled, wanted, "its autoscaler's bounds")
        status = status.having("AbleToScale", "True:SucceededRescale")
        status = replace(status, desired=wanted, scaled_s=state.now_s, scalings=scalings)
    else:
        status = _without_metrics(state, autoscaler, scaled, status)
    yield SetStatus(autoscaler, status)


def _without_metrics(state: State, autoscaler: Obj, scaled: Obj, status: AutoscalerStatus) -> AutoscalerStatus:
    """What it says when it has to look for metrics: the first one cannot be had.

    Source: kubernetes v1.36 pkg/controller/podautoscaler computeReplicasForMetrics, validateAndParseSelector.
    """
    status = replace(status, has_selector=True)
    if state.minor >= _AMBIGUOUS_SINCE and _shares_pods(state, autoscaler, scaled):
        return status.having("ScalingActive", "False:AmbiguousSelector")
    metrics = autoscaler.spec.get("metrics") or [{"type": "Resource"}]
    reason = _FAILED_METRIC.get(str(metrics[0].get("type")), "InvalidMetricSourceType")
    return status.having("ScalingActive", f"False:{reason}")


def _shares_pods(state: State, autoscaler: Obj, scaled: Obj) -> bool:
    """Whether another autoscaler's target selects some of the pods that this one's does."""
    pods = [one for one in _cohorts(state, scaled.namespace) if state.selector(scaled).matches(one.labels)]
    for other in state.of_kind(KIND, autoscaler.namespace):
        theirs = target(state, other) if other is not autoscaler and status_of(other).has_selector else None
        if theirs is not None and any(state.selector(theirs).matches(one.labels) for one in pods):
            return True
    return False


def _cohorts(state: State, namespace: str) -> Iterator[Cohort]:
    yield from state.cohorts.get(namespace, {}).values()


def shown(state: State, autoscaler: Obj) -> Map:
    """The autoscaler's entry in a snapshot."""
    status = status_of(autoscaler)
    return {
        "min": autoscaler.spec.get("minReplicas"),
        "max": autoscaler.spec.get("maxReplicas"),
        "current": status.current,
        "desired": status.desired,
        "conditions": dict(status.conditions),
    }


def _of_target(state: State, scaled: Obj) -> list[Obj]:
    """The autoscalers that name an object, whether it is there or gone."""
    names = (scaled.kind, scaled.name)
    return [one for one in state.of_kind(KIND, scaled.namespace) if _named(one) == names]


def _named(autoscaler: Obj) -> tuple[str, str]:
    reference = autoscaler.spec.get("scaleTargetRef") or {}
    return str(reference.get("kind")), str(reference.get("name"))


def _beside(state: State, autoscaler: Obj) -> list[Obj]:
    return [one for one in state.of_kind(KIND, autoscaler.namespace) if one is not autoscaler]


CONTROLLER = Controller(
    KIND, "hpas", shown, sync, rank=4, woken_by={**dict.fromkeys(TARGETS, _of_target), KIND: _beside}
)
