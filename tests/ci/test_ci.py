"""The action for GitHub and the jobs for GitLab: their scripts are run as they stand, in a repository of manifests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.cli.repository import BAD, commit, deployment, git, service, write

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "ci.md"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step.get("name", step.get("id")): step for step in ACTION["runs"]["steps"]}
BLOCKS: list[dict[str, Any]] = [
    yaml.load(block, yaml.BaseLoader) for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.S)
]
OUTAGE = deployment(image="shop:2").replace("spec:\n", "spec:\n  strategy: {type: Recreate}\n", 1)
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


def value(expression: str, inputs: dict[str, str], base: str) -> Any:
    """What an expression of GitHub comes to: `||` and `&&` are Python's `or` and `and`."""
    known = {"github.event.pull_request.base.sha": base, "steps.python.outputs.python-path": sys.executable}
    known |= {f"inputs.{name}": given for name, given in inputs.items()}
    text = re.sub(r"(?:inputs|github|steps)\.[\w.-]+", lambda found: repr(known[found[0]]), expression)
    text = text.replace("||", " or ").replace("&&", " and ").replace("!cancelled()", "True")
    return eval(text, {"__builtins__": {}})


class Ran(NamedTuple):
    code: int
    out: str
    summary: str


class Job:
    """The steps of the action, run one after the other as GitHub does."""

    def __init__(self, folder: Path, event_base: str, **inputs: str) -> None:
        self.base = event_base
        self.temp = folder
        defaults = {name: each["default"] for name, each in ACTION["inputs"].items()}
        self.inputs = {**defaults, **{name.replace("_", "-"): text for name, text in inputs.items()}}

    def fill(self, text: str) -> str:
        return EXPRESSION.sub(lambda found: str(value(found[1].strip(), self.inputs, self.base)), text)

    def run(self, name: str, **env: str) -> Ran | None:
        """What a step does; None where it is left out."""
        step = STEPS[name]
        if "if" in step and not value(EXPRESSION.fullmatch(step["if"])[1].strip(), self.inputs, self.base):  # type: ignore[index]
            return None
        summary = self.temp / "summary.md"
        summary.write_text("")
        runner = {"GITHUB_STEP_SUMMARY": summary, "GITHUB_PATH": self.temp / "path", "RUNNER_TEMP": self.temp}
        given = {key: self.fill(text) for key, text in step.get("env", {}).items()}
        all_env = {**given, **{key: str(path) for key, path in runner.items()}, "GITHUB_ACTION_PATH": str(ROOT), **env}
        done = bash(step["run"], all_env, "--noprofile", "--norc")
        return Ran(done.returncode, done.stdout + done.stderr, summary.read_text())


