"""The scheduler's checks, each with a node that passes and one that does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kplan.simulator.node import node_object, plain_nodes
from kplan.simulator.node_file import nodes_of_list
from kplan.simulator.scheduler import Ledger, Load, Placement, Unschedulable, ask_of, choose, place
from kplan.simulator.scheduler.claim import Claim

Map = dict[str, Any]
HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"


def pod(labels: Map | None = None, namespace: str = "default", **spec: Any) -> Map:
    containers = spec.pop("containers", [{"name": "app"}])
    return {
        "metadata": {"namespace": namespace, "labels": labels or {}},
        "spec": {"containers": containers, **spec},
    }


def needing(**requests: str) -> Map:
    return pod(containers=[{"name": "app", "resources": {"requests": requests}}])


def on_port(number: int, **more: Any) -> Map:
    return pod(containers=[{"name": "app", "ports": [{"containerPort": 80, "hostPort": number, **more}]}])


def anti(*, key: str = HOST, app: str = "web", labels: Map | None = None, **term: Any) -> Map:
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}, **term}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    return pod({"app": "web"} if labels is None else labels, affinity={"podAntiAffinity": required})


def near(app: str, key: str = HOST, labels: Map | None = None, **term: Any) -> Map:
    term = {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}, **term}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": [term]}
    return pod(labels or {}, affinity={"podAffinity": required})


def spread(labels: Map | None = None, key: str = HOST, skew: int = 1, **more: Any) -> Map:
    constraint = {
        "topologyKey": key,
        "maxSkew": skew,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "web"}},
        **more,
    }
    return pod({"app": "web"} if labels is None else labels, topologySpreadConstraints=[constraint])


def node_of(found: Placement | Unschedulable) -> str:
    assert isinstance(found, Placement), found
    return found.node


def message(found: Placement | Unschedulable) -> str:
    assert isinstance(found, Unschedulable), found
    return found.message


SMALL = nodes_of_list([{"name": "a", "cpu": "2", "memory": "4Gi", "pods": "3"}, {"name": "b", "cpu": "4"}])
POOLS = nodes_of_list(
    [
        {"name": "a", "labels": {"disk": "ssd", "cores": "16"}, "zone": "x"},
        {"name": "b", "labels": {"disk": "hdd", "cores": "4"}, "zone": "x"},
        {"name": "c", "taints": ["gpu=yes:NoSchedule"], "zone": "y"},
    ]
)


def test_fewest_pods_first_then_by_name() -> None:
    placed: list[tuple[Map, str]] = []
    for _ in range(5):
        placed.append((pod(), node_of(place(pod(), plain_nodes(3), placed))))
    assert [node for _, node in placed] == ["node-1", "node-2", "node-3", "node-1", "node-2"]


def test_only_pods_of_the_namespace_count_for_the_order() -> None:
    others = [(pod(namespace="other"), "node-1")] * 3
    assert node_of(place(pod(), plain_nodes(2), others)) == "node-1"


def test_no_nodes() -> None:
    assert message(place(pod(), {}, [])) == "no nodes available to schedule pods"


@pytest.mark.parametrize(
    ("asked", "placed", "expected"),
    [
        (needing(cpu="2"), [], "a"),
        (needing(cpu="2100m"), [], "b"),
        (needing(cpu="2"), [(needing(cpu="1m"), "a")], "b"),
        (needing(memory="4Gi"), [], "a"),
        (needing(memory="5Gi"), [], "b"),
        (pod(overhead={"cpu": "3"}), [], "b"),
        (pod(initContainers=[{"name": "init", "resources": {"requests": {"cpu": "3"}}}]), [], "b"),
        (pod(containers=[{"name": "a", "resources": {"limits": {"cpu": "3"}}}]), [], "b"),
        (pod(), [(pod(), "a")] * 3 + [(pod(), "b")] * 9, "b"),
    ],
)
def test_resources(asked: Map, placed: list[tuple[Map, str]], expected: str) -> None:
    assert node_of(place(asked, SMALL, placed)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (needing(cpu="5", memory="300Gi"), "0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory."),
        (needing(cpu="3", memory="300Gi"), "0/2 nodes are available: 1 Insufficient cpu, 2 Insufficient memory."),
        (needing(**{"nvidia.com/gpu": "1"}), "0/2 nodes are available: 2 Insufficient nvidia.com/gpu."),
    ],
)
def test_all_that_lacks_is_counted(asked: Map, expected: str) -> None:
    assert message(place(asked, SMALL, [])) == expected


def test_too_many_pods() -> None:
    nodes = {"a": SMALL["a"]}
    assert message(place(pod(), nodes, [(pod(), "a")] * 3)) == "0/1 nodes are available: 1 Too many pods."
    assert node_of(place(pod(), nodes, [(pod(), "a")] * 2)) == "a"


def affine(*expressions: Map, fields: list[Map] | None = None) -> Map:
    term = {"matchExpressions": list(expressions), "matchFields": fields or []}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    return pod(affinity={"nodeAffinity": required})


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (pod(nodeSelector={"disk": "hdd"}), "b"),
        (affine({"key": "cores", "operator": "Gt", "values": ["8"]}), "a"),
        (affine({"key": "disk", "operator": "NotIn", "values": ["ssd"]}), "b"),
        (affine(fields=[{"key": "metadata.name", "operator": "In", "values": ["b"]}]), "b"),
        (pod(nodeSelector={HOST: "c"}, tolerations=[{"key": "gpu", "operator": "Exists"}]), "c"),
    ],
)
def test_node_affinity(asked: Map, expected: str) -> None:
    assert node_of(place(asked, POOLS, [])) == expected


def test_what_nodes_have_against_a_pod() -> None:
    asked = pod(nodeSelector={"disk": "tape"})
    expected = (
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), "
        "2 node(s) didn't match Pod's node affinity/selector."
    )
    assert message(place(asked, POOLS, [])) == expected


def test_a_cordoned_node_takes_only_what_tolerates_it() -> None:
    nodes = nodes_of_list([{"name": "a", "unschedulable": True}])
    assert message(place(pod(), nodes, [])) == "0/1 nodes are available: 1 node(s) were unschedulable."
    tolerant = pod(tolerations=[{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}])
    assert node_of(place(tolerant, nodes, [])) == "a"


def test_a_taint_that_is_only_a_wish_keeps_nobody_away() -> None:
    nodes = nodes_of_list([{"name": "a", "taints": ["old=yes:PreferNoSchedule"]}])
    assert node_of(place(pod(), nodes, [])) == "a"


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        (on_port(80), False),
        (on_port(81), True),
        (on_port(80, protocol="UDP"), True),
        (on_port(80, hostIP="10.0.0.1"), False),
        (pod(hostNetwork=True, containers=[{"name": "app", "ports": [{"containerPort": 80}]}]), False),
        (pod(containers=[{"name": "app", "ports": [{"containerPort": 80}]}]), True),
    ],
)
def test_host_ports(asked: Map, fits: bool) -> None:
    found = place(asked, plain_nodes(1), [(on_port(80), "node-1")])
    if fits:
        assert node_of(found) == "node-1"
    else:
        reason = "node(s) didn't have free ports for the requested pod ports"
        assert message(found) == f"0/1 nodes are available: 1 {reason}."


def test_ports_of_two_addresses_do_not_clash() -> None:
    placed = [(on_port(80, hostIP="10.0.0.1"), "node-1")]
    assert node_of(place(on_port(80, hostIP="10.0.0.2"), plain_nodes(1), placed)) == "node-1"


def test_anti_affinity_keeps_pods_apart() -> None:
    placed = [(anti(), "node-1"), (anti(), "node-2")]
    assert node_of(place(anti(), plain_nodes(3), placed)) == "node-3"
    found = place(anti(), plain_nodes(2), placed)
    assert message(found) == "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."


def test_anti_affinity_of_pods_that_run_holds_too() -> None:
    found = place(pod({"app": "web"}), plain_nodes(1), [(anti(labels={"app": "db"}), "node-1")])
    assert message(found) == "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules."
    assert node_of(place(pod({"app": "api"}), plain_nodes(1), [(anti(labels={"app": "db"}), "node-1")])) == "node-1"


def test_anti_affinity_by_zone() -> None:
    tolerant = anti(key=ZONE)
    tolerant["spec"]["tolerations"] = [{"operator": "Exists"}]
    assert node_of(place(tolerant, POOLS, [(pod({"app": "web"}), "a")])) == "c"


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({}, True),
        ({"namespaces": ["other"]}, False),
        ({"namespaceSelector": {}}, False),
        ({"namespaceSelector": {"matchLabels": {"team": "a"}}}, True),
        ({"namespaces": ["third"], "namespaceSelector": {}}, False),
    ],
)
def test_anti_affinity_means_the_own_namespace_unless_it_says_otherwise(more: Map, fits: bool) -> None:
    found = place(anti(**more), plain_nodes(1), [(pod({"app": "web"}, "other"), "node-1")])
    assert isinstance(found, Placement) == fits


def test_match_label_keys_narrow_a_term_to_the_same_revision() -> None:
    def revision(name: str) -> Map:
        return anti(labels={"app": "web", "pod-template-hash": name}, matchLabelKeys=["pod-template-hash"])

    assert node_of(place(revision("2"), plain_nodes(1), [(revision("1"), "node-1")])) == "node-1"
    assert isinstance(place(revision("1"), plain_nodes(1), [(revision("1"), "node-1")]), Unschedulable)


def test_affinity_goes_where_the_other_is() -> None:
    assert node_of(place(near("db"), plain_nodes(3), [(pod({"app": "db"}), "node-3")])) == "node-3"
    assert node_of(place(near("db", ZONE), POOLS, [(pod({"app": "db"}), "b")])) == "a"
    found = place(near("db"), plain_nodes(3), [])
    assert message(found) == "0/3 nodes are available: 3 node(s) didn't match pod affinity rules."


def test_the_first_of_a_group_that_wants_itself_may_go_anywhere() -> None:
    first = near("web", labels={"app": "web"})
    assert node_of(place(first, plain_nodes(2), [])) == "node-1"
    assert node_of(place(first, plain_nodes(2), [(first, "node-2")])) == "node-2"


def test_affinity_needs_the_label_of_the_topology() -> None:
    found = place(near("web", ZONE, labels={"app": "web"}), plain_nodes(2), [])
    assert message(found) == "0/2 nodes are available: 2 node(s) didn't match pod affinity rules."


def test_spread_keeps_the_skew() -> None:
    placed = [(spread(), "node-1"), (spread(), "node-2")]
    assert node_of(place(spread(), plain_nodes(3), placed)) == "node-3"
    full = {**plain_nodes(2), "node-3": node_object("node-3", allocatable={"pods": "0"})}
    expected = "0/3 nodes are available: 1 Too many pods, 2 node(s) didn't match pod topology spread constraints."
    assert message(place(spread(), full, placed)) == expected
    assert node_of(place(spread(skew=2), full, placed)) == "node-1"


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({}, False),
        ({"whenUnsatisfiable": "ScheduleAnyway"}, True),
        ({"labelSelector": {"matchLabels": {"app": "other"}}}, True),
    ],
)
def test_spread_that_is_only_a_wish_or_counts_others(more: Map, fits: bool) -> None:
    full = {**plain_nodes(1), "node-2": node_object("node-2", allocatable={"pods": "0"})}
    found = place(spread(**more), full, [(spread(), "node-1")])
    assert isinstance(found, Placement) == fits


def test_spread_with_few_domains_counts_the_emptiest_as_empty() -> None:
    placed = [(spread(), "node-1")]
    assert node_of(place(spread(minDomains=1), plain_nodes(1), placed)) == "node-1"
    assert isinstance(place(spread(minDomains=2), plain_nodes(1), placed), Unschedulable)


def test_spread_looks_at_nodes_as_its_policies_say() -> None:
    placed = [(spread(), "a"), (spread(), "b")]
    assert isinstance(place(spread(), POOLS, placed), Unschedulable)
    assert node_of(place(spread(nodeTaintsPolicy="Honor"), POOLS, placed)) == "a"
    chosen = spread(nodeTaintsPolicy="Honor")
    chosen["spec"]["nodeSelector"] = {"disk": "ssd"}
    assert node_of(place(chosen, POOLS, [(spread(), "a")] * 3)) == "a"
    ignoring = spread(nodeTaintsPolicy="Honor", nodeAffinityPolicy="Ignore")
    ignoring["spec"]["nodeSelector"] = {"disk": "ssd"}
    assert isinstance(place(ignoring, POOLS, [(spread(), "a")]), Unschedulable)


def test_spread_needs_the_label_of_the_topology() -> None:
    expected = "1 node(s) didn't match pod topology spread constraints (missing required label)"
    assert message(place(spread(key=ZONE), plain_nodes(1), [])) == f"0/1 nodes are available: {expected}."


def test_pods_that_are_being_deleted_do_not_count_for_spread() -> None:
    nodes = plain_nodes(2)
    ledger, load = Ledger(nodes), Load(nodes)
    asked = ask_of("default", {"app": "web"}, spread()["spec"])
    full = ask_of("default", {}, needing(cpu="64")["spec"])
    ledger.put(1, full, "node-2")
    ledger.put(2, asked, "node-1")
    needs = ask_of("default", {"app": "web"}, {**spread()["spec"], **needing(cpu="1")["spec"]})
    assert isinstance(choose(ledger, load, needs), Unschedulable)
    ledger.put(2, asked, "node-1", ending=True)
    assert choose(ledger, load, needs) == Placement("node-1")
    ledger.drop(2)
    ledger.drop(2)
    assert choose(ledger, load, needs) == Placement("node-1")


def claiming(claim: Claim) -> tuple[Ledger, Load, Any]:
    nodes = plain_nodes(2)
    ledger = Ledger(nodes, claims=lambda _namespace, name: claim if name == "data" else None)
    return ledger, Load(nodes), ask_of("default", {}, pod()["spec"], frozenset({"data"}))


def test_a_claim_that_one_pod_may_use() -> None:
    ledger, load, asked = claiming(Claim(one_pod=True, one_node=True))
    assert choose(ledger, load, asked) == Placement("node-1")
    ledger.put(1, asked, "node-1")
    reason = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
    assert message(choose(ledger, load, asked)) == f"0/2 nodes are available: 2 {reason}."
    ledger.drop(1)
    assert choose(ledger, load, asked) == Placement("node-1")


def test_a_volume_that_can_be_reached_from_one_node() -> None:
    expression = {"key": HOST, "operator": "In", "values": ["node-2"]}
    ledger, load, asked = claiming(Claim(reach={"nodeSelectorTerms": [{"matchExpressions": [expression]}]}))
    assert choose(ledger, load, asked) == Placement("node-2")
    elsewhere = ask_of("default", {}, pod(nodeSelector={HOST: "node-1"})["spec"], frozenset({"data"}))
    expected = (
        "0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, "
        "1 node(s) didn't match Pod's node affinity/selector."
    )
    assert message(choose(ledger, load, elsewhere)) == expected


def test_a_pod_that_is_meant_for_one_node() -> None:
    nodes = plain_nodes(3)
    ledger, load = Ledger(nodes), Load(nodes)
    asked = ask_of("default", {}, needing(cpu="100")["spec"])
    expected = "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]."
    assert message(choose(ledger, load, asked, only="node-2")) == expected


SIZES = st.sampled_from(["0", "100m", "250m", "1", "3"])
SHAPES = st.fixed_dictionaries(
    {"cpu": SIZES, "port": st.sampled_from([0, 0, 80, 81]), "kind": st.sampled_from(["", "anti", "spread"])}
)


def shaped(shape: Map) -> Map:
    made = {"anti": anti, "spread": spread, "": pod}[shape["kind"]]()
    ports = [{"containerPort": 80, "hostPort": shape["port"]}] if shape["port"] else []
    made["spec"]["containers"] = [{"name": "app", "resources": {"requests": {"cpu": shape["cpu"]}}, "ports": ports}]
    return made


@given(st.lists(SHAPES, max_size=25), st.integers(1, 4))
def test_nothing_is_ever_overfull_and_order_of_telling_does_not_matter(shapes: list[Map], number: int) -> None:
    nodes = nodes_of_list([{"name": f"n{i}", "cpu": "4", "pods": "6"} for i in range(number)])
    placed: list[tuple[Map, str]] = []
    for shape in shapes:
        asked = shaped(shape)
        found = place(asked, nodes, placed)
        assert found == place(asked, nodes, placed[::-1])
        if isinstance(found, Placement):
            placed.append((asked, found.node))
    cpu = {"0": 0, "100m": 100, "250m": 250, "1": 1000, "3": 3000}
    for name in nodes:
        here = [one["spec"] for one, node in placed if node == name]
        sizes = [one["containers"][0]["resources"]["requests"]["cpu"] for one in here]
        ports = [port["hostPort"] for one in here for port in one["containers"][0]["ports"]]
        assert len(here) <= 6
        assert sum(cpu[size] for size in sizes) <= 4000
        assert len(ports) == len(set(ports))
        assert sum("affinity" in one for one in here) <= 1
