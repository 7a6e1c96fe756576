"""HorizontalPodAutoscalers.

Source: kubernetes v1.36 pkg/apis/autoscaling/validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import path_segment
from kplan.validation.check import NOT_POSITIVE, Obj, Path, label_selector, messages, named, objects, one_of
from kplan.validation.core_resource import quantity
from kplan.validation.fault import Fault, forbidden, invalid, required, unsupported
from kplan.validation.feature import dropped, on
from kplan.validation.meta import object_meta

_SPEC: Path = ("spec",)
_SOURCES = ("object", "external", "pods", "resource", "containerResource")
_TYPES = ("ContainerResource", "External", "Object", "Pods", "Resource")


def horizontal_pod_autoscaler(data: Obj, minor: int) -> Iterator[Fault]:
    """A HorizontalPodAutoscaler, v2 or v1."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data)
    yield from _bounds(spec)
    yield from _target_reference(spec.get("scaleTargetRef") or {}, (*_SPEC, "scaleTargetRef"), minor)
    if data.get("apiVersion") == "autoscaling/v1":
        yield from _v1_target(spec)
    elif data.get("apiVersion") == "autoscaling/v2":
        for index, metric in objects(spec.get("metrics")):
            yield from _metric(metric, (*_SPEC, "metrics", index), minor)
        if spec.get("behavior"):
            yield from _behavior(spec["behavior"], (*_SPEC, "behavior"), minor)


def _bounds(spec: Obj) -> Iterator[Fault]:
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    least = 1 if least is None else least
    if least < 1:
        yield invalid((*_SPEC, "minReplicas"), least, "must be greater than or equal to 1")
    at = (*_SPEC, "maxReplicas")
    if not most:
        yield required(at, "must be set and greater than 0")
    elif most < 1:
        yield invalid(at, most, "must be greater than or equal to 1")
    if most < least:
        yield invalid(at, most, "must be greater than or equal to `minReplicas`")


def _target_reference(reference: Obj, path: Path, minor: int) -> Iterator[Fault]:
    for key in ("kind", "name"):
        yield from named(path_segment, reference.get(key), (*path, key))
    if on("TargetGroupVersion", minor):
        yield from api_version(reference, path)


def api_version(reference: Obj, path: Path) -> Iterator[Fault]:
    """The group and version of a target; only a core kind has no group."""
    text, at = reference.get("apiVersion") or "", (*path, "apiVersion")
    if text.count("/") > 1:
        yield invalid(at, text, f"unexpected GroupVersion string: {text}")
    elif text.startswith("/") or not text or ("/" not in text and reference.get("kind") != "ReplicationController"):
        yield invalid(at, text, "apiVersion must specify API group")


def _v1_target(spec: Obj) -> Iterator[Fault]:
    share = spec.get("targetCPUUtilizationPercentage")
    if share is not None and share < 1:
        at = (*_SPEC, "metrics", 0, "resource", "target", "averageUtilization")
        yield invalid(at, share, "must be greater than 0")


def _metric(metric: Obj, path: Path, minor: int) -> Iterator[Fault]:
    kind = metric.get("type") or ""
    if not kind:
        yield required((*path, "type"), "must specify a metric source type")
    yield from one_of(kind, _TYPES, (*path, "type"))
    given = [key for key in _SOURCES if metric.get(key) is not None]
    if given:
        yield from _CHECKS[given[0]](metric[given[0]], (*path, given[0]))
    expected = kind[:1].lower() + kind[1:] if kind in _TYPES else ""
    if expected and expected not in given:
        yield required((*path, expected), "must populate information for the given metric source")
    if len(given) != 1:
        for key in given:
            if key != expected:
                yield forbidden((*path, key), "must populate the given metric source only")


def _object(source: Obj, path: Path) -> Iterator[Fault]:
    reference: Obj = source.get("describedObject") or {}
    for key in ("kind", "name"):
        yield from named(path_segment, reference.get(key), (*path, "describedObject", key))
    yield from _identifier(source.get("metric") or {}, (*path, "metric"))
    target: Obj = source.get("target") or {}
    here = (*path, "target")
    yield from _target(target, here)
    if target.get("value") is None and target.get("averageValue") is None:
        yield required((*here, "averageValue"), "must set either a target value or averageValue")


def _external(source: Obj, path: Path) -> Iterator[Fault]:
    yield from _identifier(source.get("metric") or {}, (*path, "metric"))
    target: Obj = source.get("target") or {}
    here = (*path, "target")
    yield from _target(target, here)
    if target.get("value") is None and target.get("averageValue") is None:
        yield required((*here, "averageValue"), "must set either a target value for metric or a per-pod target")
    if target.get("value") is not None and target.get("averageValue") is not None:
        yield forbidden((*here, "value"), "may not set both a target value for metric and a per-pod target")


