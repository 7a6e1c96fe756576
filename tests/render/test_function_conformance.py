"""Functions agree with those of a real helm, call by call."""

import gzip
import json
from pathlib import Path

import pytest

from kplan.render.fault import Fault
from kplan.render.function import functions
from kplan.render.function.dump import to_json
from kplan.render.limit import Budget, Limits

CASES = Path(__file__).parent.parent / "conformance" / "chart-functions" / "cases.jsonl.gz"
ROWS = [json.loads(line) for line in gzip.decompress(CASES.read_bytes()).decode().splitlines()]


class Alone:
    """A rendering without a chart."""

    def __init__(self) -> None:
        self.budget = Budget(Limits())
        self.functions = functions()

    def chance(self, function: str) -> bytes:
        return function.encode().ljust(32)


def evaluate(rendering, value):
    if isinstance(value, dict) and set(value) == {"call"}:
        name, *arguments = value["call"]
        return rendering.functions[name](rendering, *(evaluate(rendering, each) for each in arguments))
    if isinstance(value, list):
        return [evaluate(rendering, each) for each in value]
    return {key: evaluate(rendering, each) for key, each in value.items()} if isinstance(value, dict) else value


def outcome(call):
    try:
        return json.loads(to_json(evaluate(Alone(), {"call": call})))
    except Fault:
        return Fault


NAMES = sorted({row["call"][0] for row in ROWS if row["call"][0] in functions()})


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_helm(name):
    differing = []
    for row in ROWS:
        if row["call"][0] == name:
            made = outcome(row["call"])
            if made != (Fault if "fails" in row else row["result"]):
                differing.append((row, made))
    assert not differing, f"{len(differing)}: " + "\n".join(map(repr, differing[:12]))
