"""Charts of ours: the Jinja twin of each, and the chart that the converter makes of it, render to what helm made."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kplan.render.chart import Chart, read_chart
from kplan.render.convert.chart import ConvertedChart, convert_chart
from kplan.render.convert.compare import Document, differences, documents
from kplan.render.folder import write_folder
from kplan.render.release import Capabilities, Release
from kplan.render.rendering import Rendered, render
from kplan.render.template import Selection, selected
from kplan.render.value import Given, chart_with_values

HERE = Path(__file__).parent
NAMES = sorted(path.name for path in HERE.iterdir() if (path / "helm").is_dir())


def _recorded(name: str) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(gzip.decompress((HERE / name / "recorded.json.gz").read_bytes()))
    return recorded


CASES = [(name, case) for name in NAMES for case in _recorded(name)]


@cache
def _converted(name: str) -> ConvertedChart:
    return convert_chart(str(HERE / name / "helm"))


def _given(name: str, case: str, converted: ConvertedChart | None = None) -> Given:
    if case == "default":
        return Given()
    raw = (HERE / name / "values" / f"{case}.yaml").read_bytes()
    return Given(files=((f"{case}.yaml", converted.values(raw, "") if converted else raw),))


def _render(chart: Chart, given: Given) -> Rendered:
    made, values = chart_with_values(chart, given)
    return render(made, values, Release("rel", "shop"), capabilities=Capabilities(36))


def _check(rendered: Rendered, chart: Chart, expected: dict[str, Any]) -> None:
    messages = [f"{each.span}: {each.message}" for each in rendered.findings]
    if "fails" in expected:
        assert messages
        return
    assert not messages
    helm = [Document(each["template"], each["object"]) for each in expected["objects"]]
    printed = selected(chart, rendered, Selection(crds=True))
    ours = [
        Document(each.source.partition("/")[2], data)
        for each in printed
        for data in documents(f"{each.text}\n".encode())
    ]
    assert not differences(helm, ours)
    assert [document.name for document in ours] == [document.name for document in helm]
    assert rendered.notes.split() == expected["notes"].split()


@pytest.mark.parametrize(("name", "case"), CASES)
def test_twin(name: str, case: str) -> None:
    chart = read_chart(str(HERE / name / "jinja"))
    _check(_render(chart, _given(name, case)), chart, _recorded(name)[case])


@pytest.mark.parametrize(("name", "case"), CASES)
def test_converted(name: str, case: str, tmp_path: Path) -> None:
    converted = _converted(name)
    assert not converted.marked
    write_folder(converted.files, str(tmp_path / "chart"))
    chart = read_chart(str(tmp_path / "chart"))
    _check(_render(chart, _given(name, case, converted)), chart, _recorded(name)[case])


def test_all_are_here() -> None:
    assert len(NAMES) >= 25
    assert all(len(_recorded(name)) >= 2 for name in NAMES)
    assert sum("objects" in case for name in NAMES for case in _recorded(name).values()) > 70
