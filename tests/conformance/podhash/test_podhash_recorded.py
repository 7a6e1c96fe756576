"""Hashes equal those that Kubernetes itself computed, minor by minor."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kplan.defaults import revision_hash, template_hash
from kplan.defaults.template import decode_template
from kplan.k8s.goprint import print_go
from kplan.k8s.podhash import TEMPLATE, revision_patch
from kplan.loader import load_text

HERE = Path(__file__).parent
MINORS = range(16, 38)


@cache
def rows(name: str) -> list[dict[str, Any]]:
    # Values hold U+2028, which `splitlines` would split at.
    text = gzip.decompress((HERE / f"{name}.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.split("\n") if line]


@cache
def templates() -> dict[str, dict[str, Any]]:
    """Row id -> the template as written."""
    found = {}
    for row in (*rows("deployments"), *rows("revisions")):
        manifest = row["manifest"] if "manifest" in row else load_text(row["yaml"]).resources[0].data
        found[row["id"]] = manifest["spec"]["template"]
    return found


def computed(kind: str, template: dict[str, Any], minor: int) -> str:
    return (revision_hash if kind == "StatefulSet" else template_hash)(template, minor)


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("file", ["deployments", "revisions"])
def test_hashes(file: str, minor: int) -> None:
    expected = {row["id"]: row["hashes"][f"1.{minor}"].rpartition("-")[2] for row in rows(file)}
    found = {row["id"]: computed(row["kind"], templates()[row["id"]], minor) for row in rows(file)}
    assert found == expected
    assert len(found) > 60


def test_names_on_a_real_cluster() -> None:
    expected = [row["name"].rpartition("-")[2] for row in rows("real_1.36")]
    assert [computed(row["kind"], row["manifest"]["spec"]["template"], 36) for row in rows("real_1.36")] == expected
    assert len(expected) > 40


@pytest.mark.parametrize("minor", MINORS)
def test_hashed_text(minor: int) -> None:
    dumps = [row for row in rows("dumps") if row["minor"] == minor]
    assert len(dumps) > 30
    for row in dumps:
        held = decode_template(templates()[row["id"]], minor)
        if "dump" in row:
            assert "".join(print_go(TEMPLATE, minor, held)) == row["dump"]
        else:
            assert revision_patch(held, minor).decode() == row["patch"]
