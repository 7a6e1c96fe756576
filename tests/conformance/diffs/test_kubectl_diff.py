from __future__ import annotations

import difflib
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kplan.defaults import stored
from kplan.differ import changes
from kplan.differ.merge import three_way_apply
from kplan.loader import load_text
from kplan.model import Manifest
from kplan.model.change import Verb

MINOR = 36
STAMPED = ("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision")
CASES = {
    case["name"]: case
    for case in map(json.loads, gzip.decompress((Path(__file__).parent / "diffs.jsonl.gz").read_bytes()).splitlines())
}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["live"]])
def test_same_lines_change(name: str) -> None:
    case = CASES[name]
    last = load_text(case["first"]).resources[0].data
    written = load_text(case["second"]).resources[0].data
    live = without_stamps(case["live"])
    merged = with_node_ports(without_stamps(stored(three_way_apply(last, live, written, MINOR), MINOR)))
    assert changed_lines(live, merged) == recorded_lines(case["diff"])


@pytest.mark.parametrize("name", CASES)
def test_same_verdict(name: str) -> None:
    case = CASES[name]
    first = load_text(case["first"]) if case["first"] else Manifest()
    found = changes(first, load_text(case["second"]), MINOR)
    assert [change.verb for change in found] != [Verb.REPLACE]
    assert (found[0].verb != Verb.KEEP) == bool(case["diff_rc"])


def with_node_ports(service: dict[str, Any]) -> dict[str, Any]:
    """The Service with the node ports that the server's allocator draws."""
    if service["kind"] != "Service" or service["spec"].get("type") != "NodePort":
        return service
    return {**service, "spec": {**service["spec"], "ports": [{"nodePort": 0, **p} for p in service["spec"]["ports"]]}}


def without_stamps(live: dict[str, Any]) -> dict[str, Any]:
    """The object without what the server stamps, and without kubectl's copy of what was applied."""
    stamps = ("creationTimestamp", "generation", "resourceVersion", "uid", "annotations")
    metadata = {key: value for key, value in live["metadata"].items() if key not in stamps}
    annotations = {k: v for k, v in (live["metadata"].get("annotations") or {}).items() if k not in STAMPED}
    if annotations:
        metadata["annotations"] = annotations
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def changed_lines(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if before["kind"] == "Secret":
        before, after = masked(before, after), masked(after, before, "after")
    texts = [yaml.safe_dump(side, sort_keys=True, width=10**6).splitlines() for side in (before, after)]
    return [
        plain(line) for line in difflib.unified_diff(*texts, lineterm="", n=0) if re.match(r"[-+](?![-+]{2} )", line)
    ]


def masked(secret: dict[str, Any], other: dict[str, Any], side: str = "before") -> dict[str, Any]:
    data = {
        key: "***" if other.get("data", {}).get(key) == value else f"*** ({side})"
        for key, value in secret["data"].items()
    }
    return {**secret, "data": data}


def recorded_lines(diff: str) -> list[str]:
    lines = [plain(line) for line in diff.splitlines() if re.match(r"[-+](?![-+]{2} )", line)]
    return [line for line in lines if not re.match(r"[-+]  generation: ", line)]


def plain(line: str) -> str:
    """Quotes are a matter of the writer, and a node port is drawn at random."""
    return re.sub(r"nodePort: \d+", "nodePort: N", line.replace('"', "").replace("'", ""))
