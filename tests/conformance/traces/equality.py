"""When a predicted step equals a recorded one.

Counted: the act, the net change of every ReplicaSet, whether the event was refused, and the state. Not counted, because
it is random or races in a real control plane: which of several pods made together is meant (the number after `#`), the
order within a wave, the single writes within a step and the most pods at a moment, and the reason of `Progressing`
in the middle of a rollout.
"""

from __future__ import annotations

import re
from typing import Any

SURE_REASONS = ("NewReplicaSetAvailable", "DeploymentPaused", "ProgressDeadlineExceeded")
_NUMBER = re.compile(r"#\d+(\[\d+\])?(@\S+)?")


def comparable(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "act": _act(step["act"]),
        "scaled": _net(step.get("rs_scaled", ())),
        "refused": bool(step.get("rc")),
        "state": _state(step["state"]),
    }


def _act(act: str | dict[str, list[str]]) -> Any:
    if isinstance(act, str):
        return _NUMBER.sub("#", act)
    return {kind: sorted(_NUMBER.sub("#", pod) for pod in pods) for kind, pods in act.items() if pods}


def _net(changes: Any) -> dict[str, tuple[Any, Any]]:
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for name, before, after in changes:
        first.setdefault(name, before)
        last[name] = after
    return {name: (first[name], last[name]) for name in first if first[name] != last[name]}


def _state(state: dict[str, Any]) -> dict[str, Any]:
    shown = {section: entries for section, entries in state.items() if entries}
    if "deployments" in shown:
        shown["deployments"] = {
            name: {**entry, "conditions": _conditions(entry["conditions"])}
            for name, entry in shown["deployments"].items()
        }
    return shown


def _conditions(conditions: dict[str, str]) -> dict[str, str]:
    progress = conditions.get("Progressing")
    if progress is None or progress.partition(":")[2] in SURE_REASONS:
        return conditions
    return {**conditions, "Progressing": progress.partition(":")[0]}
