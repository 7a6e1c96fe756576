from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kplan.differ.merge import three_way_apply

CASES = gzip.decompress((Path(__file__).parent / "three_way.jsonl.gz").read_bytes()).splitlines()


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("start", range(0, 750, 50))
def test_same_object_as_kubernetes(start: int) -> None:
    chunk = CASES[start : start + 50]
    assert len(chunk) == 50
    for line in chunk:
        case = json.loads(line)
        merged = three_way_apply(case["last_applied"], case["live"], case["written"], 36)
        assert without_nulls(merged) == case["result"], case


def test_arguments_stay_as_they_are() -> None:
    for line in CASES[::25]:
        case = json.loads(line)
        three_way_apply(case["last_applied"], case["live"], case["written"], 36)
        assert case == json.loads(line)
