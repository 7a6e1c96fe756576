"""Risks beside the recordings: what a plan warns of is what the real control plane does, and at that very step.

The traces are those of `../traces`. A plan is made of what had been applied before an apply and what was there after
it; the recording of that apply says where each risk has to show, and that there is none where it does not.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kplan.loader import load_text
from kplan.model import Manifest
from kplan.pipeline import plan_manifests
from kplan.planner.model import Plan, Risk

TRACES = Path(__file__).resolve().parents[1] / "traces"
POLICIES = ("seq", "batch")
State = dict[str, Any]


class Recorded(NamedTuple):
    """An apply in a recording: the state before and after it, and after each act up to the next event."""

    trace: dict[str, Any]
    event: int
    policy: str

    @property
    def states(self) -> list[State]:
        steps = self.trace["traces"][self.policy]
        start = next(i for i, step in enumerate(steps) if step.get("event") == self.event)
        end = next((i for i in range(start + 1, len(steps)) if "event" in steps[i]), len(steps))
        return [steps[start - 1]["state"], *(step["state"] for step in steps[start:end])]

    def texts(self, upto: int) -> list[str]:
        events = self.trace["events"][:upto]
        return [self.trace["manifests"][event["apply"]] for event in events if "apply" in event]


@cache
def recordings() -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted(TRACES.glob("*.json.gz")):
        for trace in json.loads(gzip.decompress(path.read_bytes())):
            found[trace["name"]] = trace
    return found


def manifest(texts: list[str]) -> Manifest:
    """All that was applied, the last form of each object."""
    last = {resource.ref: resource for text in texts for resource in load_text(text)}
    return Manifest(tuple(last.values()))


@cache
def plan(name: str, event: int, policy: Any) -> Plan:
    recorded = Recorded(recordings()[name], event, policy)
    before, after = manifest(recorded.texts(event)), manifest(recorded.texts(event + 1)[-1:])
    return plan_manifests(before, after, minor=36, policy=policy, never_ready=tuple(recorded.trace["never_ready"]))


def second_applies() -> Iterator[Any]:
    """Every second apply that comes to a cluster at rest, after which nothing but the kubelet acts."""
    for name, trace in recordings().items():
        events = trace["events"]
        applied = [number for number, event in enumerate(events) if "apply" in event]
        if len(applied) < 2 or any("apply" not in event for event in events[: applied[1]]):
            continue
        event, number = events[applied[1]], applied[1]
        later = events[number + 1 :]
        cut = bool(later) and ("after_acts" in later[0] or "after_batches" in later[0])
        first = trace["manifests"][events[applied[0]]["apply"]]
        sick = any(image in first for image in trace["never_ready"])
        if set(event) == {"apply"} and not sick and not cut and not trace["job_fail"]:
            for policy in POLICIES:
                yield pytest.param(name, number, policy, id=f"{name}-{policy}")


SECOND = list(second_applies())


def said(found: Plan, rule: str, name: str | None = None) -> list[Risk]:
    return [risk for risk in found.risks if risk.rule == rule and (name is None or str(risk.ref) == name)]


@pytest.mark.parametrize(("name", "event", "policy"), SECOND)
def test_outages_are_where_they_were_recorded(name: str, event: int, policy: str) -> None:
    states = Recorded(recordings()[name], event, policy).states
    for service in states[0].get("services", {}):
        ready = [state.get("services", {}).get(service, {}).get("ready", 0) for state in states]
        empty = [step for step, count in enumerate(ready) if not count] if ready[0] else []
        risks = said(plan(name, event, policy), "service-outage", f"service/{service}")
        assert [risk.step for risk in risks] == empty[:1]


@pytest.mark.parametrize(("name", "event", "policy"), SECOND)
def test_budgets_are_broken_where_it_was_recorded(name: str, event: int, policy: str) -> None:
    states = Recorded(recordings()[name], event, policy).states
    for budget, first in states[0].get("pdbs", {}).items():
        shown = [state.get("pdbs", {}).get(budget) for state in states]
        broken = [n for n, one in enumerate(shown) if one and one["healthy"] < one["desired"] and one["expected"]]
        broken = broken if first["healthy"] >= first["desired"] else []
        risks = said(plan(name, event, policy), "availability-below-budget", f"poddisruptionbudget/{budget}")
        assert [risk.step for risk in risks] == broken[:1]


@pytest.mark.parametrize(("name", "event", "policy"), SECOND)
def test_revisions_are_lost_where_it_was_recorded(name: str, event: int, policy: str) -> None:
    states = Recorded(recordings()[name], event, policy).states
    for deployment in states[-1].get("deployments", {}):
        owned = [rs for rs, one in states[0].get("replicasets", {}).items() if one.get("owner") == deployment]
        gone = [n for n, state in enumerate(states) for rs in owned if rs not in state.get("replicasets", {})]
        risks = said(plan(name, event, policy), "lost-revision", f"deployment/{deployment}")
        assert [risk.step for risk in risks] == gone[:1]


@pytest.mark.parametrize(("name", "event", "policy"), SECOND)
def test_rollouts_stop_where_it_was_recorded(name: str, event: int, policy: str) -> None:
    """Where new pods never become ready, the risk names the step after which nothing happened any more."""
    trace = recordings()[name]
    states = Recorded(trace, event, policy).states
    for deployment, shown in states[-1].get("deployments", {}).items():
        text = trace["manifests"][trace["events"][event]["apply"]]
        sick = [image for image in trace["never_ready"] if image in text]
        stuck = bool(sick) and shown["available"] < shown["replicas"]
        risks = said(plan(name, event, policy), "new-pods-never-ready", f"deployment/{deployment}")
        assert [risk.step for risk in risks] == ([len(states) - 1] if stuck else [])


@pytest.mark.parametrize(("name", "event", "policy"), SECOND)
def test_daemon_sets_leave_nodes_alone_where_it_was_recorded(name: str, event: int, policy: str) -> None:
    states = Recorded(recordings()[name], event, policy).states
    for daemon_set, first in states[0].get("daemonsets", {}).items():
        rolled = [one for one in plan(name, event, policy).rollouts if one.ref.kind == "DaemonSet"]
        available = [state["daemonsets"][daemon_set]["available"] for state in states]
        low = [step for step, count in enumerate(available) if count < first["available"]]
        risks = said(plan(name, event, policy), "node-without-daemon", f"daemonset/{daemon_set}")
        assert [risk.step for risk in risks] == (low[:1] if rolled and rolled[0].effect == "roll" else [])


@pytest.mark.parametrize(("name", "event", "policy"), SECOND)
def test_claims_go_where_it_was_recorded(name: str, event: int, policy: str) -> None:
    states = Recorded(recordings()[name], event, policy).states
    claims = states[0].get("pvcs", {})
    gone = [n for n, state in enumerate(states) for claim in claims if claim not in state.get("pvcs", {})]
    risks = said(plan(name, event, policy), "volume-claim-deleted")
    assert [risk.step for risk in risks] == gone[:1]


def first_with(condition: Callable[[State], bool]) -> Callable[[list[State]], int]:
    return lambda states: next(step for step, state in enumerate(states) if step and condition(state))


def last(states: list[State]) -> int:
    return len(states) - 1


def failing(state: State) -> bool:
    return "ReplicaFailure" in state["deployments"]["web"]["conditions"]


def both_serve(state: State) -> bool:
    return len(state["services"]["web"].get("by", {})) == 2


def shrunk(state: State) -> bool:
    return bool(state["deployments"]["web"]["spec"] < 5)


def gone(state: State) -> bool:
    return not state["services"]["web"]["ready"]


NAMED = [
    ("svc-recreate-outage", 1, "service-outage", "service/web", first_with(gone)),
    ("svc-label-dropped", 1, "service-outage", "service/web", first_with(gone)),
    (
        "svc-selector-and-label-together",
        1,
        "service-outage",
        "service/web",
        first_with(gone),
    ),
    ("quota-blocks-surge", 3, "surge-over-quota", "deployment/web", first_with(failing)),
    (
        "rename-deployment-same-selector",
        1,
        "renamed-workload-left-behind",
        "deployment/web-new",
        first_with(both_serve),
    ),
    ("hpa-remove-replicas-from-manifest", 1, "replicas-reset", "deployment/web", first_with(shrunk)),
    ("stall-r10-sdef-udef", 1, "new-pods-never-ready", "deployment/web", last),
    ("stall-r3-sdef-udef", 1, "new-pods-never-ready", "deployment/web", last),
    ("stall-r2-s0-u1", 1, "new-pods-never-ready", "deployment/web", last),
    ("sts-bad-image-then-fix", 1, "stateful-set-stuck", "statefulset/db", last),
    ("sts-pvc-scale-down-retain", 1, "volume-claim-left-behind", "statefulset/db", last),
]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("name", "event", "rule", "ref", "where"), NAMED, ids=[f"{c[0]}-{c[2]}" for c in NAMED])
def test_named_case(name: str, event: int, rule: str, ref: str, where: Callable[..., int], policy: str) -> None:
    states = Recorded(recordings()[name], event, policy).states
    (risk,) = said(plan(name, event, policy), rule, ref)
    assert risk.step == where(states)


@pytest.mark.parametrize("policy", POLICIES)
def test_shares_of_a_service_are_as_recorded(policy: str) -> None:
    name = "svc-two-deployments-overlap"
    by = Recorded(recordings()[name], 1, policy).states[-1]["services"]["both"]["by"]
    (risk,) = said(plan(name, 1, policy), "shared-service")
    assert str(risk.ref) == "service/both"
    for owner, count in by.items():
        assert f"deployment/{owner.partition('-')[0]} has {count}" in risk.message


@pytest.mark.parametrize("policy", POLICIES)
def test_shares_of_a_renamed_workload_are_as_recorded(policy: str) -> None:
    name = "rename-deployment-same-selector"
    by = Recorded(recordings()[name], 1, policy).states[-1]["services"]["web"]["by"]
    (risk,) = said(plan(name, 1, policy), "renamed-workload-left-behind")
    old = next(count for owner, count in by.items() if not owner.startswith("web-new"))
    assert f"{old} of {sum(by.values())} endpoints of service/web" in risk.message


@pytest.mark.parametrize("policy", POLICIES)
def test_a_config_map_restarts_nothing_in_the_recording_either(policy: str) -> None:
    name = "configmap-change-no-roll"
    states = Recorded(recordings()[name], 1, policy).states
    assert states[0]["pods"] == states[-1]["pods"]
    (risk,) = said(plan(name, 1, policy), "config-change-without-restart")
    assert (str(risk.ref), risk.step) == ("configmap/cfg", 1)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_fix_of_a_stuck_stateful_set_waits_in_the_recording_too(policy: str) -> None:
    trace = recordings()["sts-bad-image-then-fix"]
    states = Recorded(trace, 2, policy).states
    (risk,) = said(plan("sts-bad-image-then-fix", 1, policy), "stateful-set-stuck")
    stuck = next(pod for pod in ("db-0", "db-1", "db-2") if f"pod {pod} " in risk.message)
    bad = states[0]["statefulsets"]["db"]["revs"][stuck]
    assert states[-1]["statefulsets"]["db"]["revs"][stuck] == bad


def test_there_is_enough_to_compare() -> None:
    assert len(SECOND) > 150
