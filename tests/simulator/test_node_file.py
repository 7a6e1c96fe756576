"""Nodes from numbers and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kplan.errors import InputError, UsageError
from kplan.simulator.node import allocatable
from kplan.simulator.node_file import nodes_of_list, read_nodes

KUBECTL = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Node
  metadata:
    name: worker1
    labels: {kubernetes.io/hostname: worker1, topology.kubernetes.io/zone: a}
  spec:
    taints: [{key: dedicated, value: db, effect: NoSchedule}]
  status:
    capacity: {cpu: "4", memory: 8Gi, pods: "110"}
    allocatable: {cpu: 3920m, memory: 7Gi, pods: "110"}
- apiVersion: v1
  kind: Node
  metadata: {name: worker2}
  spec: {unschedulable: true}
"""


def test_a_number_is_so_many_plain_nodes() -> None:
    assert list(read_nodes("2")) == ["node-1", "node-2"]


def test_node_objects_as_kubectl_prints_them(tmp_path: Path) -> None:
    file = tmp_path / "nodes.yaml"
    file.write_text(KUBECTL)
    nodes = read_nodes(str(file))
    assert allocatable(nodes["worker1"]) == {"cpu": 3920, "memory": 7 * 2**30, "pods": 110}
    assert nodes["worker1"]["spec"]["taints"] == [{"key": "dedicated", "value": "db", "effect": "NoSchedule"}]
    assert nodes["worker2"]["spec"]["unschedulable"]
    assert nodes["worker2"]["metadata"]["labels"]["kubernetes.io/hostname"] == "worker2"


def test_the_short_form(tmp_path: Path) -> None:
    file = tmp_path / "nodes.yaml"
    file.write_text("- {name: a, cpu: 4, memory: 16Gi, zone: x, labels: {disk: ssd}, taints: ['gpu:NoExecute']}\n- b\n")
    nodes = read_nodes(str(file))
    assert allocatable(nodes["a"]) == {"cpu": 4000, "memory": 16 * 2**30, "pods": 110}
    assert nodes["a"]["metadata"]["labels"]["topology.kubernetes.io/zone"] == "x"
    assert nodes["a"]["metadata"]["labels"]["disk"] == "ssd"
    assert nodes["a"]["spec"]["taints"] == [{"key": "gpu", "effect": "NoExecute"}]
    assert list(nodes) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("- {name: a}\n- {name: a}\n", ":2: node `a` is there twice"),
        ("- name: a\n  cpus: 4\n", ":2: node `a`: unknown key `cpus`; a node has name, cpu"),
        ("- name: a\n  memory: 4GB\n", ":2: node `a`: memory '4GB' is no quantity, as 4 or 16Gi is"),
        ("- name: a\n  taints: [gpu]\n", ":2: node `a`: a taint is key=value:Effect"),
        ("- name: a\n  taints: [gpu=yes:Never]\n", ":2: node `a`: a taint is key=value:Effect"),
        ("- name: a\n  labels: {n: 1}\n", ":2: node `a`: `labels` maps texts to texts"),
        ("- cpu: 4\n", "a node has a `name`"),
        ("- 3\n", "a node is a map, not 3"),
        ("kind: Pod\nmetadata: {name: a}\n", ":1: it is a Pod, and only nodes are asked for"),
        ("kind: Node\n", "a Node has a metadata.name"),
        ("[]\n", "there are no nodes in it"),
        ("a: [\n", "line "),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "nodes.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_nodes(str(file))
    assert wrong in str(caught.value)
    assert str(file) in str(caught.value)


def test_neither_number_nor_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--nodes: three is neither a number nor a file"):
        read_nodes("three")
    with pytest.raises(UsageError, match="at least one node"):
        read_nodes("0")
    with pytest.raises(InputError):
        read_nodes(str(tmp_path))


def test_a_list_in_a_scenario() -> None:
    assert list(nodes_of_list([{"name": "a"}, "b"])) == ["a", "b"]
    with pytest.raises(UsageError, match="unknown key `size`"):
        nodes_of_list([{"name": "a", "size": 3}])
