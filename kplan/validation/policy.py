"""PodDisruptionBudgets.

Source: kubernetes v1.36 pkg/apis/policy/validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.name import path_segment
from kplan.validation.check import (
    Obj,
    Path,
    int_or_percent,
    label_selector,
    not_above_100_percent,
    one_of,
)
from kplan.validation.fault import Fault, invalid
from kplan.validation.feature import dropped
from kplan.validation.meta import object_meta

_SPEC: Path = ("spec",)


def pod_disruption_budget(data: Obj, minor: int) -> Iterator[Fault]:
    """A PodDisruptionBudget; the server has no rule of its own for its name."""
    spec: Obj = data.get("spec") or {}
    bounds = {key: spec[key] for key in ("minAvailable", "maxUnavailable") if spec.get(key) is not None}
    if len(bounds) > 1:
        yield invalid(_SPEC, spec, "minAvailable and maxUnavailable cannot be both set")
    for key, value in bounds.items():
        yield from int_or_percent(value, (*_SPEC, key))
        yield from not_above_100_percent(value, (*_SPEC, key))
    yield from label_selector(spec.get("selector"), (*_SPEC, "selector"))
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and not dropped("policy.PodDisruptionBudgetSpec", "UnhealthyPodEvictionPolicy", minor):
        yield from one_of(policy, ("AlwaysAllow", "IfHealthyBudget"), (*_SPEC, "unhealthyPodEvictionPolicy"))
    yield from object_meta(data, path_segment, kube_finalizers=False)


CHECKS = {"PodDisruptionBudget": pod_disruption_budget}
