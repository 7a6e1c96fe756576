"""The laws can be broken: each of them finds a plan that was tampered with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kplan.model import Manifest
from kplan.pipeline import plan_manifests
from kplan.planner.laws import LAWS, broken
from kplan.planner.model import Effect, Plan, Rollout
from tests.planner.manifest import deployment, manifest

BEFORE, AFTER = manifest(deployment()), manifest(deployment(image="shop:2"))


def plan(after: Manifest = AFTER, **options: bool) -> Plan:
    return plan_manifests(BEFORE, after, minor=36, **options)  # type: ignore[arg-type]


def tampered(change: Callable[[Rollout], Rollout], found: Plan) -> Plan:
    return replace(found, rollouts=tuple(map(change, found.rollouts)))


def down(each: Rollout) -> Rollout:
    return replace(each, steps=(*each.steps[:3], replace(each.steps[3], available=1), *each.steps[4:]))


def crowded(each: Rollout) -> Rollout:
    return replace(each, steps=(*each.steps[:3], replace(each.steps[3], pods=9), *each.steps[4:]))


def endless(each: Rollout) -> Rollout:
    return replace(each, finished=False)


def rolled(each: Rollout) -> Rollout:
    return replace(each, effect=Effect.ROLL, old_names=("web-0",))


def elsewhere(each: Rollout) -> Rollout:
    return replace(each, new_name="web-0")


def test_all_is_well() -> None:
    assert broken(plan(), plan(undo=True)) == ()
    assert broken(plan(manifest(deployment(replicas=5)))) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            down,
            "availability never below the minimum: deployment/web (step 3): 1 available, and the strategy demands 3",
        ),
        (crowded, "never more pods than allowed: deployment/web (step 3): 8 pods, and the strategy allows 4"),
        (endless, "every healthy rollout ends: deployment/web (step 8): it does not end"),
    ],
)
def test_a_rollout_that_breaks_a_law(change: Callable[[Rollout], Rollout], said: str) -> None:
    assert [str(fault) for fault in broken(tampered(change, plan()))] == [said]


def test_scaling_that_rolls() -> None:
    found = tampered(rolled, plan(manifest(deployment(replicas=5))))
    assert "a scale-only change makes no ReplicaSet" in {fault.law for fault in broken(found)}


def test_a_way_back_that_leads_elsewhere() -> None:
    (fault,) = broken(plan(), tampered(elsewhere, plan(undo=True)))
    assert str(fault) == "rollback returns to the old hash: deployment/web: it leads to web-0, not to web-855974b5c8"


def test_what_is_stuck_is_not_to_end() -> None:
    found = plan_manifests(BEFORE, AFTER, minor=36, never_ready=("shop:2",))
    assert not found.rollouts[0].finished
    assert broken(found) == ()


def test_every_law_has_a_name_and_a_docstring() -> None:
    assert all(law.__doc__ for law in LAWS.values())


PROGRAM = """
import sys
from kplan.cli import main
from kplan.planner import laws
if "--broken" in sys.argv:
    sys.argv.remove("--broken")
    laws.LAWS["nothing is ever planned"] = lambda plan: (
        laws.Broken("nothing is ever planned", change.ref, "it is") for change in plan.changes
    )
main()
"""


@pytest.mark.parametrize(("more", "code"), [((), 0), (("--undo",), 0), (("--broken",), 3)])
def test_check(more: tuple[str, ...], code: int, tmp_path: Path) -> None:
    for name, each in (("before", deployment()), ("after", deployment(image="shop:2"))):
        (tmp_path / f"{name}.json").write_text(json.dumps(each))
    command = [sys.executable, "-c", PROGRAM, "plan", "--from", "before.json", "after.json", "--check", *more]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1].startswith("Plan: 1 to change")
    assert done.stderr == ("law broken: nothing is ever planned: deployment/web: it is\n" if code else "")
