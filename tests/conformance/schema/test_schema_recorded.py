"""No schema finding on what a real API server accepts; one on all that it cannot decode."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kplan.loader import load_text
from kplan.model import Manifest, Severity, format_path
from kplan.schema import NO_CUSTOM_TYPES, check, custom_types
from kplan.schema.explain import explain
from kplan.schema.judge import judge


@cache
def rows() -> list[dict[str, Any]]:
    text = gzip.decompress((Path(__file__).parent / "documents.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.split("\n") if line]


@cache
def manifest(text: str) -> Manifest:
    return load_text(re.sub(r"@@(.)\*(\d+)@@", lambda match: match[1] * int(match[2]), text))


def faults(text: str, minor: int) -> list[str]:
    loaded = manifest(text)
    found = [f"{one.rule}: {one.message}" for one in loaded.findings if one.severity is Severity.ERROR]
    custom = custom_types(loaded)
    for resource in loaded:
        for rule, problem in check(resource, minor, custom):
            if rule != "deprecated-api":
                found.append(f"{rule}: {format_path(problem.path)}: {problem.message}")
    return found


@pytest.mark.parametrize("minor", [26, 30, 33, 35, 36])
def test_accepted_documents_have_no_schema_finding(minor: int) -> None:
    accepted = [row for row in rows() if minor in row["accepted"]]
    assert len(accepted) > 1_300
    wrong = {row["id"]: found for row in accepted if (found := faults(row["yaml"], minor))}
    assert wrong == {}


def test_what_cannot_be_decoded_has_a_finding() -> None:
    refused = [row for row in rows() if not row["decoded"]]
    assert len(refused) > 1_800
    silent = []
    for row in refused:
        loaded = manifest(row["yaml"])
        is_told = faults(row["yaml"], 36) or (loaded.skipped and not loaded.resources)
        if not is_told and row["yaml"].strip("- \n"):
            silent.append(row["id"])
    assert silent == []


def test_the_fast_half_of_the_check_agrees_with_the_slow_half() -> None:
    differ = []
    for row in rows():
        for resource in manifest(row["yaml"]):
            judgement = judge(resource.api_version, resource.kind, 36, NO_CUSTOM_TYPES)
            if judgement.type is not None and judgement.is_clean is not None:
                faults = list(explain(resource.data, judgement.type, judgement.named))
                if judgement.is_clean(resource.data) is bool(faults):
                    differ.append((row["id"], faults))
    assert differ == []
