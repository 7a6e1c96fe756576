"""What admission of a plain cluster refuses of a Pod by itself, before its values are judged.

Source: kubernetes v1.36 plugin/pkg/admission/priority, plugin/pkg/admission/runtimeclass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.validation.fault import Fault, forbidden

_PRIORITIES = {"": 0, "system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""The classes that every cluster has; no class is 0 where no other one is the default."""


def admit_pod(data: dict[str, Any]) -> Iterator[Fault]:
    """What a Pod may not set itself, since admission computes it.

    Nothing for a value that the manifest's own classes may give: `priorityClassName` and `runtimeClassName` name them.
    """
    spec = data.get("spec") or {}
    computed = _PRIORITIES.get(spec.get("priorityClassName") or "")
    if computed is not None:
        yield from _priority(spec, computed)
    if spec.get("overhead") is not None and not spec.get("runtimeClassName"):
        yield forbidden(("spec", "overhead"), "Pod Overhead set without corresponding RuntimeClass defined Overhead")


def _priority(spec: dict[str, Any], computed: int) -> Iterator[Fault]:
    given = spec.get("priority")
    if given is not None and given != computed:
        yield _not_given("priority", f"the integer value of priority ({given})", str(computed))
    policy = spec.get("preemptionPolicy")
    if policy == "Never":
        yield _not_given("preemptionPolicy", f"the string value of PreemptionPolicy ({policy})", "PreemptLowerPriority")


def _not_given(field: str, value: str, computed: str) -> Fault:
    return forbidden(
        ("spec", field),
        f"{value} must not be provided in pod spec; priority admission controller computed {computed} from the given "
        "PriorityClass name",
    )
