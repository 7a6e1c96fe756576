"""Steps as a table for people: one line a step, one column for each owner of pods and each Service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kplan.simulator.step import Act, Step

LEGEND = "pods: ready/desired, +starting, -terminating; svc: ready endpoints"
_ACT_WIDTH = 34
_STARTING = ("unscheduled", "pending", "unready")


def heading(name: str, policy: str, steps: Sequence[Step]) -> str:
    """The line above a table: what was played, how long it took, and what the cells mean."""
    return f"{name}, {policy}: {len(steps)} step{'' if len(steps) == 1 else 's'} ({LEGEND})"


def table(steps: Sequence[Step]) -> str:
    """The steps as lines of text; a refused event has its reason on a line below."""
    states = [step.state for step in steps]
    owners = _names(state.get("pods", {}) for state in states)
    services = _names(state.get("services", {}) for state in states)
    rows = [["#", "act", *owners, *(f"svc {name}" for name in services), ""]]
    before: dict[str, str] = {}
    for number, (step, state) in enumerate(zip(steps, states, strict=True), 1):
        conditions = _conditions(state)
        news = ", ".join(text for key, text in conditions.items() if before.get(key) != text)
        before = conditions
        cells = [_pods(state, owner) for owner in owners] + [_service(state, name) for name in services]
        rows.append([str(number), act_text(step.act), *cells, news])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(_with_reasons(lines, steps, widths[0] + 2))


def _with_reasons(lines: list[str], steps: Sequence[Step], indent: int) -> Iterable[str]:
    yield lines[0]
    for line, step in zip(lines[1:], steps, strict=True):
        yield line
        if step.rc:
            yield " " * indent + f"refused: {step.message}"


def act_text(act: Act) -> str:
    """An act in few characters: a wave as the number of pods for each kind of act.

    >>> act_text({"finish": ["web-7874c6d779#1"], "bind": ["web-b7c5fbb56#1", "web-b7c5fbb56#2"]})
    'finish 1, bind 2'
    """
    text = act if isinstance(act, str) else ", ".join(f"{kind} {len(pods)}" for kind, pods in act.items())
    return text if len(text) <= _ACT_WIDTH else text[: _ACT_WIDTH - 1] + "…"


def _names(sections: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for section in sections for name in section))


def _pods(state: dict[str, Any], owner: str) -> str:
    pods = state.get("pods", {}).get(owner)
    desired = _desired(state, owner)
    if pods is None and not desired:
        return "" if desired is None else "0/0"
    pods = pods or {}
    text = str(pods.get("ready", 0)) + ("" if desired is None else f"/{desired}")
    starting = sum(pods.get(one, 0) for one in _STARTING)
    for sign, count in (("+", starting), ("-", pods.get("terminating", 0))):
        text += f" {sign}{count}" if count else ""
    ended = pods.get("succeeded", 0), pods.get("failed", 0)
    return text + (f" {ended[0]} done" if ended[0] else "") + (f" {ended[1]} failed" if ended[1] else "")


def _desired(state: dict[str, Any], owner: str) -> int | None:
    sections = (("replicasets", "spec"), ("statefulsets", "spec"), ("daemonsets", "desired"), ("jobs", "parallelism"))
    for section, key in sections:
        entry = state.get(section, {}).get(owner)
        if entry is not None:
            return int(entry.get(key) or 0)
    return None


def _service(state: dict[str, Any], name: str) -> str:
    entry = state.get("services", {}).get(name)
    return "" if entry is None else str(entry["ready"])


def _conditions(state: dict[str, Any]) -> dict[str, str]:
    """What a Deployment's conditions say, in words; only what is worth a word."""
    texts: dict[str, str] = {}
    for name, entry in state.get("deployments", {}).items():
        conditions = entry["conditions"]
        texts[f"{name} available"] = (
            f"{name} {'available' if conditions.get('Available', '').startswith('True') else 'unavailable'}"
        )
        reason = conditions.get("Progressing", "").partition(":")[2]
        if reason in _WORDS:
            texts[f"{name} progress"] = f"{name} {_WORDS[reason]}"
        if "ReplicaFailure" in conditions:
            texts[f"{name} failure"] = f"{name}: pods refused"
    return texts


_WORDS = {
    "NewReplicaSetAvailable": "rolled out",
    "ProgressDeadlineExceeded": "missed its progress deadline",
    "DeploymentPaused": "paused",
}
