"""The charts that are shipped: they render, lint clean, plan, and make what is expected."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kplan.model import Severity
from kplan.pipeline import lint, plan_manifests
from kplan.render.chart import read_chart
from kplan.render.golden import cases, run, unreached
from kplan.render.load import Options, Release, load
from kplan.render.order import documents
from kplan.render.skeleton import skeleton
from kplan.render.value import Given, chart_with_values, values_files
from kplan.render.value.schema import check_values

ROOT = Path(__file__).resolve().parents[2]
CHARTS = sorted(path.name for path in (ROOT / "charts").iterdir())


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def options(minor: int = 37, *releases: Release) -> Options:
    return Options(minor, "default", releases)


def test_these_are_shipped() -> None:
    assert CHARTS == ["lets-chat", "monolith", "starter", "trio"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_what_a_chart_has(name: str) -> None:
    folder = ROOT / "charts" / name
    for file in ("Chart.yaml", "values.yaml", "README.md", "templates/NOTES.txt"):
        assert (folder / file).is_file(), file
    assert (folder / "values.schema.json").is_file() or name == "starter"
    assert 0 < (folder / "README.md").read_text().count("\n") < 15


@pytest.mark.parametrize("name", CHARTS)
def test_golden_cases(name: str) -> None:
    chart = read_chart(f"charts/{name}")
    found = cases(chart, 37)
    assert found
    outcomes = [run(chart, case) for case in found]
    assert [o.case.name for o in outcomes if not o.is_same] == []
    for case in found:
        made, values = chart_with_values(chart, case.given)
        assert check_values(made, values.table) == ()
    if name != "starter":
        assert [u for u in unreached(chart, outcomes) if u.why != "always has a turn"] == []


@pytest.mark.parametrize("name", CHARTS)
def test_lints_clean(name: str) -> None:
    assert lint(load([f"charts/{name}"], options=options()), minor=37).findings == ()


def test_all_of_them_lint_clean_together() -> None:
    result = lint(load(["charts"], options=options()), minor=37)
    assert (result.findings, result.unchecked) == ((), ())


def test_the_starter_is_clean_when_more_is_asked_for() -> None:
    found = lint(load(["charts/starter"], options=options()), minor=37, profile="recommended").findings
    assert [f.rule for f in found if f.severity >= Severity.WARNING] == []


def test_in_production_only_the_database_is_alone() -> None:
    release = Release("chat", "charts/lets-chat", ("charts/lets-chat/values-production.yaml",))
    found = lint(load(["charts/lets-chat"], options=options(37, release)), minor=37, profile="recommended").findings
    assert [(f.rule, f.message) for f in found if f.severity >= Severity.WARNING] == [
        ("single-replica", "one pod alone serves service/mongo")
    ]


@pytest.mark.parametrize("name", CHARTS)
def test_plans(name: str) -> None:
    plan = plan_manifests(load([], options=options()), load([f"charts/{name}"], options=options()), minor=37)
    assert plan.findings == ()
    assert all(rollout.finished for rollout in plan.rollouts)


@pytest.mark.parametrize(
    ("name", "minor", "replica_sets"),
    [
        ("lets-chat", 20, ["mongo-5c694c878b", "letschat-7c66bd64f5"]),
        ("trio", 16, ["auth-784c79df7f", "hello-67dfcd5745"]),
    ],
)
def test_replica_sets_have_the_names_that_clusters_gave_them(name: str, minor: int, replica_sets: list[str]) -> None:
    made = load([f"charts/{name}"], options=options(minor))
    plan = plan_manifests(load([], options=options()), made, minor=minor)
    assert set(replica_sets) <= {rollout.new_name for rollout in plan.rollouts}


def test_the_starter_is_what_a_new_chart_is(request: pytest.FixtureRequest) -> None:
    folder = ROOT / "charts" / "starter"
    for name, data in skeleton("web").items():
        if request.config.getoption("--update"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        assert (folder / name).read_bytes() == data, name
    more = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - set(skeleton("web"))
    assert {name for name in more if not name.endswith("expected.yaml")} <= {"README.md"}


def test_values_files_beside_a_chart_fit_it() -> None:
    chart = read_chart("charts/lets-chat")
    for file in (
        "charts/lets-chat/values-production.yaml",
        "examples/upgrade/before.yaml",
        "examples/upgrade/after.yaml",
    ):
        made, values = chart_with_values(chart, Given(files=values_files([file])))
        assert check_values(made, values.table) == ()


def test_an_upgrade_with_a_bad_image() -> None:
    before, after = (
        load(
            ["charts/lets-chat"],
            options=options(37, Release("chat", "charts/lets-chat", (f"examples/upgrade/{when}.yaml",))),
        )
        for when in ("before", "after")
    )
    plan = plan_manifests(before, after, minor=37, never_ready=("lets-chat:0.5.0",))
    [rollout] = plan.rollouts
    assert (str(rollout.ref), rollout.finished, rollout.fewest_available) == ("deployment/letschat", False, 3)


def test_a_selector_that_matches_nothing_is_found_in_the_template() -> None:
    [finding] = lint(load(["examples/secure-service"], options=options()), minor=37).findings
    assert finding.rule == "service-without-endpoints"
    places = []
    span = finding.span.origin if finding.span else None
    while span is not None:
        places.append(f"{span.file.removeprefix('examples/secure-service/')}:{span.start.line}:{span.start.column}")
        span = span.origin
    assert places == ["templates/_labels.j2:2:1", "templates/application.yaml:8:5", "values.yaml:9:3"]


SHOWN = [
    line.strip()
    for name in CHARTS
    for line in (ROOT / "charts" / name / "README.md").read_text().splitlines()
    if line.startswith("    kplan ") and "kubectl" not in line
]


@pytest.mark.parametrize("line", SHOWN)
def test_what_the_readmes_of_charts_show_runs(line: str) -> None:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1 if "secure=null" in line else 0, "")


def test_every_document_of_every_case_has_a_kind() -> None:
    for name in CHARTS:
        chart = read_chart(f"charts/{name}")
        for case in cases(chart, 37):
            assert all(each.kind and each.name for each in documents(run(chart, case).rendered.files))
