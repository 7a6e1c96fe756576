"""HorizontalPodAutoscaler from v1, v2beta1 and v2beta2 to v2.

Source: kubernetes v1.24 pkg/apis/autoscaling/{v1,v2beta1,v2beta2} conversion.go.
"""

from __future__ import annotations

import json
from typing import Any, Final

from kplan.fixer.conversion.nest import nest
from kplan.fixer.tree import Item, Map, Seq, Unfixable, node_of

_METRICS: Final = "autoscaling.alpha.kubernetes.io/metrics"
_BEHAVIOR: Final = "autoscaling.alpha.kubernetes.io/behavior"
_STATUS: Final = ("autoscaling.alpha.kubernetes.io/conditions", "autoscaling.alpha.kubernetes.io/current-metrics")
_IMPLIED_CPU: Final = 80


def autoscaler_v1(it: Map, old: str, notes: list[str]) -> None:
    """The CPU target and the annotations that hold what v1 has no fields for."""
    spec = it.ensure("spec")
    metrics = _from_annotation(it, _METRICS)
    found = [node_of(metric) for metric in metrics] if isinstance(metrics, list) else []
    for metric in found:
        if isinstance(metric, Map):
            _metric(metric)
    at = spec.index("targetCPUUtilizationPercentage")
    utilization = spec.take("targetCPUUtilizationPercentage")
    if utilization is not None and utilization.value is not None and spec.entry("metrics") is None:
        target = Map()
        target.set("type", "Utilization")
        if _is_set(utilization.value):
            target.put(utilization, "averageUtilization")
            found.append(_cpu(target))
    if not found:
        found.append(_cpu(node_of({"type": "Utilization", "averageUtilization": _IMPLIED_CPU})))
    spec.set("metrics", Seq([Item(metric) for metric in found]))
    last = spec.entries.pop()
    spec.insert(min(at, len(spec.entries)), last)
    behavior = _from_annotation(it, _BEHAVIOR)
    if isinstance(behavior, dict) and behavior:
        spec.set("behavior", _lower(behavior), after=("metrics",))
    _drop_annotations(it, notes)


def autoscaler_v2beta1(it: Map, old: str, notes: list[str]) -> None:
    """The metrics, and the behavior that v2beta1 kept in an annotation."""
    for metric in it.maps("spec", "metrics"):
        _metric(metric)
    behavior = _from_annotation(it, _BEHAVIOR)
    if isinstance(behavior, dict) and behavior:
        it.ensure("spec").set("behavior", _lower(behavior))
    _drop_annotations(it, notes)


def autoscaler_v2beta2(it: Map, old: str, notes: list[str]) -> None:
    """Nothing but the annotations that other versions left."""
    _drop_annotations(it, notes)


def _is_set(node: Any) -> bool:
    from kplan.fixer.tree import plain

    return plain(node) is not None


def _cpu(target: Any) -> Map:
    resource = Map()
    resource.set("name", "cpu")
    resource.set("target", target)
    metric = Map()
    metric.set("type", "Resource")
    metric.set("resource", resource)
    return metric


def _metric(metric: Map) -> None:
    for kind in ("resource", "containerResource"):
        source = metric.map(kind)
        if source is not None:
            kind_of = "Utilization" if source.has("targetAverageUtilization") else "AverageValue"
            fields = {"targetAverageUtilization": "averageUtilization", "targetAverageValue": "averageValue"}
            _target(source, kind_of, fields)
    pods = metric.map("pods")
    if pods is not None:
        nest(pods, "metric", {"metricName": "name", "selector": "selector"})
        _target(pods, "AverageValue", {"targetAverageValue": "averageValue"})
    target = metric.map("object")
    if target is not None:
        target.rename("target", "describedObject")
        nest(target, "metric", {"metricName": "name", "selector": "selector"})
        kind_of = "AverageValue" if target.has("averageValue") else "Value"
        _target(target, kind_of, {"targetValue": "value", "averageValue": "averageValue"})
    external = metric.map("external")
    if external is not None:
        kind_of = "Value" if external.has("targetValue") else "AverageValue"
        nest(external, "metric", {"metricName": "name", "metricSelector": "selector"})
        _target(external, kind_of, {"targetValue": "value", "targetAverageValue": "averageValue"})


def _target(source: Map, kind: str, fields: dict[str, str]) -> None:
    nest(source, "target", fields, constants={"type": kind})


def _from_annotation(it: Map, key: str) -> Any:
    text = it.value("metadata", "annotations", key)
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise Unfixable(f"the annotation `{key}` holds no JSON") from None


def _drop_annotations(it: Map, notes: list[str]) -> None:
    annotations = it.map("metadata", "annotations")
    for key in (_METRICS, _BEHAVIOR, *_STATUS) if annotations is not None else ():
        if annotations is not None and annotations.entry(key) is not None:
            annotations.drop(key)
            if key in _STATUS:
                notes.append(f"the annotation `{key}` is gone: it held status, which a server fills in")
    if annotations is not None and not annotations.entries:
        it.ensure("metadata").drop("annotations")


def _lower(value: Any) -> Any:
    """The value with keys that begin in small letters: the annotation's fields have Go's names."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _lower(inner) for key, inner in value.items() if inner is not None}
    return [_lower(inner) for inner in value] if isinstance(value, list) else value
