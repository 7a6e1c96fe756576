"""Changes of PriorityClasses.

Source: kubernetes v1.36 pkg/apis/scheduling/validation ValidatePriorityClassUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.update.refusal import Obj, Refusal, fixed_field, immutable

_POLICY_FROM = 19


def priority_class(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A PriorityClass keeps its value: pods that have it would not."""
    if (before.get("value") or 0) != (after.get("value") or 0):
        yield fixed_field(("value",), "may not be changed in an update.")
    if minor >= _POLICY_FROM:
        yield from immutable(before, after, "preemptionPolicy")


CHECKS = {"PriorityClass": priority_class}
