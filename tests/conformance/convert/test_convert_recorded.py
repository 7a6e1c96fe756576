from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kplan.fixer.outcome import Fixing
from kplan.k8s.version import NEWEST
from kplan.kinds import served, split_api_version
from kplan.loader import load_text
from kplan.pipeline import fix, lint_manifest
from kplan.schema import check

Case = dict[str, Any]


def _cases() -> list[Case]:
    with gzip.open(Path(__file__).parent / "cases.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


CASES = _cases()
OF_THEIR_TIME = [(case, max(int(d["minor"][2:]) for d in case["docs"] if d.get("minor"))) for case in CASES]
TODAY = [
    (case, NEWEST)
    for case in CASES
    if all(d["to"] is None or served(*split_api_version(d["to"]), d["kind"], NEWEST) for d in case["docs"])
]
BOTH = OF_THEIR_TIME + TODAY


def test_the_recording_is_whole() -> None:
    assert len(CASES) == 122
    assert sum(len(case["docs"]) for case in CASES) == 132
    assert {case["family"] for case, _ in BOTH} == {case["family"] for case in CASES}


def _name(case: Case) -> str:
    return "case.json" if case["input"].startswith("{") else "case.yaml"


def _fixed(case: Case, minor: int, text: str | None = None) -> tuple[str, Fixing]:
    name = _name(case)
    fixing = fix({name: (text if text is not None else case["input"]).encode()}, minor=minor)
    return fixing.files[0].after.decode(), fixing


def _ids(value: object) -> str | None:
    return value["name"] if isinstance(value, dict) else f"1.{value}" if isinstance(value, int) else None


@pytest.mark.parametrize(("case", "minor"), BOTH, ids=_ids)
def test_objects_are_those_of_the_recorded_conversion(case: Case, minor: int) -> None:
    after, _ = _fixed(case, minor)
    written = load_text(case["input"], file=_name(case)).resources
    found = load_text(after, file=_name(case)).resources
    assert len(written) == len(found) == len(case["docs"])
    for before, resource, document in zip(written, found, case["docs"], strict=True):
        if document["to"] is None:
            assert resource.data == before.data
        else:
            assert document["exact"]
            given, expected = _comparable(before.data, resource.data, document)
            assert given == expected


def _comparable(before: Any, after: Any, document: Case) -> tuple[Any, Any]:
    """The fixed object and the recorded one, but for what the README says a tool may write otherwise."""
    given = _without_nulls({key: value for key, value in after.items() if key != "status"})
    expected = _without_nulls(document.get("creatable") or document["faithful"])
    for pointer in document.get("respelled", {}):
        _put(expected, pointer, document["respelled"][pointer])
    for pointer, places in document.get("omitted", {}).items():
        for place in (pointer, *places):
            _put(given, place, None)
            _put(expected, place, None)
    known = {name for name, problem in check_names(document["to"], after)}
    for pointer in document.get("lost", []):
        if _at(given, pointer) is not None and _at(expected, pointer) is None and pointer not in known:
            assert _at(given, pointer) == _at(before, pointer)
            _put(given, pointer, None)
    return given, expected


def check_names(api_version: str, data: Any) -> set[tuple[str, str]]:
    """The fields that the new version does not have, as pointers with their messages."""
    found = load_text(json.dumps({**data, "apiVersion": api_version}), file="x.json").resources
    return {
        ("/" + "/".join(map(str, problem.path)), problem.message)
        for resource in found
        for rule, problem in check(resource, NEWEST)
        if rule == "unknown-field"
    }


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _at(value: Any, pointer: str) -> Any:
    for part in _parts(pointer):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (LookupError, TypeError):
            return None
    return value


def _put(value: Any, pointer: str, new: Any) -> None:
    """Set the value at a pointer; None removes it, and the mappings that are empty then."""
    *above, last = _parts(pointer)
    for part in above:
        value = value[int(part)] if isinstance(value, list) else value.get(part)
        if value is None:
            return
    if new is None:
        if isinstance(value, dict):
            value.pop(last, None)
    elif isinstance(value, list):
        value[int(last)] = new
    else:
        value[last] = new


def _comments(text: str) -> Counter[str]:
    return Counter(found.rstrip() for found in re.findall(r"(?:^|(?<=\s))#[^\n]*", text))


@pytest.mark.parametrize(("case", "minor"), BOTH, ids=_ids)
def test_comments_stay_and_a_second_fix_finds_nothing(case: Case, minor: int) -> None:
    after, fixing = _fixed(case, minor)
    assert _comments(after) == _comments(case["input"])
    assert len(fixing.fixes) == sum(document["to"] is not None for document in case["docs"])
    again, second = _fixed(case, minor, after)
    assert again == after
    assert not second.fixes


@pytest.mark.parametrize(("case", "minor"), BOTH, ids=_ids)
def test_the_fixed_file_is_clean_of_old_versions(case: Case, minor: int) -> None:
    after, _ = _fixed(case, minor)
    manifest = load_text(after, file=_name(case))
    assert not lint_manifest(manifest, minor=minor, select=["removed-api", "deprecated-api", "syntax", "unknown-field"])


@pytest.mark.parametrize(("case", "minor"), BOTH, ids=_ids)
def test_what_the_new_version_refuses_is_said(case: Case, minor: int) -> None:
    _, fixing = _fixed(case, minor)
    remarks = " ".join(remark for fix_ in fixing.fixes for remark in fix_.remarks)
    for document in case["docs"]:
        for refusal in document.get("invalid_converted", []) if "creatable" not in document else []:
            if "sideEffects" in refusal or ("Duplicate value" in refusal and "webhooks" in refusal):
                assert "v1 refuses" in remarks
            elif "legacy signerName" in refusal:
                assert "legacy-unknown" in remarks


@pytest.mark.parametrize(("case", "minor"), TODAY, ids=_ids)
def test_other_lines_keep_every_character(case: Case, minor: int) -> None:
    """The lines of documents that have no old version are there as they were, in one piece."""
    after, _ = _fixed(case, minor)
    parts = re.split(r"(?m)^---\n", case["input"])
    if len(parts) == len(case["docs"]):
        for part, document in zip(parts, case["docs"], strict=True):
            assert document["to"] is not None or part in after


def test_without_successor_a_document_is_left_with_the_reason() -> None:
    case = next(case for case in CASES if case["name"] == "psp-ext-restricted")
    after, fixing = _fixed(case, NEWEST)
    assert after == case["input"]
    assert not fixing.fixes
    assert [left.reason for left in fixing.left] == [f"nothing replaces PodSecurityPolicy in Kubernetes 1.{NEWEST}"]
