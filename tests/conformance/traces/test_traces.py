"""Every step of every recorded trace, under both kubelet policies.

Each `*.json.gz` holds the traces of one family, recorded from etcd, kube-apiserver and kube-controller-manager 1.36.3
with a deterministic stand-in for kubelet and scheduler; those in `../traces-1.30` are from 1.30.14.
"""

from __future__ import annotations

import pytest
from legality import Limits, illegal_writes
from recording import AT_1_30, AT_1_36, assert_as_recorded, cases, number_of_steps, predicted, recordings


@pytest.mark.parametrize(("name", "policy"), cases(AT_1_36))
def test_steps_are_as_recorded(name: str, policy: str) -> None:
    assert_as_recorded(predicted(AT_1_36, name, policy), recordings(AT_1_36)[name], policy)


@pytest.mark.parametrize(("name", "policy"), cases(AT_1_30))
def test_steps_are_as_recorded_at_1_30(name: str, policy: str) -> None:
    assert_as_recorded(predicted(AT_1_30, name, policy), recordings(AT_1_30)[name], policy)


@pytest.mark.parametrize(("name", "policy"), cases(AT_1_36))
def test_writes_within_a_step_are_legal(name: str, policy: str) -> None:
    trace = recordings(AT_1_36)[name]
    limits, before = Limits({}), {}
    for number, step in enumerate(predicted(AT_1_36, name, policy)):
        event = trace["events"][step["event"]] if "event" in step else {}
        if "apply" in event and not step.get("rc"):
            limits.apply(trace["manifests"][event["apply"]])
        assert list(illegal_writes(before, step, limits)) == [], f"step {number}"
        before = step["state"]


def test_all_families_are_here() -> None:
    assert len(recordings(AT_1_36)) == 220
    assert number_of_steps(AT_1_36) == 8362
    assert len(recordings(AT_1_30)) == 27
    assert number_of_steps(AT_1_30) == 685
