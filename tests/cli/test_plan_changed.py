"""`kplan plan --changed`, `--since` and `--fail-on`: the plan of a change, and when it stops a commit."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.repository import BAD, commit, deployment, git, kplan, service, write

RECREATE = deployment().replace("spec:\n", "spec:\n  strategy: {type: Recreate}\n", 1)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PRE_COMMIT_FROM_REF", raising=False)
    git("init", "--quiet", "--initial-branch", "main")
    return tmp_path


def last(*args: str) -> str:
    done = kplan("plan", *args)
    assert done.code == 0, done
    return done.out.splitlines()[-1]


def test_a_change_is_planned_from_the_last_commit() -> None:
    commit({"deploy.yaml": deployment(), "service.yaml": service()})
    write({"deploy.yaml": deployment(image="shop:2")})
    expected = "Plan: 1 to change, 1 unchanged; 1 rollout, never below 2 of 2 available"
    assert last("--changed", "deploy.yaml") == expected
    assert last("--since", "HEAD") == expected
    assert last("--since", "HEAD", "deploy.yaml").startswith("Plan: 1 to change; ")
    commit({})
    assert last("--changed", "deploy.yaml") == "Plan: nothing changes, 2 unchanged"
    assert last("--changed", "--since", "HEAD~1", "deploy.yaml") == expected


def test_what_is_deleted_goes_only_with_prune() -> None:
    commit({"deploy.yaml": deployment(), "sub/service.yaml": service()})
    write({"sub/service.yaml": None})
    assert last("--changed") == "Plan: nothing changes, 2 unchanged"
    assert last("--changed", "--prune") == "Plan: 1 to delete, 1 unchanged; 0 rollouts"
    assert last("--since", "HEAD", "--prune", "sub") == "Plan: 1 to delete; 0 rollouts"


def test_before_the_first_commit_all_is_made() -> None:
    write({"deploy.yaml": deployment(), "service.yaml": service()})
    git("add", "--all")
    assert last("--changed", "deploy.yaml") == "Plan: 2 to create; 0 rollouts"


def test_nothing_is_planned_where_no_manifest_changes() -> None:
    commit({"deploy.yaml": deployment()})
    done = kplan("plan", "--changed", "--fail-on", "note")
    assert done == (
        0,
        "Plan: nothing to do, there are no objects\n",
        "note: there is no manifest among the changed files\n",
    )


@pytest.mark.parametrize(("level", "code"), [(None, 0), ("error", 1), ("warning", 1), ("note", 1)])
def test_a_risk_fails_only_where_it_is_asked_to(level: str | None, code: int) -> None:
    commit({"deploy.yaml": RECREATE, "service.yaml": service()})
    write({"deploy.yaml": RECREATE.replace("shop:1", "shop:2")})
    done = kplan("plan", "--changed", "deploy.yaml", *(("--fail-on", level) if level else ()))
    assert "error[service-outage]" in done.out
    assert done.code == code


def test_a_milder_risk_is_below_the_level() -> None:
    reader = deployment() + "          envFrom: [{configMapRef: {name: settings}}]\n"
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: info}\n"
    commit({"deploy.yaml": reader, "settings.yaml": settings, "kplan.toml": "fail-on = 'note'\n"})
    write({"settings.yaml": settings.replace("info", "debug")})
    done = kplan("plan", "--changed", "settings.yaml", "--fail-on", "error")
    assert "warning[config-change-without-restart]" in done.out
    assert done.code == 0
    assert kplan("plan", "--changed", "settings.yaml", "--fail-on", "warning").code == 1
    assert kplan("plan", "--changed", "settings.yaml").code == 0


def test_errors_of_files_that_did_not_change_do_not_count() -> None:
    commit({"deploy.yaml": deployment(), "bad.yaml": BAD})
    write({"deploy.yaml": deployment(image="shop:2")})
    done = kplan("plan", "--changed", "deploy.yaml")
    assert done.code == 0
    assert "unknown-field" not in done.out
    assert kplan("plan", "--changed", "deploy.yaml", "bad.yaml").code == 1
    assert kplan("plan", "--since", "HEAD").code == 1


def test_a_change_that_the_server_refuses_counts() -> None:
    commit({"deploy.yaml": deployment()})
    write({"deploy.yaml": deployment().replace("app: web", "app: shop")})
    done = kplan("plan", "--changed", "deploy.yaml")
    assert done.code == 1
    assert "error[immutable-field]" in done.out


def test_each_group_has_a_plan_of_its_own() -> None:
    groups = "".join(f"[[group]]\nname = '{name}'\nfiles = '{name}/'\n" for name in ("prod", "test"))
    commit({"kplan.toml": groups, "prod/deploy.yaml": deployment(), "test/deploy.yaml": deployment()})
    write({"prod/deploy.yaml": deployment(image="shop:2"), "test/deploy.yaml": deployment(image="shop:3")})
    done = kplan("plan", "--changed", "prod/deploy.yaml", "test/deploy.yaml")
    assert [line for line in done.out.splitlines() if line.startswith("# ")] == ["# .: prod", "# .: test"]
    assert done.out.count("Plan: 1 to change; 1 rollout") == 2
    assert "## .: test" in kplan("plan", "--changed", "prod/deploy.yaml", "test/deploy.yaml", "-o", "markdown").out
    alone = json.loads(kplan("plan", "--changed", "prod/deploy.yaml", "-o", "json").out)
    assert alone["summary"]["change"] == 1
    refused = kplan("plan", "--changed", "prod/deploy.yaml", "test/deploy.yaml", "-o", "json")
    assert refused.code == 2
    assert "the change touches `.: prod`, `.: test`" in refused.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--changed", "--from", "deploy.yaml"], "--changed: give the changed files as PATHS"),
        (["--changed", "--to", "deploy.yaml"], "--changed: give the changed files as PATHS"),
        (["--since", "HEAD", "--from", "deploy.yaml"], "either with --from or with --since, not both"),
        (["--since", "nothing"], "git knows no revision `nothing`"),
        (["--since", "HEAD", "-"], "--since compares with files and folders of the working tree"),
        (["--since", "HEAD", "nothing.yaml"], "`nothing.yaml` does not exist, nor did it in HEAD"),
        (["--changed", "nothing.yaml"], "`nothing.yaml` does not exist"),
    ],
)
def test_wrong_usage(args: list[str], message: str) -> None:
    commit({"deploy.yaml": deployment()})
    done = kplan("plan", *args)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_outside_of_git_there_is_nothing_before(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.chdir(tmp_path_factory.mktemp("plain"))
    write({"deploy.yaml": deployment()})
    assert last("--changed", "deploy.yaml") == "Plan: 1 to create; 0 rollouts"


def test_hooks_of_charts_are_in_no_plan() -> None:
    hook = "apiVersion: v1\nkind: Pod\nmetadata: {name: hook, annotations: {helm.sh/hook: test}}\nspec:\n"
    commit(
        {
            "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            "chart/values.yaml": "replicas: 2\n",
            "chart/templates/deploy.yaml": deployment().replace("replicas: 2", "replicas: {{ Values.replicas }}"),
            "chart/templates/hook.yaml": hook + "  containers: [{name: a, image: b}]\n",
        }
    )
    write({"chart/values.yaml": "replicas: 3\n"})
    assert last("--changed", "chart/values.yaml") == last("--since", "HEAD") == "Plan: 1 to change; 0 rollouts"
