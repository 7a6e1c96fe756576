"""The hooks as a user has them: installed by pre-commit from a clone of this tree, and asked at each commit.

pre-commit makes them an environment with pip. Where no index can be reached, pip makes do with the packages that these
tests run with; where that fails too, the tests are skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cli.repository import BAD, deployment, service, write

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "hooks.md"
NEEDED: Final = ("kplan/", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
OLD = """\
# Kept by hand.
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}  # one of two
"""
CONFIG = """\
repos:
  - repo: {clone}
    rev: {revision}
    hooks:
{hooks}
"""


def environment(home: Path) -> dict[str, str]:
    """What a user's shell has, without what this test run's has of its own."""
    own = ("GIT_", "PRE_COMMIT", "KPLAN", "PYTHON", "VIRTUAL_ENV", "FORCE_COLOR", "COV_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    who = {f"GIT_{role}_{what}": f"a{end}" for role in ("AUTHOR", "COMMITTER") for what, end in USER.items()}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    pip = {"PIP_RETRIES": "1", "PIP_DEFAULT_TIMEOUT": "15", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    return {**env, **who, **alone, **pip, "PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never", "PATH": path}


USER: Final = {"NAME": "", "EMAIL": "@example.com"}


def run(*command: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=110)


def must(*command: str, cwd: Path, env: dict[str, str]) -> str:
    done = run(*command, cwd=cwd, env=env)
    assert done.returncode == 0, done
    return done.stdout.strip()


class Hooks:
    """A clone of this tree, and pre-commit's folder with the environment that it has made for it."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "kplan"
        self.env = environment(folder / "cache")
        self.revision = self._cloned()

    def _cloned(self) -> str:
        """The working tree, committed or not, as a repository of its own."""
        listed = must("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT, env=self.env)
        for name in filter(None, listed.split("\0")):
            if name.startswith(NEEDED) and (ROOT / name).is_file():
                (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.clone / name)
        for command in (("init", "--quiet"), ("add", "--all", "--force"), ("commit", "--quiet", "-m", "all")):
            must("git", *command, cwd=self.clone, env=self.env)
        return must("git", "rev-parse", "HEAD", cwd=self.clone, env=self.env)

    def config(self, *hooks: str) -> str:
        text = "\n".join(f"      - {hook}" for hook in hooks)
        return CONFIG.format(clone=self.clone, revision=self.revision, hooks=text)

    def make_environment(self, folder: Path) -> None:
        """Let pre-commit install the hooks, as it does at the first commit; skip the tests where it cannot."""
        must("git", "init", "--quiet", cwd=folder, env=self.env)
        (folder / ".pre-commit-config.yaml").write_text(self.config("id: kplan-lint"))
        done = run("pre-commit", "install-hooks", cwd=folder, env=self.env)
        if done.returncode and NO_INDEX.search(done.stdout):
            # Without an index: no environment to build in, and what is installed here is taken as it is.
            here = {"PYTHONPATH": sysconfig.get_path("purelib"), "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1"}
            done = run("pre-commit", "install-hooks", cwd=folder, env={**self.env, **here})
            if done.returncode:
                pytest.skip("pip can reach no package index, and hatchling is not installed here")
            self.env["PYTHONPATH"] = here["PYTHONPATH"]
        assert done.returncode == 0, done.stdout


NO_INDEX: Final = re.compile(
    "No matching distribution|NewConnectionError|ConnectTimeout|ProxyError|Could not fetch URL"
)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hooks]:
    if shutil.which("pre-commit", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}") is None:
        pytest.skip("pre-commit is not installed")
    made = Hooks(tmp_path_factory.mktemp("hooks"))
    made.make_environment(tmp_path_factory.mktemp("first"))
    yield made
    shutil.rmtree(made.clone.parent, ignore_errors=True)


class Repository:
    """A repository in which the hooks are installed."""

    def __init__(self, folder: Path, hooks: Hooks) -> None:
        self.folder = folder
        self.hooks = hooks

    def git(self, *args: str) -> str:
        return must("git", *args, cwd=self.folder, env=self.hooks.env)

    def commit(self, files: dict[str, str | None]) -> tuple[bool, str]:
        """Write the files and commit all: whether the hooks let it pass, and what they say."""
        write(files)
        self.git("add", "--all")
        done = run("git", "commit", "--message", "a change", cwd=self.folder, env=self.hooks.env)
        assert "An unexpected error" not in done.stderr
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path, hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    made = Repository(tmp_path, hooks)
    made.git("init", "--quiet")
    made.git("commit", "--quiet", "--allow-empty", "--message", "nothing")
    must("pre-commit", "install", cwd=tmp_path, env=hooks.env)
    return made