def _pods(source: Obj, path: Path) -> Iterator[Fault]:
    yield from _identifier(source.get("metric") or {}, (*path, "metric"))
    target: Obj = source.get("target") or {}
    yield from _target(target, (*path, "target"))
    average = target.get("averageValue")
    if average is None or quantity(average).sign <= 0:
        yield required((*path, "target", "averageValue"), "must specify a positive target averageValue")


def _container_resource(source: Obj, path: Path) -> Iterator[Fault]:
    if not source.get("name"):
        yield required((*path, "name"), "must specify a resource name")
    if not source.get("container"):
        yield required((*path, "container"), "must specify a container")
    yield from _resource_target(source.get("target") or {}, (*path, "target"))


def _resource(source: Obj, path: Path) -> Iterator[Fault]:
    if not source.get("name"):
        yield required((*path, "name"), "must specify a resource name")
    yield from _resource_target(source.get("target") or {}, (*path, "target"))


def _resource_target(target: Obj, path: Path) -> Iterator[Fault]:
    yield from _target(target, path)
    share, average = target.get("averageUtilization"), target.get("averageValue")
    if share is None and average is None:
        yield required((*path, "averageUtilization"), "must set either a target raw value or a target utilization")
    if share is not None and average is not None:
        yield forbidden((*path, "averageValue"), "may not set both a target raw value and a target utilization")


def _target(target: Obj, path: Path) -> Iterator[Fault]:
    kind = target.get("type") or ""
    if not kind:
        yield required((*path, "type"), "must specify a metric target type")
    if kind not in ("Utilization", "Value", "AverageValue"):
        yield invalid((*path, "type"), kind, "must be either Utilization, Value, or AverageValue")
    if target.get("value") is not None and quantity(target["value"]).sign <= 0:
        yield invalid((*path, "value"), str(quantity(target["value"])), "must be positive")
    if target.get("averageValue") is not None and quantity(target["averageValue"]).sign <= 0:
        yield invalid((*path, "averageValue"), str(quantity(target["averageValue"])), "must be positive")
    share = target.get("averageUtilization")
    if share is not None and share < 1:
        yield invalid((*path, "averageUtilization"), share, "must be greater than 0")


def _identifier(metric: Obj, path: Path) -> Iterator[Fault]:
    name = metric.get("name")
    if not name:
        yield required((*path, "name"), "must specify a metric name")
    else:
        yield from messages((*path, "name"), name, path_segment(name))
    yield from label_selector(metric.get("selector"), (*path, "selector"))


def _behavior(behavior: Obj, path: Path, minor: int) -> Iterator[Fault]:
    for key in ("scaleUp", "scaleDown"):
        if behavior.get(key):
            yield from _rules(behavior[key], (*path, key), minor)


def _rules(rules: Obj, path: Path, minor: int) -> Iterator[Fault]:
    window, select, policies = (rules.get(k) for k in ("stabilizationWindowSeconds", "selectPolicy", "policies"))
    at = (*path, "stabilizationWindowSeconds")
    if window is not None and window < 0:
        yield invalid(at, window, "must be greater than or equal to zero")
    if window is not None and window > 3600:
        yield invalid(at, window, "must be less than or equal to 3600")
    if select is not None:
        yield from one_of(select, ("Disabled", "Max", "Min"), (*path, "selectPolicy"))
    tolerance = rules.get("tolerance")
    tolerated = tolerance is None or dropped("autoscaling.HPAScalingRules", "Tolerance", minor)
    if not tolerated and quantity(tolerance).sign < 0:
        yield invalid((*path, "tolerance"), str(quantity(tolerance)), "must be greater than or equal to 0")
    if policies == []:
        yield required((*path, "policies"), "must specify at least one Policy")
    for index, policy in objects(policies):
        yield from _policy(policy, (*path, "policies", index))


def _policy(policy: Obj, path: Path) -> Iterator[Fault]:
    kind = policy.get("type") or ""
    if kind not in ("Percent", "Pods"):
        yield unsupported((*path, "type"), kind, ("Percent", "Pods"))
    value, period = policy.get("value") or 0, policy.get("periodSeconds") or 0
    if value <= 0:
        yield invalid((*path, "value"), value, NOT_POSITIVE)
    if period <= 0:
        yield invalid((*path, "periodSeconds"), period, NOT_POSITIVE)
    if period > 1800:
        yield invalid((*path, "periodSeconds"), period, "must be less than or equal to 1800")


_CHECKS: dict[str, Any] = {
    "object": _object,
    "external": _external,
    "pods": _pods,
    "resource": _resource,
    "containerResource": _container_resource,
}

CHECKS = {"HorizontalPodAutoscaler": horizontal_pod_autoscaler}
