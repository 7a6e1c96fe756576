"""Which new or changed objects the API server refuses, as far as a rollout can meet it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kplan.controllers.state import Map
from kplan.k8s.selector import label_selector, map_selector


def refusal(kind: str, before: Map | None, after: Map, minor: int) -> str | None:
    """Why the object is refused, in the API server's words, or None. Both are as stored; a new one has no `before`."""
    checks = _CHECKS.get(kind, ())
    wrong = next((reason for check in checks if (reason := check(after.get("spec") or {}))), None)
    return wrong or (None if before is None else _changed(before, after, minor))


MOST_PODS = 100_000
"""More pods of one workload, or in all, are not simulated."""


def too_many(after: Map) -> str | None:
    """Why the simulator itself does not take the object: it asks for more pods than it can hold; else None."""
    spec = after.get("spec")
    for field in ("replicas", "parallelism", "completions"):
        number = spec.get(field) if isinstance(spec, dict) else None
        if isinstance(number, int) and number > MOST_PODS:
            return f"spec.{field}: {number} is more than the {MOST_PODS} pods that can be simulated"
    return None


def _strategy(spec: Map) -> str | None:
    """Source: kubernetes v1.36 pkg/apis/apps/validation ValidateDeploymentStrategy."""
    strategy = spec.get("strategy") or {}
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate":
        path = "spec.strategy.rollingUpdate"
        return f"{path}: may not be specified when strategy `type` is 'Recreate'" if rolling is not None else None
    rolling = rolling or {}
    if wrong := _rolling_numbers("strategy", rolling):
        return wrong
    path = "spec.strategy.rollingUpdate.maxUnavailable"
    if _is_zero(rolling.get("maxUnavailable")) and _is_zero(rolling.get("maxSurge")):
        return f"{path}: may not be 0 when `maxSurge` is 0"
    if _percent(rolling.get("maxUnavailable")) > 100:
        return f"{path}: must not be greater than 100%"
    return None


def _rolling_numbers(field: str, rolling: Map) -> str | None:
    """Numbers of pods are 0 or more, or whole percentages."""
    for name in ("maxSurge", "maxUnavailable"):
        value = rolling.get(name)
        if isinstance(value, str) and not _PERCENT.match(value):
            return f"spec.{field}.rollingUpdate.{name}: a valid percent string must be a numeric string followed by '%'"
        if isinstance(value, int) and value < 0:
            return f"spec.{field}.rollingUpdate.{name}: must be greater than or equal to 0"
    return None


_PERCENT = re.compile(r"[0-9]+%\Z")


def _update_strategy(spec: Map) -> str | None:
    """Source: kubernetes v1.36 pkg/apis/apps/validation ValidateDaemonSetUpdateStrategy."""
    return _rolling_numbers("updateStrategy", (spec.get("updateStrategy") or {}).get("rollingUpdate") or {})


def _percent(value: Any) -> int:
    return int(value[:-1]) if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit() else 0


def _selector(spec: Map) -> str | None:
    """Source: kubernetes v1.36 pkg/apis/apps/validation ValidatePodTemplateSpecForReplicaSet."""
    selector = spec.get("selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if not selector or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return "spec.selector: empty selector is invalid"
    if not label_selector(selector).matches(labels):
        return "spec.template.metadata.labels: `selector` does not match template `labels`"
    return None


def _labels(spec: Map) -> str | None:
    """Source: kubernetes v1.36 pkg/apis/core/validation ValidateReplicationControllerSpec."""
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if not spec.get("selector"):
        return "spec.selector: Required value"
    if not map_selector(spec["selector"]).matches(labels):
        return "spec.template.metadata.labels: `selector` does not match template `labels`"
    return None


def _numbers(spec: Map) -> str | None:
    for field in ("replicas", "minReadySeconds"):
        if isinstance(spec.get(field), int) and spec[field] < 0:
            return f"spec.{field}: must be greater than or equal to 0"
    return None


def _deadline(spec: Map) -> str | None:
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None and deadline <= (spec.get("minReadySeconds") or 0):
        return "spec.progressDeadlineSeconds: must be greater than minReadySeconds"
    return None


_CHECKS: dict[str, tuple[Callable[[Map], str | None], ...]] = {
    "Deployment": (_numbers, _selector, _strategy, _deadline),
    "ReplicaSet": (_numbers, _selector),
    "StatefulSet": (_numbers, _selector, _update_strategy),
    "DaemonSet": (_numbers, _selector, _update_strategy),
    "ReplicationController": (_numbers, _labels),
}


def _is_zero(value: Any) -> bool:
    return value in (0, "0%")


def _changed(before: Map, after: Map, minor: int) -> str | None:
    """The first change of a field that may not change."""
    from kplan.diff.field import differences
    from kplan.diff.immutable import facts, forbidden
    from kplan.diff.meta import Meta, meta_of
    from kplan.kinds import split_api_version

    api_version, name = str(after.get("apiVersion") or ""), str(after.get("kind") or "")
    kind = (split_api_version(api_version)[0], name)
    if not facts(kind):
        return None
    meta = meta_of(api_version, name, minor) or Meta(None)
    for difference in differences(before, after, meta):
        if message := forbidden(difference, kind, before, after, minor):
            return f"{difference.text}: {message}"
    return None
