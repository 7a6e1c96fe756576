from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from kplan.errors import InputError, UsageError
from kplan.loader import load
from kplan.model import Manifest


def document(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"


def write(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document(file.stem.lower().replace("_", "-")), encoding="utf-8")


def names(manifest: Manifest) -> list[str]:
    return [resource.ref.name for resource in manifest]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_is_read_in_order_of_its_names(here: Path) -> None:
    write(
        here,
        "b.yaml",
        "a/z.yml",
        "a/y.json",
        "c/d/e.yaml",
        "B.yaml",
        "notes.txt",
        ".git/x.yaml",
        ".h.yaml",
        "a.yaml",
    )
    manifest = load(["."])
    assert manifest.files == (".h.yaml", "B.yaml", "a/y.json", "a/z.yml", "a.yaml", "b.yaml", "c/d/e.yaml")
    assert names(manifest) == [".h", "b", "true", "z", "a", "b", "e"]
    assert manifest.resources[2].source.file == "a/y.json"
    assert load(["."]).files == manifest.files


def test_paths_keep_their_order_and_are_read_once(here: Path) -> None:
    write(here, "b.yaml", "a/z.yml", "readme.txt")
    assert load(["b.yaml", "a", ".", "./b.yaml", here / "a" / "z.yml", "readme.txt"]).files == (
        "b.yaml",
        "a/z.yml",
        "readme.txt",
    )


def test_stdin(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, "a.yaml")
    manifest = load(["-", "a.yaml"], stdin=document("piped").encode())
    assert manifest.files == ("<stdin>", "a.yaml")
    assert names(manifest) == ["piped", "a"]
    assert str(manifest.resources[0].source.span(("kind",))) == "<stdin>:2:7"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(document("typed").encode())))
    assert names(load(["-"])) == ["typed"]


def test_a_missing_path_stops_with_a_hint(here: Path) -> None:
    write(here, "deployment.yaml", "base/service.yaml")
    with pytest.raises(UsageError, match=r"^`deploiment.yaml` does not exist; did you mean `deployment.yaml`\?$"):
        load(["deploiment.yaml"])
    with pytest.raises(UsageError, match=r"did you mean `base/service.yaml`\?$"):
        load(["base/servce.yaml"])
    with pytest.raises(UsageError, match=r"^`nowhere/at/all` does not exist$"):
        load(["nowhere/at/all"])


def test_no_colon_makes_a_revision_where_there_is_no_git(here: Path) -> None:
    with pytest.raises(InputError, match=r"`HEAD:a.yaml` is no file, and "):
        load(["HEAD:a.yaml"])


def test_a_file_may_have_a_colon_in_its_name(here: Path) -> None:
    write(here, "HEAD:a.yaml")
    assert load(["HEAD:a.yaml"]).files == ("HEAD:a.yaml",)


def test_an_unreadable_file_is_a_finding_and_the_others_load(here: Path) -> None:
    write(here, "a.yaml", "c.yaml")
    os.symlink("nowhere", here / "b.yaml")
    manifest = load(["."])
    assert names(manifest) == ["a", "c"]
    finding = manifest.findings[0]
    assert (finding.rule, str(finding.span)) == ("yaml-syntax", "b.yaml:1:1")
    assert finding.message == "the file cannot be read: No such file or directory"


def test_links_to_folders_are_left_out(here: Path) -> None:
    write(here, "a/x.yaml")
    os.symlink("..", here / "a" / "loop")
    os.symlink("x.yaml", here / "a" / "y.yaml")
    assert load(["."]).files == ("a/x.yaml", "a/y.yaml")


def test_a_broken_file_is_a_finding_and_the_others_load(here: Path) -> None:
    write(here, "a.yaml", "c.yaml")
    (here / "b.yaml").write_bytes(b"a: \xff\n")
    manifest = load(["."])
    assert names(manifest) == ["a", "c"]
    assert [str(finding.span) for finding in manifest.findings] == ["b.yaml:1:4"]
    assert dict(manifest.texts) == {"b.yaml": "a: \ufffd\n"}
