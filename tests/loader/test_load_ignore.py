"""Ignore files: what git leaves out is left out, .kplanignore has more to say, and what is named is read."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kplan.errors import UsageError
from kplan.loader import load, load_revision
from kplan.loader.ignore import Walk, file_matcher

FILES = (
    "a.yaml", "b.yaml", "build/a.yaml", "build/deep/b.yaml", "x/build/c.yaml", "x/a.yaml", "x/keep/a.yaml",
    "x/keep/b.yaml", "x/y/z/a.yaml", "x/y/z/b.yaml", "foo/a.yaml", "foo/bar/a.yaml", "foo/bar/baz/a.yaml",
    "!odd.yaml", "#odd.yaml", "sp ace.yaml", "tail.yaml", "é/a.yaml",
)  # fmt: skip
IGNORES = {
    "folder": {".gitignore": "build/\n"},
    "folder at the root": {".gitignore": "/build\n"},
    "files": {".gitignore": "a.yaml\n"},
    "path": {".gitignore": "x/a.yaml\nfoo/bar\n"},
    "star and back": {".gitignore": "*\n!*/\n!a.yaml\n"},
    "star and back for one": {".gitignore": "foo/*\n!foo/bar/\n"},
    "back inside a folder that is out": {".gitignore": "x\n!x/keep/a.yaml\n"},
    "two stars": {".gitignore": "**/z/a.yaml\nfoo/**/a.yaml\n"},
    "all below": {".gitignore": "foo/**\n"},
    "comment and odd names": {".gitignore": "# a.yaml\n\\#odd.yaml\n\\!odd.yaml\n\n"},
    "spaces": {".gitignore": "sp\\ ace.yaml\ntail.yaml   \n"},
    "classes": {".gitignore": "[ab].yaml\n!x/[!a].yaml\n"},
    "question mark": {".gitignore": "x/?/z\n"},
    "not ascii": {".gitignore": "é/\n"},
    "nonsense": {".gitignore": "!\na[\n/\nb.yaml\n"},
    "windows lines": {".gitignore": "build/\r\nb.yaml\r\n"},
    "nested": {".gitignore": "*.yaml\n", "x/.gitignore": "!a.yaml\n", "x/y/.gitignore": "a.yaml\n"},
    "nested path": {"x/.gitignore": "/y/z/a.yaml\nbuild\n"},
    "nested and outer": {".gitignore": "build/\n", "x/.gitignore": "!build/\n"},
}


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True).stdout.decode()


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8", newline="")


def document(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{abs(hash(name))}}}\n"


def read(*paths: str, walk: Walk | None = None) -> list[str]:
    return sorted(load(paths or ["."], walk=walk).files)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    root = tmp_path / "tree"
    root.mkdir()
    monkeypatch.chdir(root)
    write({name: document(name) for name in FILES})
    return root


@pytest.fixture
def repository(tree: Path) -> Path:
    git("init", "-q", "-b", "main")
    return tree


@pytest.mark.parametrize("ignores", IGNORES.values(), ids=IGNORES)
def test_as_git_does(repository: Path, ignores: dict[str, str]) -> None:
    write(ignores)
    listed = git("ls-files", "--others", "--exclude-standard", "-z").split("\0")
    assert read() == sorted(name for name in listed if name.endswith(".yaml"))


@pytest.mark.parametrize("folder", ["x", "x/y", "foo/bar"])
@pytest.mark.parametrize("ignores", IGNORES.values(), ids=IGNORES)
def test_from_a_folder_inside(repository: Path, ignores: dict[str, str], folder: str) -> None:
    write(ignores)
    whole = [name for name in read() if name.startswith(f"{folder}/")]
    if whole:
        assert read(folder) == whole
        os.chdir(folder)
        assert [f"{folder}/{name}" for name in read()] == whole


def test_without_repository_only_ignore_files_below_count(tree: Path) -> None:
    write({".gitignore": "a.yaml\n", "x/.gitignore": "b.yaml\n"})
    assert read("x") == ["x/a.yaml", "x/build/c.yaml", "x/keep/a.yaml", "x/y/z/a.yaml"]
    assert "x/a.yaml" not in read()


def test_kplanignore_says_more(tree: Path) -> None:
    write({".gitignore": "build/\nb.yaml\n", ".kplanignore": "x/\n!build/\n"})
    assert {name.split("/")[0] for name in read()} == {name.split("/")[0] for name in FILES} - {"x", "b.yaml"}
    assert "build/a.yaml" in read()


def test_what_is_named_is_read(repository: Path) -> None:
    write({".gitignore": "build/\nx/y/\na.yaml\n"})
    assert read("a.yaml") == ["a.yaml"]
    assert read("build") == ["build/a.yaml", "build/deep/b.yaml"]
    assert read("x/y/z") == ["x/y/z/a.yaml", "x/y/z/b.yaml"]
    assert read("x") == ["x/keep/b.yaml"]


def test_no_ignore_reads_all(repository: Path) -> None:
    write({".gitignore": "*\n", ".kplanignore": "*\n", "x/.gitignore": "*\n"})
    assert read() == []
    assert read(walk=Walk(ignore_files=False)) == sorted(FILES)


def test_exclude(tree: Path) -> None:
    assert read(walk=Walk(exclude=("*", "!/foo/", "!foo/a.yaml"))) == ["foo/a.yaml"]
    assert read("foo", walk=Walk(exclude=("foo/bar/",))) == ["foo/a.yaml"]
    assert read("foo/bar", walk=Walk(exclude=("foo/bar/",))) == ["foo/bar/a.yaml", "foo/bar/baz/a.yaml"]
    os.chdir("foo")
    assert read(walk=Walk(exclude=("foo/bar/",), root="..")) == ["a.yaml"]
    assert len(read(walk=Walk(exclude=("foo/bar/",)))) == 3


def test_exclude_that_makes_no_sense(tree: Path) -> None:
    with pytest.raises(UsageError, match="`!` is no pattern for files"):
        read(walk=Walk(exclude=("!",)))


def test_absolute_and_roundabout_names(repository: Path) -> None:
    write({".gitignore": "build/\n/x/a.yaml\n"})
    inside = [name for name in read() if name.startswith("x/")]
    assert [os.path.relpath(name) for name in read(os.path.abspath("x"))] == inside
    assert [os.path.normpath(name) for name in read("foo/../x")] == inside
    assert [os.path.normpath(name) for name in read("./x/")] == inside


def test_unreadable_ignore_file_is_none(repository: Path) -> None:
    os.mkdir(".gitignore")
    write({"x/.gitignore": "\udcff\n".encode("utf-8", "surrogatepass").decode("latin-1")})
    assert read() == sorted(FILES)


@pytest.mark.parametrize("ignores", IGNORES.values(), ids=IGNORES)
def test_a_revision_leaves_out_the_same(repository: Path, ignores: dict[str, str]) -> None:
    git("add", "--force", ".")
    git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "one")
    write(ignores)
    assert sorted(load_revision("HEAD", ["."]).files) == [f"HEAD:{name}" for name in read()]
    assert sorted(load(["HEAD:x"]).files) == [f"HEAD:{name}" for name in read("x")]
    os.chdir("foo")
    assert sorted(load(["HEAD:./bar"]).files) == [f"HEAD:./{name}" for name in read("bar")]
    assert len(load(["HEAD:"], walk=Walk(ignore_files=False)).files) == len(FILES)


@pytest.mark.parametrize(
    ("patterns", "file", "is_meant"),
    [
        (["prod"], "prod/a.yaml", True),
        (["prod"], "x/prod/a.yaml", True),
        (["/prod"], "x/prod/a.yaml", False),
        (["prod/*.yaml"], "prod/a.yaml", True),
        (["prod/*.yaml"], "prod/x/a.yaml", False),
        (["prod/**"], "prod/x/a.yaml", True),
        (["**"], "a", True),
        (["*"], "x/a.yaml", True),
        (["*", "!x/"], "x/a.yaml", True),
        ([], "a", False),
        (["a"], "", False),
    ],
)
def test_file_matcher(patterns: list[str], file: str, is_meant: bool) -> None:
    assert file_matcher(patterns)(file) is is_meant