def test_lint_lets_good_manifests_pass_and_refuses_bad_ones(repository: Repository) -> None:
    config = {".pre-commit-config.yaml": repository.hooks.config("id: kplan-lint")}
    shop = {"deploy/web.yaml": deployment(), "service/web.yaml": service(), "deploy/other.yaml": deployment("other")}
    passes, said = repository.commit({**config, **shop})
    assert passes, said
    assert re.search(r"kplan lint\.+Passed", said)

    passes, said = repository.commit({"bad.yaml": BAD})
    assert not passes
    assert re.search(r"kplan lint\.+Failed", said)
    assert " --> bad.yaml:4:1\n" in said
    assert "5 files, 4 objects checked" in said
    repository.git("reset", "--quiet", "--hard")

    # A change that breaks a file that does not change.
    passes, said = repository.commit({"deploy/web.yaml": deployment().replace("app: web", "app: shop")})
    assert not passes
    assert "error[service-without-endpoints]: selector `app=web` matches no pod\n --> service/web.yaml:5:13" in said
    repository.git("reset", "--quiet", "--hard")

    passes, said = repository.commit({"deploy/web.yaml": None})
    assert not passes
    assert " --> service/web.yaml:5:13" in said
    repository.git("reset", "--quiet", "--hard")

    # What is not staged is no part of the commit, and what was wrong before is no fault of it.
    write({"deploy/web.yaml": deployment().replace("app: web", "app: shop")})
    write({"bad.yaml": BAD})
    (repository.folder / "README.md").write_text("kplan\n")
    repository.git("add", "README.md")
    repository.git("commit", "--quiet", "--message", "words")
    repository.git("reset", "--quiet", "--hard")
    repository.git("add", "bad.yaml")
    repository.git("commit", "--quiet", "--no-verify", "--message", "bad")
    passes, said = repository.commit({"deploy/web.yaml": deployment(image="shop:2")})
    assert passes, said


def test_fix_rewrites_an_old_version(repository: Repository) -> None:
    config = {".pre-commit-config.yaml": repository.hooks.config("id: kplan-fix")}
    passes, said = repository.commit({**config, "web.yaml": deployment(), "budget.yaml": OLD, "notes.json": "[1]\n"})
    assert not passes
    assert re.search(r"kplan fix\.+Failed\n- hook id: kplan-fix\n- files were modified by this hook", said)
    assert "fixed[removed-api]" in said
    assert (repository.folder / "budget.yaml").read_text() == OLD.replace("policy/v1beta1", "policy/v1")
    passes, said = repository.commit({})
    assert passes, said


def test_plan_is_shown_and_stops_a_risk(repository: Repository) -> None:
    config = {".pre-commit-config.yaml": repository.hooks.config("id: kplan-plan")}
    passes, said = repository.commit({**config, "web.yaml": deployment(), "service.yaml": service()})
    assert passes, said
    assert "Plan: 2 to create; 0 rollouts" in said
    passes, said = repository.commit({"web.yaml": deployment(image="shop:2")})
    assert passes, said
    assert re.search(r"kplan plan\.+Passed", said)
    assert "Plan: 1 to change, 1 unchanged; 1 rollout, never below 2 of 2 available" in said

    recreate = deployment(image="shop:3").replace("spec:\n", "spec:\n  strategy: {type: Recreate}\n", 1)
    passes, said = repository.commit({"web.yaml": recreate})
    assert not passes
    assert "error[service-outage]" in said
    write({".pre-commit-config.yaml": repository.hooks.config("id: kplan-plan\n        args: []")})
    passes, said = repository.commit({})
    assert passes, said


def test_all_files_and_a_range_of_commits(repository: Repository) -> None:
    env = repository.hooks.env
    config = {".pre-commit-config.yaml": repository.hooks.config("id: kplan-lint")}
    other = {"other.yaml": deployment("other")}
    repository.commit({**config, "web.yaml": deployment(), "service.yaml": service(), **other})
    write({"web.yaml": deployment().replace("app: web", "app: shop")})
    repository.git("commit", "--quiet", "--all", "--no-verify", "--message", "labels")
    done = run("pre-commit", "run", "--from-ref", "HEAD~1", "--to-ref", "HEAD", cwd=repository.folder, env=env)
    assert done.returncode == 1
    assert " --> service.yaml:5:13" in done.stdout
    done = run("pre-commit", "run", "--all-files", cwd=repository.folder, env=env)
    assert done.returncode == 1
    assert "1 error\n4 files, 3 objects checked" in done.stdout


def test_the_page_shows_the_hooks_as_they_are_used(repository: Repository, request: pytest.FixtureRequest) -> None:
    """The page's own configuration, its `rev` and address replaced, refuses the page's own change as the page shows."""
    text = PAGE.read_text()
    config = re.search(r"```yaml\n(repos:.*?)```", text, re.S)
    shown = re.search(r"```text\n\$ git commit.*?\n(.*?)```", text, re.S)
    assert config
    assert shown
    own = re.sub(r"rev: \S+", f"rev: {repository.hooks.revision}", config[1])
    own = re.sub(r"repo: \S+", f"repo: {repository.hooks.clone}", own)
    files = {"deploy.yaml": deployment(), "service.yaml": service()}
    passes, said = repository.commit({".pre-commit-config.yaml": own, **files})
    assert passes, said
    passes, said = repository.commit({"deploy.yaml": deployment().replace("app: web", "app: shop")})
    assert not passes
    said = "".join(f"{line.rstrip()}\n" for line in said.splitlines()).rstrip("\n") + "\n"
    if request.config.getoption("--update"):
        PAGE.write_text(text.replace(shown[1], said))
    else:
        assert said == shown[1]
