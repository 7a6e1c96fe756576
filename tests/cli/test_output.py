"""`kplan lint -o`: several reports in one run, to files and to standard output; `--require-coverage`; colours."""

from __future__ import annotations

import json
import os
import random
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kplan.cli.output import FORMATS

THING = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndatum: {k: v}\n"
GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\ndata: {k: v}\n"


def kplan(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "KPLAN_TRACEBACK")}
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**clean, **env}, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bad.yaml").write_text(BAD)
    return tmp_path


def to_files() -> list[str]:
    return [part for form in FORMATS for part in ("-o", f"{form}={form}.out")]


def test_all_reports_in_one_run_are_those_of_one_run_each(folder: Path) -> None:
    done = kplan("lint", "bad.yaml", *to_files(), cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    for form in FORMATS:
        alone = kplan("lint", "bad.yaml", "-o", form, cwd=folder).stdout
        assert (folder / f"{form}.out").read_text() == alone
        assert "unknown-field" in alone


def test_same_bytes_whatever_the_order_and_the_hash_seed(tmp_path: Path) -> None:
    for name in "abcdef":
        (tmp_path / f"{name}.yaml").write_text(BAD)
    for name in ("Thing", "Other"):
        (tmp_path / f"{name}.yaml").write_text(THING.replace("Thing", name))
    (tmp_path / "broken.yaml").write_text("a: [\n")
    names = sorted(f.name for f in tmp_path.iterdir())
    outputs = set()
    for seed in range(3):
        random.Random(seed).shuffle(names)
        kplan("lint", *names, "-v", *to_files(), cwd=tmp_path, PYTHONHASHSEED=str(seed))
        outputs.add(tuple((tmp_path / f"{form}.out").read_bytes() for form in FORMATS))
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-o", "text", "-o", "json"], "only one report can go to standard output, not `text` and `json`"),
        (["-o", "text", "-o", "json=-"], "only one report can go to standard output"),
        (["-o", "text=a", "-o", "json=a"], "two reports would go to `a`"),
        (["-o", "sarf"], "there is no format `sarf`; did you mean `sarif`?"),
        (["-o", "xml"], "there is no format `xml`; did you mean"),
        (["-o", "=a"], "there is no format ``; the formats are text, "),
        (["-o", "json="], "the name of the file is missing"),
        (["-o", "json=none/a.json"], "`none/a.json` cannot be written: No such file or directory"),
        (["-o", "json=."], "`.` cannot be written: Is a directory"),
    ],
)
def test_wrong_outputs(folder: Path, args: list[str], message: str) -> None:
    done = kplan("lint", "bad.yaml", *args, cwd=folder)
    assert done.returncode == 2
    assert (message if "did you mean" not in message else message.split(";")[0]) in done.stderr
    assert sorted(f.name for f in folder.iterdir()) == ["bad.yaml"]


def test_a_file_is_replaced_whole_and_keeps_its_rights(folder: Path) -> None:
    report, link = folder / "report.json", folder / "link.json"
    report.write_text("old")
    report.chmod(0o640)
    link.symlink_to("report.json")
    kplan("lint", "bad.yaml", "-o", "json=link.json", cwd=folder)
    assert json.loads(report.read_text())["findings"]
    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(f.name for f in folder.iterdir()) == ["bad.yaml", "link.json", "report.json"]


def test_a_pipe_is_written_to(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((folder / "pipe").read_text()))
    reader.start()
    kplan("lint", "bad.yaml", "-o", "json=pipe", cwd=folder)
    reader.join()
    assert json.loads(read[0])["findings"]


def test_files_have_no_colours_and_standard_output_may(folder: Path) -> None:
    done = kplan("lint", "bad.yaml", "-o", "text", "-o", "concise=out", "--color", "always", cwd=folder)
    assert "\x1b[" in done.stdout
    assert "\x1b[" not in (folder / "out").read_text()


@pytest.mark.parametrize(
    ("env", "is_coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_colours_follow_the_environment(folder: Path, env: dict[str, str], is_coloured: bool) -> None:
    assert ("\x1b[" in kplan("lint", "bad.yaml", cwd=folder, **env).stdout) == is_coloured


@pytest.mark.parametrize(
    ("text", "args", "code"),
    [
        (GOOD, ["--require-coverage"], 0),
        (GOOD + "---\nreplicas: 3\n", ["--require-coverage"], 0),
        (THING, [], 0),
        (THING, ["--require-coverage"], 3),
        (THING, ["--require-coverage", "--ignore", "no-schema"], 3),
        (THING, ["--require-coverage", "--select", "references"], 0),
        (f"{THING}---\n{BAD}", ["--require-coverage"], 3),
        (f"{THING}---\n{BAD}", [], 1),
        (BAD, ["--require-coverage"], 1),
    ],
)
def test_coverage_can_be_required(tmp_path: Path, text: str, args: list[str], code: int) -> None:
    (tmp_path / "a.yaml").write_text(text)
    done = kplan("lint", "a.yaml", *args, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (code, "")
    assert (re.search("; 1 not checked: 1 object without schema", done.stdout) is not None) == (
        THING in text and "references" not in args
    )
