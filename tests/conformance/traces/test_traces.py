"""Every step of every recorded trace, under both kubelet policies.

Each `*.json.gz` holds the traces of one family, recorded from etcd, kube-apiserver and kube-controller-manager 1.36.3
with a deterministic stand-in for kubelet and scheduler.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from equality import comparable
from legality import Limits, illegal_writes

from kplan.simulate.scenario import play
from kplan.simulate.scenario_file import scenario_of

HERE = Path(__file__).parent


@cache
def recordings() -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted(HERE.glob("*.json.gz")):
        for trace in json.loads(gzip.decompress(path.read_bytes())):
            found[trace["name"]] = trace
    return found


CASES = [
    pytest.param(name, policy, id=f"{trace['family']}/{name}-{policy}")
    for name, trace in recordings().items()
    for policy in trace["traces"]
]


@cache
def predicted(name: str, policy: Any) -> list[dict[str, Any]]:
    scenario = scenario_of(recordings()[name], name, HERE)
    return [step.as_dict() for step in play(scenario, policy, minor=36)]


@pytest.mark.parametrize(("name", "policy"), CASES)
def test_steps_are_as_recorded(name: str, policy: str) -> None:
    recorded = recordings()[name]["traces"][policy]
    steps = predicted(name, policy)
    for number, (step, truth) in enumerate(zip(steps, recorded, strict=False)):
        if "unsettled" in truth:
            continue
        assert comparable(step) == comparable(truth), f"step {number}"
    assert len(steps) == len(recorded)


@pytest.mark.parametrize(("name", "policy"), CASES)
def test_writes_within_a_step_are_legal(name: str, policy: str) -> None:
    trace = recordings()[name]
    limits, before = Limits({}), {}
    for number, step in enumerate(predicted(name, policy)):
        event = trace["events"][step["event"]] if "event" in step else {}
        if "apply" in event and not step.get("rc"):
            limits.apply(trace["manifests"][event["apply"]])
        assert list(illegal_writes(before, step, limits)) == [], f"step {number}"
        before = step["state"]


def test_all_families_are_here() -> None:
    assert len(recordings()) == 220
    assert sum(len(steps) for trace in recordings().values() for steps in trace["traces"].values()) == 8362