def bash(script: str, env: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", *options, "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(
        command, env={**os.environ, "PATH": path, **env}, capture_output=True, text=True, check=False, timeout=100
    )


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The working folder is a repository with a commit, whose id this is, and a change that is no commit yet."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "KUBE_VERSION", "PROFILE", "FAIL_ON", "PATHS", "BASE", "SARIF", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    git("init", "--quiet")
    first = commit({"deploy/web.yaml": deployment(), "deploy/service.yaml": service()})
    write({"deploy/web.yaml": deployment(image="shop:2")})
    return first


@pytest.fixture
def job(base: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Job]:
    folder = tmp_path_factory.mktemp("runner")
    return lambda **inputs: Job(folder, inputs.pop("event_base", base), **inputs)


def test_the_action_is_well_formed() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert set(ACTION) == {"name", "description", "branding", "inputs", "outputs", "runs"}
    for name, each in ACTION["inputs"].items():
        assert set(each) == {"description", "required", "default"}, name
        assert isinstance(each["default"], str), name
        assert each["description"].endswith("."), name
    for step in ACTION["runs"]["steps"]:
        assert "uses" in step or step["shell"] == "bash"
        assert "${{" not in step.get("run", ""), (
            "what a workflow gives goes through the environment, never into a script"
        )
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    assert used == set(ACTION["inputs"])


def test_the_action_installs_itself(job: Callable[..., Job], tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\necho "$0 $*" >> calls\n[ "$2" != venv ] || { mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; }\n'
    )
    python.chmod(0o755)
    made = job()
    done = made.run("Install kplan", PYTHON=str(python))
    assert done is not None
    assert done.code == 0, done
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[0] == f"{python} -m venv {made.temp}/kplan"
    assert calls[1] == f"{made.temp}/kplan/bin/python -m pip install --quiet --disable-pip-version-check {ROOT}"
    assert (made.temp / "path").read_text() == f"{made.temp}/kplan/bin\n"


def test_the_base_is_fetched_only_where_it_is_not_there(job: Callable[..., Job], tmp_path: Path) -> None:
    assert job().run("Fetch the base") == (0, "", "")
    assert job(event_base="").run("Fetch the base") is None
    there = git("rev-parse", "HEAD")
    shallow = tmp_path / "shallow"
    commit({"deploy/web.yaml": OUTAGE})
    git("clone", "--quiet", "--depth", "1", f"file://{tmp_path}", str(shallow))
    os.chdir(shallow)
    git("config", "remote.origin.url", f"file://{tmp_path}")
    done = job(event_base=there).run("Fetch the base")
    assert done is not None
    assert done.code == 0, done
    assert git("cat-file", "-t", there) == "commit"


def test_a_good_change(job: Callable[..., Job]) -> None:
    lint, plan = job().run("Lint"), job().run("Plan")
    checked = "2 files, 2 objects checked against Kubernetes 1.37\n"
    assert lint == (0, checked, f"### kplan lint: nothing found\n\n{checked}")
    assert json.loads(Path("kplan.sarif").read_text())["runs"][0]["results"] == []
    assert plan is not None
    assert plan.code == 0
    assert plan.summary.startswith(
        "### kplan plan: 1 to change, 1 unchanged; 1 rollout, never below 2 of 2 available\n"
    )
    assert "| `deployment/web` | replaces its 2 pods" in plan.summary
    assert plan.out.endswith("Plan: 1 to change, 1 unchanged; 1 rollout, never below 2 of 2 available\n")


def test_a_bad_change(job: Callable[..., Job]) -> None:
    write({"deploy/bad.yaml": BAD})
    lint, plan = job().run("Lint"), job().run("Plan")
    assert lint is not None
    assert lint.code == 1
    assert lint.out.startswith("::error file=deploy/bad.yaml,line=4,")
    assert lint.summary.startswith("### kplan lint: 1 error\n")
    results = json.loads(Path("kplan.sarif").read_text())["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["unknown-field"]
    assert plan is not None
    assert plan.code == 0, "errors in the manifests are the linter's to tell"


def test_only_what_is_new(job: Callable[..., Job]) -> None:
    known = commit({"deploy/bad.yaml": BAD})
    alone = job(event_base=known, only_new="true").run("Lint")
    assert alone is not None
    assert alone.code == 0
    assert alone.summary.endswith("; 1 finding not of this change\n")
    assert job(event_base="", only_new="true").run("Lint").code == 1  # type: ignore[union-attr]


def test_a_risk(job: Callable[..., Job]) -> None:
    write({"deploy/web.yaml": OUTAGE})
    assert job().run("Plan").code == 0  # type: ignore[union-attr]
    done = job(fail_on_risk="error").run("Plan")
    assert done is not None
    assert done.code == 1
    assert "**0 of 2: an outage**" in done.summary


def test_all_inputs(job: Callable[..., Job]) -> None:
    write({"deploy/a file.yaml": BAD, "ci/kplan.toml": "ignore = ['schema']\n"})
    paths = "deploy/web.yaml\ndeploy/a file.yaml\n"
    done = job(paths=paths, kube_version="1.30", profile="strict", fail_on="note", sarif="a.sarif").run("Lint")
    assert done is not None
    assert done.code == 1
    assert "2 files, 2 objects checked against Kubernetes 1.30" in done.summary
    assert "`no-liveness-probe`" in done.summary
    assert Path("a.sarif").is_file()
    assert job(paths="deploy/a file.yaml", config="ci/kplan.toml").run("Lint").code == 0  # type: ignore[union-attr]
    assert job(plan="false").run("Plan") is None
    assert job(event_base="").run("Plan") is None
    assert job(event_base="", base=git("rev-parse", "HEAD")).run("Plan").code == 0  # type: ignore[union-attr]
    assert job(paths="nothing").run("Plan").code == 2  # type: ignore[union-attr]


def test_the_workflow_of_the_page_uses_inputs_and_outputs_that_there_are() -> None:
    (steps,) = [job["steps"] for block in BLOCKS for job in block.get("jobs", {}).values()]
    (ours,) = [step for step in steps if "/kplan@" in step["uses"]]
    assert set(ours["with"]) <= set(ACTION["inputs"])
    (named,) = re.findall(rf"steps\.{ours['id']}\.outputs\.(\w+)", PAGE.read_text())
    assert named in ACTION["outputs"]


def test_the_page_has_all_inputs(request: pytest.FixtureRequest) -> None:
    rows = [f"| `{name}` | {_default(each)} | {each['description']} |" for name, each in ACTION["inputs"].items()]
    table = "\n".join(["| input | default | what |", "|---|---|---|", *rows])
    text = PAGE.read_text()
    expected = re.sub(r"(<!-- inputs -->\n).*?(<!-- end of)", lambda m: f"{m[1]}{table}\n{m[2]}", text, flags=re.S)
    if request.config.getoption("--update"):
        PAGE.write_text(expected)
    else:
        assert text == expected


def _default(given: dict[str, str]) -> str:
    return f"`{given['default']}`" if given["default"] else ""


def jobs_of_gitlab() -> dict[str, dict[str, Any]]:
    (block,) = [block for block in BLOCKS if "kplan lint" in block]
    return {name: {**block[".kplan"], **each} for name, each in block.items() if not name.startswith(".")}


def run_gitlab(name: str, base: str) -> subprocess.CompletedProcess[str]:
    found = jobs_of_gitlab()[name]
    (install,) = found["before_script"]
    assert install.startswith('pip install --quiet "git+https://')
    env = {**found["variables"], "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    return bash("\n".join(found["script"]), env)


def artifacts(name: str) -> list[str]:
    """The files that a job keeps."""
    kept = jobs_of_gitlab()[name]["artifacts"]
    return [*kept.get("paths", ()), *kept.get("reports", {}).values()]


@pytest.mark.parametrize("bad", [False, True])
def test_gitlab_lint(base: str, bad: bool) -> None:
    write({"deploy/bad.yaml": BAD} if bad else {})
    done = run_gitlab("kplan lint", base)
    assert done.returncode == bad
    assert f"{3 if bad else 2} files, " in done.stdout
    assert all(Path(file).is_file() for file in artifacts("kplan lint"))
    quality = json.loads(Path("kplan-quality.json").read_text())
    assert [found["location"]["path"] for found in quality] == ["deploy/bad.yaml"] * bad
    suites = ElementTree.parse("kplan-junit.xml").getroot()
    assert len(suites.findall(".//failure")) == bad


@pytest.mark.parametrize("risky", [False, True])
def test_gitlab_plan(base: str, risky: bool) -> None:
    write({"deploy/web.yaml": OUTAGE} if risky else {})
    done = run_gitlab("kplan plan", base)
    assert done.returncode == risky
    assert "Plan: 1 to change" in done.stdout
    assert artifacts("kplan plan") == ["kplan-plan.md"]
    assert ("an outage" in Path("kplan-plan.md").read_text()) == risky
