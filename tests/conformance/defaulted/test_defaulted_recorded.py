"""Stored objects equal those of a real API server, but for what only a server can know."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kplan.defaults import stored
from kplan.loader import load_text

Value = dict[str, Any]


def rows() -> list[Value]:
    text = gzip.decompress((Path(__file__).parent / "defaulted.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.split("\n") if line]


def without_server_facts(value: Value) -> Value:
    """The object without uid, times, resourceVersion, managedFields, and what is drawn from a cluster's pools."""
    value = json.loads(json.dumps(value))
    metadata = value["metadata"]
    for name in ("uid", "creationTimestamp", "resourceVersion", "managedFields"):
        metadata.pop(name, None)
    spec = value.get("spec", {})
    if value["kind"] == "Service":
        if spec.get("clusterIP") != "None":
            spec.pop("clusterIP", None)
            spec.pop("clusterIPs", None)
        for port in spec.get("ports", ()):
            port.pop("nodePort", None)
    if value["kind"] == "Job":
        del spec["selector"]
        for labels in (metadata["labels"], spec["template"]["metadata"]["labels"]):
            for name in ("controller-uid", "batch.kubernetes.io/controller-uid"):
                del labels[name]
    if value["kind"] == "PersistentVolume":
        del value["status"]["lastPhaseTransitionTime"]
    return value


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_object(row: Value) -> None:
    resource = load_text(row["input"]).resources[0]
    written = json.dumps(resource.data)
    found = stored(resource.data, 36, row["namespace"])
    assert found == without_server_facts(row["object"])
    assert json.dumps(resource.data) == written
    assert stored(found, 36, row["namespace"]) == found
