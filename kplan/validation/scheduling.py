"""PriorityClasses.

Source: kubernetes v1.36 pkg/apis/scheduling/validation, pkg/apis/scheduling/v1 helpers.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.validation.check import Obj, chosen
from kplan.validation.fault import Fault, forbidden
from kplan.validation.meta import object_meta

_HIGHEST = 1_000_000_000
_SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


def priority_class(data: Obj, minor: int) -> Iterator[Fault]:
    """A PriorityClass."""
    del minor
    yield from object_meta(data, namespaced=False)
    name, value = (data.get("metadata") or {}).get("name") or "", data.get("value") or 0
    if name.startswith("system-"):
        if error := _system_error(name, value, bool(data.get("globalDefault"))):
            text = f"priority class names with 'system-' prefix are reserved for system use only. error: {error}"
            yield forbidden(("metadata", "name"), text)
    elif value > _HIGHEST:
        yield forbidden(("value",), f"maximum allowed value of a user defined priority is {_HIGHEST}")
    policy = data.get("preemptionPolicy")
    if policy is not None:
        yield from chosen(policy, ("PreemptLowerPriority", "Never"), ("preemptionPolicy",))


def _system_error(name: str, value: int, is_default: bool) -> str | None:
    if name not in _SYSTEM:
        return f"{name} is not a known system priority class"
    if value != _SYSTEM[name]:
        return f"value of {name} PriorityClass must be {_SYSTEM[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if is_default else None


CHECKS = {"PriorityClass": priority_class}
