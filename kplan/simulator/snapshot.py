"""What there is at one moment, in the form of the recordings."""

from __future__ import annotations

from typing import Any

from kplan.controllers.registry import controllers
from kplan.controllers.state import SHOWN, Cohort, Obj, State

Snapshot = dict[str, Any]


def snapshot(state: State, namespace: str) -> Snapshot:
    """All that is shown of one namespace: a section for each kind that has objects, and `pods` by owner."""
    shown: Snapshot = {}
    for controller in controllers().values():
        objects = sorted(state.of_kind(controller.kind, namespace), key=_place)
        if objects:
            shown[controller.section] = {obj.name: controller.shown(state, obj) for obj in objects}
    shown["pods"] = pods(state, namespace)
    return shown


def _place(obj: Obj) -> tuple[int, str]:
    """ReplicaSets are shown in the order they were made, all else by name."""
    return obj.since if obj.kind == "ReplicaSet" else 0, obj.name


def pods(state: State, namespace: str) -> dict[str, dict[str, int]]:
    """The number of pods by condition, for each owner; pods without one are grouped by what they are named after."""
    groups: dict[str, dict[str, int]] = {}
    for cohort in state.cohorts.get(namespace, {}).values():
        if cohort.owner is not None:
            _count(groups.setdefault(cohort.owner.name, {}), cohort)
            continue
        for pod in cohort.pods.values():
            name = f"{pod.generate_name}*" if pod.generate_name else pod.name
            group = groups.setdefault(f"(none)/{name}", {})
            group[SHOWN[pod.state]] = group.get(SHOWN[pod.state], 0) + 1
    return dict(sorted(groups.items()))


def _count(group: dict[str, int], cohort: Cohort) -> None:
    for name, number in zip(SHOWN, cohort.counts, strict=True):
        if number:
            group[name] = group.get(name, 0) + number
