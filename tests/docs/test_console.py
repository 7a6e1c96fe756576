"""Every console block of the README and of docs/ is run, and must print what it shows.

A line `...` stands for lines left out. `pytest tests/docs --update` writes what the commands print into the pages.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
NOT_RUN = ("make ", "pip ", "pipx ", "git ", "cd ")


@dataclass(frozen=True)
class Command:
    page: Path
    line: int
    text: str
    expected: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line} {self.text}"


def commands(page: Path) -> list[Command]:
    text = page.read_text()
    found = []
    for block in BLOCK.finditer(text):
        line = text[: block.start(1)].count("\n") + 1
        for part in re.split(r"(?m)^(?=\$ )", block[1])[1:]:
            first, _, rest = part.partition("\n")
            found.append(Command(page, line, first[2:], rest))
    return found


ALL = [command for page in PAGES for command in commands(page)]
RUN = [command for command in ALL if not command.text.startswith(NOT_RUN)]


def printed(command: Command) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(
        ["bash", "-c", command.text], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    return (done.stdout + done.stderr).strip("\n")


def test_the_readme_shows_commands() -> None:
    assert any(command.page.name == "README.md" for command in RUN)


def test_make_targets_that_pages_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in ALL:
        if command.text.startswith("make "):
            assert re.search(rf"^{re.escape(shlex.split(command.text)[1])}:", makefile, re.M), command


@pytest.mark.parametrize("command", RUN, ids=str)
def test_console(command: Command, request: pytest.FixtureRequest) -> None:
    actual, expected = printed(command), command.expected.strip("\n")
    assert "internal error" not in actual
    if re.search(r"(?m)^\.\.\.$", expected):
        position = 0
        for piece in re.split(r"(?m)^\.\.\.\n?", expected):
            at = actual.find(piece.strip("\n"), position)
            assert at >= 0, f"not printed, or not in this order: {piece!r}\nprinted:\n{actual}"
            position = at + len(piece)
        return
    if request.config.getoption("--update") and actual != expected:
        text = command.page.read_text()
        before = f"$ {command.text}\n{command.expected}"
        command.page.write_text(text.replace(before, f"$ {command.text}\n{actual}\n", 1))
        return
    assert actual == expected
