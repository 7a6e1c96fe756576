"""A change is refused if and only if a real API server refuses it, at the fields that it names."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kplan.differ import Storage
from kplan.loader import load_text
from kplan.model import Manifest, Severity
from kplan.model.change import Verb
from kplan.pipeline import plan_manifests
from kplan.planner.model import Plan

HERE = Path(__file__).parent
FIELD = re.compile(r"^(?:\* |The .* is invalid: )(?!$)(\S+?): ", re.M)


def read(name: str) -> dict[str, dict[str, Any]]:
    lines = gzip.decompress((HERE / name).read_bytes()).decode().splitlines()
    return {case["id"]: case for case in map(json.loads, lines)}


PAIRS = read("updates.jsonl.gz")
SAID = {36: PAIRS, 30: read("updates-1.30.jsonl.gz")}
CASES = [(minor, name) for minor, said in SAID.items() for name in said]


def sides(name: str) -> tuple[Manifest, Manifest]:
    pair = PAIRS[name]
    return load_text(pair["first"], file="first.yaml"), load_text(pair["second"], file="second.yaml")


def planned(name: str, minor: int) -> Plan:
    before, after = sides(name)
    return plan_manifests(before, after, minor=minor)


def test_there_are_pairs_of_both_kinds() -> None:
    assert [len(said) for said in SAID.values()] == [151, 151]
    assert [sum(case["accepted"] for case in said.values()) for said in SAID.values()] == [79, 79]


@pytest.mark.parametrize(("minor", "name"), CASES)
def test_same_verdict(minor: int, name: str) -> None:
    plan = planned(name, minor)
    errors = [finding for finding in plan.findings if finding.severity == Severity.ERROR]
    assert (not errors) == SAID[minor][name]["accepted"], errors


@pytest.mark.parametrize(("minor", "name"), [case for case in CASES if not SAID[case[0]][case[1]]["accepted"]])
def test_refused_change_is_shown_at_its_field(minor: int, name: str) -> None:
    plan = planned(name, minor)
    (change,) = plan.changes
    if "cannot convert" in SAID[minor][name]["err"]:  # the patch cannot be read: there is no change to show
        assert {finding.group for finding in plan.findings} == {"schema"}
        return
    assert change.verb == Verb.REPLACE
    assert any(field.forbidden for field in change.fields)
    for finding in plan.findings:
        assert finding.group == "updates"
        assert finding.span is not None
        assert finding.span.file == "second.yaml"


@pytest.mark.parametrize(("minor", "name"), CASES)
def test_server_names_no_field_that_is_not_found(minor: int, name: str) -> None:
    before, after = sides(name)
    said = set(FIELD.findall(SAID[minor][name]["err"]))
    storage = Storage(minor, before, after)
    if "patch" not in said:
        found = {each.refusal.fault.field for each in storage.refused(before.resources[0], after.resources[0])}
        assert said <= found
        assert bool(said) == bool(found)
