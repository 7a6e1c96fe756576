from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "shop:1"}]}
"""
SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: key
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"key":"hunter2"}}'}
stringData: {key: hunter2}
"""


def kplan(*arguments: str, folder: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "before.yaml").write_text(WEB)
    (tmp_path / "after.yaml").write_text(WEB.replace("shop:1", "shop:2"))
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    for image in ("shop:1", "shop:2", "shop:3"):
        (tmp_path / "web.yaml").write_text(WEB.replace("shop:1", image))
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", image)
    (tmp_path / "web.yaml").write_text(WEB.replace("shop:1", "shop:4"))
    return tmp_path


def test_plan_of_new_objects(folder: Path) -> None:
    done = kplan("plan", "after.yaml", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Plan: 1 to create; 0 rollouts"


def test_plan_from_stdin_to_a_file(folder: Path) -> None:
    done = kplan("plan", "--from", "-", "--to", "after.yaml", "-o", "json", folder=folder, stdin=WEB)
    assert json.loads(done.stdout)["summary"]["rollouts"] == 1


def test_paths_and_to_exclude_each_other(folder: Path) -> None:
    done = kplan("plan", "after.yaml", "--to", "before.yaml", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--to" in done.stderr


def test_a_path_that_is_not_there(folder: Path) -> None:
    done = kplan("plan", "nowhere.yaml", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere.yaml" in done.stderr


def test_errors_in_the_manifests(folder: Path) -> None:
    (folder / "broken.yaml").write_text(WEB.replace("replicas: 3", "replicas: three"))
    done = kplan("plan", "broken.yaml", "after.yaml", folder=folder)
    assert done.returncode == 1
    assert "broken.yaml:5:" in done.stdout


def test_a_file_that_is_no_yaml(folder: Path) -> None:
    (folder / "broken.yaml").write_text("a: [\n")
    done = kplan("plan", "after.yaml", "broken.yaml", folder=folder)
    assert done.returncode == 1
    assert "1 to create" in done.stdout
    assert "broken.yaml:" in done.stdout


def test_plan_of_a_git_revision(repository: Path) -> None:
    done = kplan("plan", ".", "--from", "HEAD~1:./", folder=repository)
    assert "shop:2 -> shop:4" in done.stdout
    assert done.returncode == 0


def test_bad_image_stops_the_rollout(folder: Path) -> None:
    done = kplan("plan", "after.yaml", "--from", "before.yaml", "--bad-image", "shop:2", folder=folder)
    assert "never finishes" in done.stdout


def test_colour_only_where_it_is_wanted(folder: Path) -> None:
    arguments = ("plan", "after.yaml", "--from", "before.yaml")
    assert "\x1b" not in kplan(*arguments, folder=folder).stdout
    assert "\x1b" in kplan(*arguments, "--color", "always", folder=folder).stdout


@pytest.mark.parametrize(("after", "code"), [("before.yaml", 0), ("after.yaml", 1), ("nowhere.yaml", 2)])
def test_diff_has_the_codes_of_kubectl(folder: Path, after: str, code: int) -> None:
    assert kplan("diff", "before.yaml", after, folder=folder).returncode == code


def test_diff_shows_what_goes(folder: Path) -> None:
    (folder / "none.yaml").write_text("")
    done = kplan("diff", "--from", "before.yaml", "--to", "none.yaml", folder=folder)
    assert (done.returncode, "- deployment/web" in done.stdout) == (1, True)


def test_diff_of_faulty_manifests_fails(folder: Path) -> None:
    (folder / "broken.yaml").write_text(WEB.replace("replicas:", "replicaz:"))
    done = kplan("diff", "before.yaml", "broken.yaml", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "replicaz" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "change"),
    [
        (("HEAD",), "shop:3 -> shop:4"),
        (("HEAD~2",), "shop:1 -> shop:4"),
        (("HEAD~1", "web.yaml"), "shop:2 -> shop:4"),
        (("HEAD~2..HEAD~1",), "shop:1 -> shop:2"),
        (("HEAD~2:web.yaml", "web.yaml"), "shop:1 -> shop:4"),
        (("HEAD~2:web.yaml", "HEAD:web.yaml"), "shop:1 -> shop:3"),
    ],
)
def test_diff_of_git_revisions(repository: Path, arguments: tuple[str, ...], change: str) -> None:
    done = kplan("diff", *arguments, folder=repository)
    assert change in done.stdout, done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize(
    "arguments", [(), ("before.yaml",), ("before.yaml", "after.yaml", "after.yaml"), ("--from", "x")]
)
def test_diff_asks_for_two_sides(folder: Path, arguments: tuple[str, ...]) -> None:
    assert kplan("diff", *arguments, folder=folder).returncode == 2


def test_diff_of_an_unknown_revision(repository: Path) -> None:
    done = kplan("diff", "no-such-branch", folder=repository)
    assert done.returncode == 2
    assert "no-such-branch" in done.stderr


def test_diff_as_json(folder: Path) -> None:
    document = json.loads(kplan("diff", "before.yaml", "after.yaml", "-o", "json", folder=folder).stdout)
    assert document["summary"]["change"] == 1
    assert document["changes"][0]["fields"][0]["name"] == "spec.template.spec.containers[web].image"


def test_show_hides_the_values_of_secrets(folder: Path) -> None:
    done = kplan("show", "-", folder=folder, stdin=SECRET)
    assert "hunter2" not in done.stdout
    assert 'key: "(hidden)"' in done.stdout
    assert "hunter2" in kplan("show", "-", "--reveal", folder=folder, stdin=SECRET).stdout


def test_show_stored_has_defaults(folder: Path) -> None:
    done = kplan("show", "before.yaml", "--stored", "-o", "json", folder=folder)
    assert json.loads(done.stdout)["spec"]["revisionHistoryLimit"] == 10
    assert "revisionHistoryLimit" not in kplan("show", "before.yaml", folder=folder).stdout


def test_show_stored_hides_too(folder: Path) -> None:
    done = kplan("show", "-", "--stored", folder=folder, stdin=SECRET)
    assert "hunter2" not in done.stdout
    assert "aHVudGVyMg" not in done.stdout


def test_show_names_what_it_cannot_read(folder: Path) -> None:
    done = kplan("show", "-", folder=folder, stdin="a: [\n---\n" + WEB)
    assert done.returncode == 1
    assert "error[" in done.stderr
