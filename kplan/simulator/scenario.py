"""Scenarios: manifests, and what happens to them, played under a kubelet policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kplan.errors import UsageError
from kplan.model import Manifest
from kplan.simulator.event import fire
from kplan.simulator.step import Step
from kplan.simulator.world import Policy, World

STEP_S = 2.5
"""The virtual time that a step takes, in seconds: timers of a second or two come due within it."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What to play. `manifests` maps a name to its objects; each event is a map as in the recordings.

    `nodes` are names, and then every pod fits every node, or Node objects by name. `minor` is the Kubernetes minor to
    judge by where nobody says another; None leaves it open. `namespace` is the one that is shown, and that objects go
    to that name none.
    """

    name: str
    events: tuple[Mapping[str, Any], ...]
    manifests: Mapping[str, Manifest]
    nodes: tuple[str, ...] | Mapping[str, Any] = ("node-1", "node-2", "node-3")
    never_ready: tuple[str, ...] = ()
    job_fail: Mapping[str, int] = field(default_factory=dict)
    max_acts: int = 100_000
    minor: int | None = None
    namespace: str = "default"


def play(scenario: Scenario, policy: Policy, minor: int) -> Iterator[Step]:
    """The steps of a scenario: one for each event, and one for each kubelet act or wave that changes anything.

    An event with `after_acts` comes after so many acts (`after_batches` waves, default 1, under the policy `batch`);
    any other comes when no act is left.
    """
    world = World(
        minor=minor,
        nodes=scenario.nodes,
        never_ready=scenario.never_ready,
        job_fail=scenario.job_fail,
        step_s=STEP_S,
        namespace=scenario.namespace,
    )
    last: dict[str, Any] = {}
    for index, event in enumerate(scenario.events):
        try:
            label, rc, message = fire(world, event, scenario.manifests)
        except UsageError as error:
            raise UsageError(f"events[{index}]: {error}") from None
        step = world.report(label, event=index, rc=rc, message=message)
        last = step.state
        yield step
        following = scenario.events[index + 1] if index + 1 < len(scenario.events) else {}
        for step in world.run(policy, _limit(following, policy, scenario.max_acts)):
            if step.rs_scaled or step.state != last:
                yield step
            last = step.state


def _limit(event: Mapping[str, Any], policy: Policy, most: int) -> int:
    if event.get("after_acts") is None:
        return most
    return int(event["after_acts"] if policy == "seq" else event.get("after_batches", 1))
