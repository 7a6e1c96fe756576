from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kplan.errors import InputError, UsageError
from kplan.loader import load, load_revision
from kplan.loader.git import is_revision


def document(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"


def git(*arguments: str) -> None:
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *settings, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits; since the first, web.yaml was renamed in its metadata and new.yaml came."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    files = {"deploy/web.yaml": "web-1", "deploy/sub/b é.yml": "b", "deploy/.hidden/x.yaml": "x", "top.json": "top"}
    for file, name in files.items():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(document(name), encoding="utf-8")
    Path("deploy/notes.txt").write_text("no manifest\n", encoding="utf-8")
    os.symlink("web.yaml", "deploy/link.yaml")
    os.symlink("nowhere.yaml", "deploy/lost.yaml")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    Path("deploy/web.yaml").write_text(document("web-2"), encoding="utf-8")
    Path("new.yaml").write_text(document("new"), encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "two")
    return tmp_path


def test_a_file_of_a_revision(repository: Path) -> None:
    manifest = load(["HEAD~1:deploy/web.yaml", "HEAD:deploy/web.yaml", "deploy/web.yaml"])
    assert manifest.files == ("HEAD~1:deploy/web.yaml", "HEAD:deploy/web.yaml", "deploy/web.yaml")
    assert [resource.ref.name for resource in manifest] == ["web-1", "web-2", "web-2"]
    assert str(manifest.resources[0].source.span(("kind",))) == "HEAD~1:deploy/web.yaml:2:7"


def test_a_folder_of_a_revision(repository: Path) -> None:
    manifest = load(["HEAD~1:deploy"])
    assert manifest.files == (
        "HEAD~1:deploy/link.yaml",
        "HEAD~1:deploy/lost.yaml",
        "HEAD~1:deploy/sub/b é.yml",
        "HEAD~1:deploy/web.yaml",
    )
    assert [resource.ref.name for resource in manifest] == ["web-1", "b", "web-1"]
    assert [(finding.rule, str(finding.span)) for finding in manifest.findings] == [
        ("yaml-syntax", "HEAD~1:deploy/lost.yaml:1:1")
    ]
    assert load(["HEAD~1:deploy/"]).files == manifest.files


def test_a_whole_revision(repository: Path) -> None:
    assert load(["HEAD:"]).files == (
        "HEAD:deploy/link.yaml",
        "HEAD:deploy/lost.yaml",
        "HEAD:deploy/sub/b é.yml",
        "HEAD:deploy/web.yaml",
        "HEAD:new.yaml",
        "HEAD:top.json",
    )


def test_a_path_from_a_folder_inside(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "deploy")
    assert load(["HEAD:./web.yaml"]).resources[0].ref.name == "web-2"
    assert load(["HEAD:deploy/web.yaml"]).resources[0].ref.name == "web-2"
    with pytest.raises(UsageError, match=r"; from this folder it is `HEAD:./web.yaml`$"):
        load(["HEAD:web.yaml"])


def test_what_a_revision_does_not_have(repository: Path) -> None:
    with pytest.raises(UsageError, match=r"^`new.yaml` does not exist in the revision HEAD~1"):
        load(["HEAD~1:new.yaml"])
    with pytest.raises(InputError, match=r"^`nope:web.yaml` is no file, and git knows no revision `nope`$"):
        load(["nope:web.yaml"])
    with pytest.raises(InputError):
        load(["--help:web.yaml"])


def test_the_paths_of_a_revision(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_revision("HEAD~1", ["."]).files == (
        "HEAD~1:deploy/link.yaml",
        "HEAD~1:deploy/lost.yaml",
        "HEAD~1:deploy/sub/b é.yml",
        "HEAD~1:deploy/web.yaml",
        "HEAD~1:top.json",
    )
    assert load_revision("HEAD~1", ["new.yaml", "top.json"]).files == ("HEAD~1:top.json",)
    with pytest.raises(UsageError, match=r"`nothing.yaml` does not exist, nor did it in HEAD~1"):
        load_revision("HEAD~1", ["nothing.yaml"])
    monkeypatch.chdir(repository / "deploy")
    assert load_revision("main", ["web.yaml", repository / "top.json"]).files == (
        "main:deploy/web.yaml",
        "main:top.json",
    )
    with pytest.raises(UsageError, match="is outside of the git repository"):
        load_revision("main", ["../.."])
    (repository / "deploy" / "web.yaml").unlink()
    assert len(load_revision("main", ["web.yaml"])) == 1


def test_is_revision(repository: Path) -> None:
    assert is_revision("HEAD")
    assert is_revision("main~1")
    assert not is_revision("deploy")
    assert not is_revision("")
    assert not is_revision("--all")
