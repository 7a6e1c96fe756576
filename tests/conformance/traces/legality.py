"""Whether the writes within a predicted step are a legal order: never above the surge, never below the minimum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kplan.loader import parse_documents

State = dict[str, Any]


@dataclass
class Limits:
    """Surge and unavailability as last applied, by Deployment; None where the strategy is Recreate.

    `written` are the replicas as last applied: an autoscaler may change them within the step.
    """

    rolling: dict[str, tuple[Any, Any] | None]
    written: dict[str, int] = field(default_factory=dict)

    def apply(self, text: str) -> None:
        for document in parse_documents(text):
            if document.get("kind") != "Deployment":
                continue
            strategy = document["spec"].get("strategy") or {}
            rolling = strategy.get("rollingUpdate") or {}
            limits = rolling.get("maxSurge", "25%"), rolling.get("maxUnavailable", "25%")
            self.written[document["metadata"]["name"]] = document["spec"].get("replicas", 1)
            self.rolling[document["metadata"]["name"]] = None if strategy.get("type") == "Recreate" else limits

    def bounds(self, deployment: str, replicas: int) -> tuple[int, int] | None:
        """The most pods, and the fewest that must be available."""
        limits = self.rolling.get(deployment)
        if limits is None:
            return None
        most = max(replicas, self.written.get(deployment, 0))
        surge, missing = _pods(limits[0], most, up=True), _pods(limits[1], replicas, up=False)
        if surge == missing == 0:
            missing = 1
        return most + surge, replicas - missing


def _pods(value: int | str, replicas: int, *, up: bool) -> int:
    if isinstance(value, int):
        return value
    exact = int(value.rstrip("%")) * replicas
    return (exact + 99) // 100 if up else exact // 100


def illegal_writes(before: State, step: dict[str, Any], limits: Limits) -> Iterator[str]:
    after = step["state"]
    old, new = before.get("replicasets", {}), after.get("replicasets", {})
    owner = {name: entry["owner"] for name, entry in {**old, **new}.items()}
    size = {name: entry["spec"] for name, entry in old.items()}
    serving = {name: entry["available"] for name, entry in old.items()}
    for pod in _made_ready(step["act"]):
        serving[pod] = serving.get(pod, 0) + 1
    for name, _, to in step.get("rs_scaled", ()):
        deployment = owner.get(name)
        entry = after.get("deployments", {}).get(deployment)
        bounds = entry and limits.bounds(deployment, entry["spec"])
        mine = [one for one in owner if owner[one] == deployment]
        total, served = _total(size, mine), _served(size, serving, mine)
        size[name] = to or 0
        if not bounds:
            continue
        if _total(size, mine) > max(total, bounds[0]):
            yield f"{name} to {to}: {_total(size, mine)} pods, {bounds[0]} are allowed"
        if _was_scaled(before, after, deployment):
            continue  # scaling in proportion looks at sizes only: recordings show it go below the minimum
        if _served(size, serving, mine) < min(served, bounds[1]):
            yield f"{name} to {to}: {_served(size, serving, mine)} pods serve, {bounds[1]} must"


def _was_scaled(before: State, after: State, deployment: str) -> bool:
    old = before.get("deployments", {}).get(deployment)
    return old is not None and old["spec"] != after["deployments"][deployment]["spec"]


def _made_ready(act: str | dict[str, list[str]]) -> list[str]:
    if isinstance(act, str):
        act = {"ready": [act.removeprefix("ready ")]} if act.startswith("ready ") else {}
    pods = act.get("ready", [])
    return [pod.partition("#")[0] for pod in pods]


def _total(size: dict[str, int], names: list[str]) -> int:
    return sum(size.get(name, 0) for name in names)


def _served(size: dict[str, int], serving: dict[str, int], names: list[str]) -> int:
    return sum(min(size.get(name, 0), serving.get(name, 0)) for name in names)
