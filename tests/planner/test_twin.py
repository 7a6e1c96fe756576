"""A component that is not simulated itself, because a twin was, gets the very frames that it would have had."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kplan.differ import Storage
from kplan.model import Manifest
from kplan.planner.component import Component, components
from kplan.planner.simulation import Options, simulate
from kplan.planner.twin import Simulator
from tests.planner.manifest import deployment, manifest, service

SIDES = {
    "image": ({}, {"image": "{}:2"}),
    "scale": ({}, {"replicas": 7}),
    "recreate": ({"strategy": {"type": "Recreate"}}, {"strategy": {"type": "Recreate"}, "image": "{}:2"}),
    "history": ({"revisionHistoryLimit": 0}, {"revisionHistoryLimit": 0, "image": "{}:2"}),
    "paused": ({}, {"paused": True, "image": "{}:2"}),
}


def web(name: str, options: dict[str, Any]) -> dict[str, Any]:
    return deployment(
        name, **{"image": f"{name}:1", **{k: v.format(name) if k == "image" else v for k, v in options.items()}}
    )


def both(before: Manifest, after: Manifest) -> list[Component]:
    return components(list(before), list(after))


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("policy", ["batch", "seq"])
def test_the_same_frames(name: str, policy: Any) -> None:
    sides = [
        manifest(*itertools.chain.from_iterable((web(each, side), service(each)) for each in ("a", "b", "c")))
        for side in SIDES[name]
    ]
    found = both(*sides)
    options = Options(36, policy)
    simulator = Simulator(options, Storage(36))
    assert len(found) == 3
    for component in found:
        assert simulator.simulate(component, ()).frames == simulate(component, (), options).frames


def test_twins_share_one_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    import kplan.planner.twin as room

    done = []
    monkeypatch.setattr(room, "simulate", lambda component, *rest: done.append(component) or simulate(component, *rest))
    simulator = Simulator(Options(36), Storage(36))
    for component in both(Manifest(), manifest(deployment("a"), deployment("b"), deployment("c", replicas=4))):
        simulator.simulate(component, ())
    assert len(done) == 2


def test_what_is_not_the_same_is_no_twin() -> None:
    simulator = Simulator(Options(36, never_ready=("bad",)), Storage(36))
    before = manifest(deployment("a"), deployment("b"))
    after = manifest(deployment("a", image="bad"), deployment("b", image="good"))
    ends = [simulator.simulate(component, ()).last for component in both(before, after)]
    assert [end.objects("deployments")[name]["ready"] for name, end in zip("ab", ends, strict=True)] == [3, 3]
    assert [end.objects("deployments")[name]["updated"] for name, end in zip("ab", ends, strict=True)] == [1, 3]
