"""Defaults of the group scheduling.k8s.io.

Source: kubernetes v1.36 pkg/apis/scheduling/v1 defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]

_PREEMPTION = 19


def default_priority_class(value: Value, minor: int) -> None:
    """PriorityClass."""
    if minor >= _PREEMPTION:
        value.setdefault("preemptionPolicy", "PreemptLowerPriority")
    else:
        value.pop("preemptionPolicy", None)


DEFAULTS = {
    "scheduling/v1.PriorityClass": default_priority_class,
    "scheduling/v1beta1.PriorityClass": default_priority_class,
}
