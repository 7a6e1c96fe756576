"""`kplan fix` as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OLD = "apiVersion: batch/v1beta1 # old\nkind: CronJob\nmetadata: {name: tidy}\n"
NEW = OLD.replace("v1beta1", "v1")
GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\ndata: {k: v}\n"
GUESS = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, environment: []}]}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: hunter2\n  pin: 1234\n"


def kplan(*args: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", "fix", *args]
    return subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "old.yaml").write_text(OLD)
    (tmp_path / "deploy" / "good.yaml").write_text(GOOD)
    return tmp_path


def test_files_are_rewritten_in_place(folder: Path) -> None:
    file = folder / "deploy" / "old.yaml"
    file.chmod(0o640)
    result = kplan("deploy", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert file.read_text() == NEW
    assert file.stat().st_mode & 0o777 == 0o640
    assert "fixed[removed-api]" in result.stdout
    assert result.stdout.endswith("\n\nfixed 1 problem in 1 file\n")
    assert sorted(path.name for path in file.parent.iterdir()) == ["good.yaml", "old.yaml"]
    assert kplan("deploy", cwd=folder).stdout == "nothing to fix\n"


@pytest.mark.parametrize(("args", "code"), [(["--check"], 1), (["--diff"], 0), (["--diff", "--check"], 1)])
def test_check_and_diff_write_nothing(folder: Path, args: list[str], code: int) -> None:
    result = kplan(*args, "deploy", cwd=folder)
    assert result.returncode == code
    assert (folder / "deploy" / "old.yaml").read_text() == OLD
    assert "1 problem in 1 file would be fixed" in result.stdout + result.stderr
    if "--diff" in args:
        assert result.stdout.splitlines()[:2] == ["--- a/deploy/old.yaml", "+++ b/deploy/old.yaml"]
        assert "+apiVersion: batch/v1 # old\n" in result.stdout


def test_nothing_to_change_is_no_failure(folder: Path) -> None:
    assert kplan("--check", "deploy/good.yaml", cwd=folder).returncode == 0


def test_a_diff_is_a_patch(folder: Path) -> None:
    diff = kplan("--diff", "deploy", cwd=folder).stdout
    subprocess.run(["git", "apply", "-"], cwd=folder, input=diff, text=True, check=True, capture_output=True)
    assert (folder / "deploy" / "old.yaml").read_text() == NEW


def test_standard_input_goes_to_standard_output(folder: Path) -> None:
    result = kplan("-", cwd=folder, stdin=OLD)
    assert (result.returncode, result.stdout) == (0, NEW)
    assert "fixed[removed-api]" in result.stderr


def test_the_version_is_the_target(folder: Path) -> None:
    assert kplan("--check", "--kube-version", "1.20", "deploy", cwd=folder).returncode == 0
    assert kplan("--check", "--kube-version", "1.21", "deploy", cwd=folder).returncode == 1


def test_the_configuration_counts(folder: Path) -> None:
    group = '[[group]]\nname = "old"\nfiles = "clusters/old/"\nkube-version = "1.20"\n'
    (folder / "kplan.toml").write_text(f'exclude = ["vendor/"]\n{group}')
    for name in ("vendor", "clusters/old", "clusters/new"):
        (folder / name).mkdir(parents=True)
        (folder / name / "old.yaml").write_text(OLD)
    assert kplan(cwd=folder).returncode == 0
    texts = {name: (folder / name / "old.yaml").read_text() for name in ("vendor", "clusters/old", "clusters/new")}
    assert texts == {"vendor": OLD, "clusters/old": OLD, "clusters/new": NEW}
    assert "clusters/old" in kplan("--no-config", "--check", cwd=folder).stdout


def test_rules_are_selected(folder: Path) -> None:
    assert kplan("--check", "--ignore", "removed-api", "deploy", cwd=folder).returncode == 0
    assert kplan("--check", "--select", "schema", "deploy", cwd=folder).returncode == 0
    assert kplan("--check", "--select", "deprecation", "deploy", cwd=folder).returncode == 1
    wrong = kplan("--select", "nonsense", "deploy", cwd=folder)
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_guesses_are_asked_for(folder: Path) -> None:
    (folder / "pod.yaml").write_text(GUESS)
    assert kplan("--check", "pod.yaml", cwd=folder).returncode == 0
    result = kplan("--unsafe", "pod.yaml", cwd=folder)
    assert "fixed, please check[unknown-field]" in result.stdout
    assert (folder / "pod.yaml").read_text() == GUESS.replace("environment", "env")


def test_what_is_left_is_named_with_the_reason(folder: Path) -> None:
    text = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: old}\n"
    (folder / "psp.yaml").write_text(text)
    result = kplan("psp.yaml", cwd=folder)
    assert result.returncode == 0
    assert "psp.yaml:1: not fixed[removed-api]: `policy/v1beta1` PodSecurityPolicy" in result.stdout
    assert "  because: nothing replaces PodSecurityPolicy in Kubernetes 1.37\n" in result.stdout
    assert result.stdout.endswith("nothing fixed; 1 problem left\n")
    assert (folder / "psp.yaml").read_text() == text


def test_values_of_secrets_are_not_printed(folder: Path) -> None:
    (folder / "secret.yaml").write_text(SECRET)
    result = kplan("--diff", "secret.yaml", cwd=folder)
    assert "1 problem in 1 file would be fixed" in result.stderr
    assert "hunter2" not in result.stdout + result.stderr
    assert "1234" not in result.stdout + result.stderr
    kplan("secret.yaml", cwd=folder)
    assert (folder / "secret.yaml").read_text() == SECRET.replace("1234", '"1234"')


def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "link.yaml").symlink_to("deploy/old.yaml")
    assert kplan("link.yaml", cwd=folder).returncode == 0
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "deploy" / "old.yaml").read_text() == NEW


@pytest.mark.parametrize("args", [["nothing.yaml"], ["HEAD:deploy"], ["empty"]])
def test_what_cannot_be_rewritten_is_refused(folder: Path, args: list[str]) -> None:
    (folder / "empty").mkdir()
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True, env=env, capture_output=True)
    result = kplan(*args, cwd=folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert (folder / "deploy" / "old.yaml").read_text() == OLD


def test_a_broken_file_hides_nothing_of_the_others(folder: Path) -> None:
    (folder / "deploy" / "broken.yaml").write_text("a: [\n")
    assert kplan("deploy", cwd=folder).returncode == 0
    assert (folder / "deploy" / "old.yaml").read_text() == NEW
    assert (folder / "deploy" / "broken.yaml").read_text() == "a: [\n"


def test_the_order_of_arguments_does_not_matter(folder: Path) -> None:
    (folder / "deploy" / "more.yaml").write_text(OLD.replace("tidy", "more"))
    one = kplan("--diff", "deploy/old.yaml", "deploy/more.yaml", cwd=folder)
    other = kplan("--diff", "deploy/more.yaml", "deploy/old.yaml", cwd=folder)
    assert (one.stdout, one.stderr) == (other.stdout, other.stderr)
