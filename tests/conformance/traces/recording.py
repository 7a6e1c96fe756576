"""Recorded traces: reading them, predicting their steps, and comparing the two."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from equality import comparable

from kplan.simulator.scenario import play
from kplan.simulator.scenario_file import scenario_of

HERE = Path(__file__).parent
AT_1_36 = HERE
AT_1_30 = HERE.parent / "traces-1.30"
MINORS = {AT_1_36: 36, AT_1_30: 30}

Steps = list[dict[str, Any]]


@cache
def recordings(folder: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted(folder.glob("*.json.gz")):
        for trace in json.loads(gzip.decompress(path.read_bytes())):
            found[trace["name"]] = trace
    return found


def cases(folder: Path) -> list[Any]:
    return [
        pytest.param(name, policy, id=f"{trace['family']}/{name}-{policy}")
        for name, trace in recordings(folder).items()
        for policy in trace["traces"]
    ]


@cache
def predicted(folder: Path, name: str, policy: Any) -> Steps:
    scenario = scenario_of(recordings(folder)[name], name, folder)
    return [step.as_dict() for step in play(scenario, policy, minor=MINORS[folder])]


def assert_as_recorded(steps: Steps, trace: dict[str, Any], policy: str) -> None:
    """Of a trace whose recorder found that the reason of `Progressing` is a race in it, this reason does not count."""
    recorded = trace["traces"][policy]
    compared = without_reason if trace.get("compared_with_v1.36.3") == "race" else comparable
    for number, (step, truth) in enumerate(zip(steps, recorded, strict=False)):
        if "unsettled" in truth:
            continue
        assert compared(step) == compared(truth), f"step {number}"
    assert len(steps) == len(recorded)


def without_reason(step: dict[str, Any]) -> dict[str, Any]:
    result = comparable(step)
    for deployment in result["state"].get("deployments", {}).values():
        status, colon, _ = deployment["conditions"].get("Progressing", "").partition(":")
        if colon:
            deployment["conditions"] = {**deployment["conditions"], "Progressing": status}
    return result


def number_of_steps(folder: Path) -> int:
    return sum(len(steps) for trace in recordings(folder).values() for steps in trace["traces"].values())
