"""`kplan explain` and `kplan completion` as a user runs them, and what every command's help holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kplan.cli import cli
from kplan.cli.output import FORMATS

COMMANDS = cli.list_commands(click.Context(cli))


def kplan(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "KPLAN_TRACEBACK")}
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**clean, **env}, check=False)


def completed(cwd: Path, *words: str) -> list[str]:
    """What bash is told for the last of the words."""
    line = " ".join(("kplan", *words))
    done = kplan(cwd=cwd, _KPLAN_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words)))
    return [item.partition(",")[2] for item in done.stdout.splitlines()]


def test_explain_tells_rules_from_fields(tmp_path: Path) -> None:
    assert kplan("explain", "removed-api", cwd=tmp_path).stdout.startswith("# removed-api\n")
    field = kplan("explain", "deploy.spec.strategy", "--kube-version", "1.30", cwd=tmp_path).stdout
    assert field.startswith("spec.strategy <DeploymentStrategy>, Deployment of apps/v1, Kubernetes 1.30\n")


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("removed-apis", "there is no rule `removed-apis`; did you mean `removed-api`?"),
        ("deploy.spec.replica", "has no field `replica`; did you mean `replicas`?"),
        ("depoyment", "there is no rule and no kind `depoyment`; did you mean `deployment`?"),
    ],
)
def test_explain_refuses_what_is_not_there(tmp_path: Path, topic: str, message: str) -> None:
    done = kplan("explain", topic, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_explain_is_the_same_whatever_the_hash_seed(tmp_path: Path) -> None:
    pages = {kplan("explain", "pod.spec", cwd=tmp_path, PYTHONHASHSEED=str(seed)).stdout for seed in range(3)}
    assert len(pages) == 1


def test_nothing_but_explain_reads_the_descriptions() -> None:
    code = "import sys, kplan; kplan.lint(kplan.load([])); print('kplan.schemas.description' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell(tmp_path: Path, shell: str) -> None:
    script = kplan("completion", shell, cwd=tmp_path)
    assert script.returncode == 0
    assert f"_KPLAN_COMPLETE={shell}_complete" in script.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script.stdout, text=True, check=True)


def test_what_is_completed(tmp_path: Path) -> None:
    assert completed(tmp_path, "co")[:1] == ["completion"]
    assert "lint" in completed(tmp_path, "l")
    assert completed(tmp_path, "lint", "-o", "") == list(FORMATS)
    assert completed(tmp_path, "lint", "-o", "js") == ["json"]
    assert "--require-coverage" in completed(tmp_path, "lint", "--req")
    assert "removed-api" in completed(tmp_path, "lint", "--select", "rem")
    assert "schema,deprecated-api" in completed(tmp_path, "lint", "--ignore", "schema,dep")
    assert "deployment" in completed(tmp_path, "explain", "deplo")
    assert "removed-api" in completed(tmp_path, "explain", "removed")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_enough_by_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    text = click.Context(command, info_name=name, parent=click.Context(cli, info_name="kplan")).get_help()
    assert command.short_help
    assert f"kplan {name}" in text.split("Options:")[0].split("\n", 1)[1], "no example"
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, f"{parameter.name} is not explained"
    assert not re.search(r"(?m)^  Examples:.*kplan .*kplan ", text), "examples run together"


def test_help_names_the_exit_codes() -> None:
    for name in ("lint", "plan", "diff", "explain"):
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        assert "Exit codes" in (command.help or "")
