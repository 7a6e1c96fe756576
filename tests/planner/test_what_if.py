"""What-ifs of a plan: nodes, lost nodes, images that never become ready, quotas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from kplan.cli import cli
from kplan.errors import UsageError
from kplan.model import Manifest
from kplan.pipeline import plan_manifests
from kplan.planner.model import Plan
from kplan.planner.quota import with_quotas
from kplan.report import plan_json, plan_text
from kplan.report.cell import width
from kplan.simulator.node_file import nodes_of_list
from tests.planner.manifest import deployment, manifest, of_kind, service, template

GOLDEN = Path(__file__).parent.parent / "golden" / "plan"
SCHEMA = json.loads((Path(plan_json.__file__).with_name("plan.schema.json")).read_text())

NO_SURGE_LESS = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
TIGHT = nodes_of_list([{"name": "a", "cpu": "200m"}, {"name": "b", "cpu": "200m"}])
QUOTA = of_kind("ResourceQuota", "few", spec={"hard": {"pods": "3"}})


def stateful_set(image: str = "shop:1", replicas: int = 3) -> dict[str, Any]:
    return {**deployment("db", image, replicas, serviceName="db"), "kind": "StatefulSet"}


SHOP = manifest(deployment(), service(), deployment("api", replicas=1), service("api"))
CASES: dict[str, tuple[Manifest, Manifest, dict[str, Any]]] = {
    "lose-node": (SHOP, manifest(deployment(image="shop:2"), service()), {"lose_node": "1"}),
    "lose-stateful": (
        manifest(stateful_set(), service("db")),
        manifest(stateful_set(), service("db")),
        {"lose_node": "node-2"},
    ),
    "lose-all": (SHOP, SHOP, {"lose_node": "3"}),
    "no-room": (
        manifest(deployment(replicas=4, strategy=NO_SURGE_LESS), service()),
        manifest(deployment(image="shop:2", replicas=4, strategy=NO_SURGE_LESS), service()),
        {"nodes": TIGHT},
    ),
    "no-room-and-lost": (Manifest(), manifest(deployment(), service()), {"nodes": TIGHT, "lose_node": "a"}),
    "quota": (
        manifest(QUOTA, deployment(strategy=NO_SURGE_LESS), service()),
        manifest(QUOTA, deployment(image="shop:2", strategy=NO_SURGE_LESS), service()),
        {},
    ),
    "bad-image-glob": (
        manifest(deployment(replicas=10, progressDeadlineSeconds=60), service()),
        manifest(deployment(image="shop:2", replicas=10, progressDeadlineSeconds=60), service()),
        {"never_ready": ("shop:*2",)},
    ),
    "bad-image-first": (Manifest(), manifest(deployment(), service()), {"never_ready": ("shop",)}),
    "bad-image-stateful": (
        manifest(stateful_set(), service("db")),
        manifest(stateful_set("shop:2"), service("db")),
        {"never_ready": ("shop:2",)},
    ),
}


def make(name: str) -> Plan:
    before, after, options = CASES[name]
    return plan_manifests(before, after, minor=36, **options)


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, golden: Callable[[Path, str], None]) -> None:
    text = plan_text.report(make(name))
    assert max(width(line) for line in text.splitlines()) <= 100
    golden(GOLDEN / f"what-if-{name}.txt", text)


@pytest.mark.parametrize("name", CASES)
def test_json_follows_its_schema(name: str) -> None:
    document = json.loads(plan_json.report(make(name)))
    jsonschema.validate(document, SCHEMA)
    assert document["stuck"] or document["what_ifs"]


def test_nodes_without_constraints_change_no_plan() -> None:
    from kplan.simulator.node import plain_nodes

    before, after = manifest(deployment(), service()), manifest(deployment(image="shop:2"), service())
    plain = plan_json.document(plan_manifests(before, after, minor=36))
    assert plan_json.document(plan_manifests(before, after, minor=36, nodes=plain_nodes(3))) == plain


def test_namespaces_share_their_nodes_but_not_their_names() -> None:
    def both(image: str) -> Manifest:
        objects = [deployment(image=image), service()]
        spaced = [{**each, "metadata": {"name": "web", "namespace": space}} for space in "ab" for each in objects]
        return manifest(*spaced)

    alone = plan_json.document(plan_manifests(both("shop:1"), both("shop:2"), minor=36))
    together = plan_manifests(both("shop:1"), both("shop:2"), minor=36, lose_node="1")
    assert plan_json.document(together)["rollouts"] == alone["rollouts"]
    assert len(together.what_ifs[0].steps[0].counts) == 2


def test_nodes_among_the_manifests_are_taken() -> None:
    node = {**of_kind("Node", "a"), "status": {"allocatable": {"cpu": "200m", "memory": "1Gi", "pods": "10"}}}
    plan = plan_manifests(Manifest(), manifest(node, deployment()), minor=36)
    assert [(one.pods, one.message) for one in plan.stuck] == [(1, "0/1 nodes are available: 1 Insufficient cpu.")]


def test_a_quota_of_the_cluster_holds_before_and_after() -> None:
    old, new = (
        manifest(deployment(strategy=NO_SURGE_LESS)),
        manifest(deployment(image="shop:2", strategy=NO_SURGE_LESS)),
    )
    plan = plan_manifests(*with_quotas((old, new), manifest(QUOTA)), minor=36)
    assert [one.why for one in plan.stuck] == ["refused"]
    assert not plan.rollouts[0].finished
    with pytest.raises(UsageError, match="there is no ResourceQuota and no LimitRange in"):
        with_quotas((old, new), new)


def test_unknown_nodes() -> None:
    with pytest.raises(UsageError, match="there is no node `x`; the nodes are node-1, node-2, node-3"):
        plan_manifests(Manifest(), SHOP, minor=36, lose_node="x")
    with pytest.raises(UsageError, match="--lose-node 4: there are 3 nodes"):
        plan_manifests(Manifest(), SHOP, minor=36, lose_node="4")


def test_a_volume_of_one_node_holds_up_a_rolling_update() -> None:
    def side(image: str) -> Manifest:
        volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]
        made = deployment(image=image, replicas=1)
        made["spec"]["template"] = template("web", image, volumes=volumes)
        made["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [{"name": "d", "mountPath": "/d"}]
        storage = {"requests": {"storage": "1Gi"}}
        claim = of_kind("PersistentVolumeClaim", "data", spec={"accessModes": ["ReadWriteOnce"], "resources": storage})
        return manifest(claim, made)

    plan = plan_manifests(side("shop:1"), side("shop:2"), minor=36, nodes=nodes_of_list(["a", "b"]))
    assert [(one.why, one.pods) for one in plan.stuck] == [("volume", 1)]


def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "nodes.yaml"
    file.write_text("- {name: a, cpu: 200m}\n- {name: b, cpu: 200m}\n")
    app = tmp_path / "app.json"
    app.write_text(json.dumps(deployment(replicas=5)))
    done = CliRunner().invoke(cli, ["plan", str(app), "--nodes", str(file), "--lose-node", "b"])
    assert "deployment/web: 1 pod waits for a node: 0/2 nodes are available: 2 Insufficient cpu." in done.output
    assert "What if b is lost, one of 2 nodes, with its 2 pods" in done.output
