"""Values are what a real helm makes of them: `cases.json.gz` by one chart, `more.json.gz` by two, drawn at random."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kplan.errors import KplanError
from kplan.render.chart import Chart, read_chart
from kplan.render.value import Given, chart_with_values

HERE = Path(__file__).parent


def _load(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(gzip.decompress((HERE / name).read_bytes()))
    return cases


@cache
def _chart(name: str) -> Chart:
    return read_chart(str(HERE / "charts" / name))


def _given(case: dict[str, Any]) -> Given:
    options: dict[str, list[str]] = {}
    for option, text in zip(case["args"][::2], case["args"][1::2], strict=True):
        options.setdefault(option[2:].replace("-", "_"), []).append(text)
    files = tuple((f"{number}.yaml", text.encode()) for number, text in enumerate(case["files"]))
    return Given(files=files, **{name: tuple(texts) for name, texts in options.items()})


def _seen(chart: Chart, values: Any, path: str) -> dict[str, Any]:
    """What each chart's template sees, by the folder of the template."""
    seen = {} if chart.is_library else {f"{path}.templates": values}
    for dependency in chart.dependencies:
        seen |= _seen(dependency, values[dependency.name], f"{path}.charts.{dependency.name}")
    return seen


def _answer(case: dict[str, Any], chart: str) -> dict[str, Any] | None:
    try:
        found, values = chart_with_values(_chart(chart), _given(case))
    except KplanError:
        return None
    return _seen(found, values.data, found.name)


_NAMES = {"probe": "probe.templates", "sub": "probe.charts.kid.templates"}


@pytest.mark.parametrize("case", _load("cases.json.gz"), ids=lambda case: " ".join(case["files"] + case["args"]))
def test_recorded(case: dict[str, Any]) -> None:
    expected = {path: case[name] for name, path in _NAMES.items() if name in case} if case["rc"] == 0 else None
    assert _answer(case, "probe") == expected


def test_random() -> None:
    cases = _load("more.json.gz")
    wrong = []
    for case in cases:
        seen = {_NAMES.get(name, name): values for name, values in case["seen"].items()} if case["rc"] == 0 else None
        if _answer(case, case["chart"]) != seen:
            wrong.append((case["id"], case["files"], case["args"]))
    assert not wrong
    assert len(cases) == 700
    assert sum(case["rc"] == 0 for case in cases) > 250
