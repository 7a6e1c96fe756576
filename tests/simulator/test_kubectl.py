"""kubectl commands of scenarios."""

from __future__ import annotations

import pytest
from cluster import deployment, rolled_out, service, sizes, status

from kplan.errors import UsageError
from kplan.simulator.kubectl import run
from kplan.simulator.world import World


def web(**spec: object) -> World:
    world = rolled_out(deployment(**spec))
    world.apply([deployment(image="app:v2", **spec)])
    world.settle_ready()
    return world


@pytest.mark.parametrize("line", ["scale deployment/web --replicas=5", "scale deploy web --replicas 5"])
def test_scale(line: str) -> None:
    world = web()
    assert run(world, line) == (0, "")
    assert sizes(world) == [0, 5]


def test_scale_only_from_the_expected_size() -> None:
    world = web()
    assert run(world, "scale deployment/web --current-replicas=9 --replicas=1")[0] == 1
    assert run(world, "scale deployment/web --current-replicas=3 --replicas=1")[0] == 0
    assert run(world, "scale deployment/web --replicas=-1")[0] == 1
    assert sizes(world) == [0, 1]


def test_undo_goes_back_and_takes_a_new_revision() -> None:
    world = web()
    old, new = world.snapshot()["replicasets"]
    assert run(world, "rollout undo deployment/web") == (0, "")
    world.settle_ready()
    entries = world.snapshot()["replicasets"]
    assert (entries[old]["spec"], entries[old]["revision"]) == (3, "3")
    assert (entries[new]["spec"], entries[new]["revision"]) == (0, "2")
    assert run(world, "rollout undo deployment/web --to-revision=2") == (0, "")
    world.settle_ready()
    assert status(world)["revision"] == "4"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rollout undo deployment/web --to-revision=7", "unable to find specified revision 7"),
        ("rollout undo deployment/absent", 'deployment "absent" not found'),
        ("rollout resume deployment/web", "is not paused"),
        ("set image deployment/web other=app:v3", 'unable to find container named "other"'),
        ("create job once --from=cronjob/absent", 'cronjobs.batch "absent" not found'),
        ("delete deployment/web deployment/absent", 'deployment "absent" not found'),
        ("label deployment/web app=other", "already has a value"),
    ],
)
def test_refusals(line: str, message: str) -> None:
    world = web()
    run(world, "label deployment/web app=web")
    rc, said = run(world, line)
    assert rc == 1
    assert message in said


def test_without_history_there_is_nothing_to_go_back_to() -> None:
    world = rolled_out(deployment())
    assert run(world, "rollout undo deployment/web") == (1, 'error: no rollout history found for deployment "web"')


def test_a_paused_deployment_keeps_its_template() -> None:
    world = web()
    assert run(world, "rollout pause deployment/web") == (0, "")
    assert run(world, "rollout pause deployment/web")[0] == 1
    assert run(world, "rollout undo deployment/web")[0] == 1
    assert run(world, "set image deployment/web app=app:v3") == (0, "")
    assert len(sizes(world)) == 2
    assert run(world, "rollout resume deployment/web") == (0, "")
    assert len(sizes(world)) == 3


def test_restart_and_set_image_roll_the_pods() -> None:
    world = web()
    for line in ("rollout restart deployment/web", "set image deployment/web *=app:v9"):
        before = len(sizes(world))
        assert run(world, line) == (0, "")
        assert len(sizes(world)) == before + 1
    assert run(world, "set image deployment/web app=app:v9") == (0, "")
    assert len(sizes(world)) == 4


def test_pods_are_deleted_and_labelled_by_selector() -> None:
    world = web()
    assert run(world, "label pods -l app=web app=other --overwrite") == (0, "")
    world.settle_ready()
    pods = world.snapshot()["pods"]
    assert sorted(entry["ready"] for entry in pods.values()) == [3, 3]
    assert run(world, "delete pods -l app=other") == (0, "")
    world.settle_ready()
    assert [entry["ready"] for entry in world.snapshot()["pods"].values()] == [3]


def test_objects_are_deleted_by_kind() -> None:
    world = rolled_out(deployment("one"), deployment("two"), service("one"))
    assert run(world, "delete deployments --all") == (0, "")
    assert run(world, "delete svc one") == (0, "")
    world.settle_ready()
    assert world.snapshot() == {"pods": {}}


@pytest.mark.parametrize(
    "line",
    ["explode deployment/web", "scale widget/web --replicas=1", "scale 'deployment/web", "delete deployments", ""],
)
def test_what_makes_no_sense_is_a_usage_error(line: str) -> None:
    with pytest.raises(UsageError):
        run(web(), line)
