"""Sets of manifests with one fault each, beside twins without it.

A folder has `faulty/` and `clean/`, for changes `before/` too, and `fault.toml`: what is wrong, and each finding that
says so. The fault is told, nothing else is, and the twin is silent. A profile that is not `default` marks a fault that
is a matter of opinion.
"""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from kplan.cli import cli

HERE = Path(__file__).parent
_NOT_CHECKED = "no-schema"
"""Says that custom resources are not checked, in sets that are about other fields of them."""


class Fault(NamedTuple):
    folder: Path
    what: str
    topic: str
    finding: frozenset[tuple[str, str, int]]
    profile: str = "default"
    kube_version: str = "1.37"

    @property
    def is_change(self) -> bool:
        return (self.folder / "before").is_dir()

    def __str__(self) -> str:
        return self.folder.name


def read(folder: Path) -> Fault:
    said: dict[str, Any] = tomllib.loads((folder / "fault.toml").read_text(encoding="utf-8"))
    found = frozenset((f.pop("rule"), f.pop("file"), f.pop("line")) for f in (said["finding"]) if f)
    assert not any(said.pop("finding")), folder
    return Fault(folder, finding=found, **{key.replace("-", "_"): value for key, value in said.items()})


FAULTS = [read(file.parent) for file in sorted(HERE.glob("*/fault.toml"))]
CHANGES = [fault for fault in FAULTS if fault.is_change]
SETS = [fault for fault in FAULTS if not fault.is_change]


def run(*args: str | Path) -> dict[str, Any]:
    result = CliRunner().invoke(cli, [*map(str, args), "--no-config", "-o", "json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def lint(fault: Fault, side: str) -> list[tuple[str, str, int]]:
    folder = fault.folder / side
    if any(folder.glob("kustomization.*")) and not (shutil.which("kustomize") or shutil.which("kubectl")):
        pytest.skip("neither kustomize nor kubectl is installed")
    answer = run("lint", folder, "--profile", fault.profile, "--kube-version", fault.kube_version)
    return [place(f, folder) for f in answer["findings"] if f["rule"] != _NOT_CHECKED]


def plan(fault: Fault, side: str) -> list[tuple[str, str, int]]:
    folder = fault.folder / side
    answer = run("plan", "--from", fault.folder / "before", "--to", folder)
    return [place(f, folder) for f in (*answer["findings"], *answer["risks"])]


def place(finding: dict[str, Any], folder: Path) -> tuple[str, str, int]:
    return finding["rule"], os.path.relpath(finding["file"], folder), finding["line"]


@pytest.mark.parametrize("fault", SETS, ids=str)
def test_the_fault_and_nothing_else_is_told(fault: Fault) -> None:
    assert fault.finding
    assert Counter(lint(fault, "faulty")) == Counter(fault.finding)


@pytest.mark.parametrize("fault", SETS, ids=str)
def test_the_twin_is_silent(fault: Fault) -> None:
    assert lint(fault, "clean") == []


@pytest.mark.parametrize("fault", CHANGES, ids=str)
def test_the_change_is_told(fault: Fault) -> None:
    assert fault.finding
    assert fault.finding <= set(plan(fault, "faulty"))


@pytest.mark.parametrize("fault", CHANGES, ids=str)
def test_the_other_change_is_fine(fault: Fault) -> None:
    assert plan(fault, "clean") == []


def test_what_is_surely_wrong_is_told_by_default() -> None:
    profiles = Counter(fault.profile for fault in FAULTS)
    assert profiles.keys() == {"default", "recommended"}
    assert profiles["default"] > 150


def test_the_comparison_counts_them() -> None:
    text = (HERE.parent.parent / "docs" / "comparison.md").read_text(encoding="utf-8")
    assert f"has {len(FAULTS)} small sets" in text
    for topic, count in Counter(fault.topic for fault in FAULTS).items():
        assert f"| {topic} | {count} |" in text
