"""Defaults of the group autoscaling.

Source: kubernetes v1.36 pkg/apis/autoscaling/{v1,v2} defaults.go, v1 conversion.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]

_CPU_PERCENT = 80
_METRICS_ANNOTATION = "autoscaling.alpha.kubernetes.io/metrics"
_BEHAVIOR = 18
_CPU_LAST = 26
"""The last minor that stores v1 objects, which hold the target for CPU apart from other metrics."""


def default_autoscaler_v1(value: Value, minor: int) -> None:
    """autoscaling/v1: CPU at 80 % where nothing is said."""
    spec = value.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if _METRICS_ANNOTATION not in value.get("metadata", {}).get("annotations", {}):
        spec.setdefault("targetCPUUtilizationPercentage", _CPU_PERCENT)


def default_autoscaler_v2(value: Value, minor: int) -> None:
    """autoscaling/v2 and v2beta2."""
    target = {"type": "Utilization", "averageUtilization": _CPU_PERCENT}
    _default_autoscaler(value, minor, {"name": "cpu", "target": target})


def default_autoscaler_beta1(value: Value, minor: int) -> None:
    """autoscaling/v2beta1."""
    _default_autoscaler(value, minor, {"name": "cpu", "targetAverageUtilization": _CPU_PERCENT})


def _default_autoscaler(value: Value, minor: int, cpu: Value) -> None:
    spec = value.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        spec["metrics"] = [{"type": "Resource", "resource": cpu}]
    if minor <= _CPU_LAST:
        spec["metrics"].sort(key=_is_cpu_utilization)
    if "behavior" in spec and minor >= _BEHAVIOR:
        behavior = spec["behavior"]
        behavior["scaleUp"] = _scale_up(behavior.get("scaleUp", {}))
        behavior["scaleDown"] = _scale_down(behavior.get("scaleDown", {}))


def _is_cpu_utilization(metric: Value) -> bool:
    resource = metric.get("resource", {})
    target = {**resource, **resource.get("target", {})}
    share = "averageUtilization" in target or "targetAverageUtilization" in target
    return metric.get("type") == "Resource" and resource.get("name") == "cpu" and share


def _scale_up(rules: Value) -> Value:
    """At once, by 100 % or 4 pods every 15 seconds, whichever is more."""
    policies = [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ]
    return {"stabilizationWindowSeconds": 0, **_rules(rules, policies)}


def _scale_down(rules: Value) -> Value:
    """By 100 % every 15 seconds, after the controller's own stabilization window."""
    return _rules(rules, [{"type": "Percent", "value": 100, "periodSeconds": 15}])


def _rules(rules: Value, policies: list[Value]) -> Value:
    return {"selectPolicy": "Max", "policies": policies, **rules}


DEFAULTS = {
    "autoscaling/v1.HorizontalPodAutoscaler": default_autoscaler_v1,
    "autoscaling/v2.HorizontalPodAutoscaler": default_autoscaler_v2,
    "autoscaling/v2beta2.HorizontalPodAutoscaler": default_autoscaler_v2,
    "autoscaling/v2beta1.HorizontalPodAutoscaler": default_autoscaler_beta1,
}
