"""`python -m bench.faults`: how many of the one-fault sets in tests/faults each linter catches.

A linter catches a fault if it says something of the faulty set that it does not say of its twin, which differs from it
in the fault alone. What it says of the twins is noise. Linters that are not installed are left out.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.peer import kubeconform, write_schemas

SETS = Path(__file__).resolve().parent.parent / "tests" / "faults"
MINOR = 37
_PEER_MINOR = 30
"""The newest minor that kubectl-validate brings along."""

_OWN = 2
"""Of the linters, the first ones are kplan's profiles."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Linter(NamedTuple):
    """A name, the command for a folder and a minor, and which lines of its output are findings."""

    name: str
    command: Callable[[Path, int], list[str | Path]]
    is_finding: Callable[[str], bool]


class Set(NamedTuple):
    """A folder of tests/faults with what its fault.toml says of it."""

    folder: Path
    topic: str
    minor: int

    @property
    def is_change(self) -> bool:
        """Whether it takes the manifests of before to see the fault."""
        return (self.folder / "before").is_dir()


def main() -> None:
    """Print the table, one row a topic."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--programs", type=Path, help="a folder with linters, beside the PATH")
    parser.add_argument("--missed", metavar="LINTER", help="list what this one does not catch, too")
    options = parser.parse_args()
    if options.programs:
        os.environ["PATH"] = f"{options.programs}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as cache:
        linters = list(_linters(Path(cache)))
        sets = [_read(file.parent) for file in sorted(SETS.glob("*/fault.toml"))]
        said = {one: [_compare(linter, one) for linter in linters] for one in sets}
    _print_table(linters, said)
    for one, answers in said.items():
        for linter, (is_caught, _) in zip(linters, answers, strict=True):
            if linter.name == options.missed and not is_caught:
                print(f"{linter.name} misses {one.folder.name}")


def _linters(cache: Path) -> list[Linter]:
    kplan = Path(sys.executable).parent / "kplan"
    lint: list[str | Path] = [kplan, "lint", "--no-config", "-o", "concise"]
    is_line = re.compile(r"^\S+:\d+:\d+: ").match

    def by_kplan(profile: str) -> Linter:
        return Linter(
            f"kplan {profile}",
            lambda folder, minor: [*lint, "--profile", profile, "--kube-version", f"1.{minor}", folder],
            lambda line: bool(is_line(line)),
        )

    found = [by_kplan("default"), by_kplan("recommended")]
    if score := shutil.which("kube-score"):
        found.append(Linter("kube-score", lambda f, _: [score, "score", "-o", "ci", *_files(f)], _is_score))
    if schema := kubeconform(cache):
        found.append(Linter("kubeconform", lambda f, minor: _by_schema(schema, cache, f, minor), bool))
    if validate := shutil.which("kubectl-validate"):
        version = f"--version=1.{_PEER_MINOR}"
        found.append(Linter("kubectl-validate", lambda f, _: [validate, version, *_files(f)], _is_invalid))
    return found


def _by_schema(program: Path, cache: Path, folder: Path, minor: int) -> list[str | Path]:
    schemas = cache / f"schemas-{minor}"
    if not schemas.exists():
        write_schemas(schemas, minor)
    at = f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    return [program, "-strict", "-kubernetes-version", f"1.{minor}.0", "-schema-location", at, *_files(folder)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _is_score(line: str) -> bool:
    return not line.startswith(("[OK]", "[SKIPPED]"))


def _is_invalid(line: str) -> bool:
    return not line.endswith("OK") and not line.startswith("Error: validation failed")


def _read(folder: Path) -> Set:
    said = tomllib.loads((folder / "fault.toml").read_text(encoding="utf-8"))
    return Set(folder, said["topic"], int(said.get("kube-version", f"1.{MINOR}").removeprefix("1.")))


def _compare(linter: Linter, one: Set) -> tuple[bool, int]:
    """Whether the fault is caught, and how much is said of the twin."""
    if one.is_change:
        is_kplan = linter.name.startswith("kplan")
        return is_kplan and _plan(one, "faulty") > _plan(one, "clean"), 0
    faulty, clean = (_say(linter, one.folder / side, one.minor) for side in ("faulty", "clean"))
    return bool(faulty - clean), clean.total()


def _say(linter: Linter, folder: Path, minor: int) -> Counter[str]:
    """The findings, a line each, without what differs for the same finding: colours, places, the folder."""
    done = subprocess.run(linter.command(folder, minor), capture_output=True, text=True, check=False)
    lines = (_COLOUR.sub("", line).strip() for line in (done.stdout + done.stderr).splitlines())
    return Counter(
        re.sub(r":\d+:\d+:", ":", line.replace(str(folder), "")) for line in lines if line and linter.is_finding(line)
    )


def _plan(one: Set, side: str) -> int:
    program = Path(sys.executable).parent / "kplan"
    command: list[str | Path] = [
        program,
        "plan",
        "--no-config",
        "--from",
        one.folder / "before",
        "--to",
        one.folder / side,
    ]
    return len(
        re.findall(r"^ *error\[", subprocess.run(command, capture_output=True, text=True, check=False).stdout, re.M)
    )


def _print_table(linters: Sequence[Linter], said: dict[Set, list[tuple[bool, int]]]) -> None:
    print("| faults | sets |", " | ".join(linter.name for linter in linters), "| all peers together |")
    print("|---|---:|" + "---:|" * (len(linters) + 1))
    for topic in sorted({one.topic for one in said}):
        _print_row(topic, [answers for one, answers in said.items() if one.topic == topic])
    _print_row("**all**", list(said.values()))
    noise = [sum(answers[i][1] for answers in said.values()) for i in range(len(linters))]
    print("| said of the twins | |", " | ".join(map(str, (*noise, sum(noise[_OWN:])))), "|")


def _print_row(name: str, rows: list[list[tuple[bool, int]]]) -> None:
    caught = [sum(row[i][0] for row in rows) for i in range(len(rows[0]))]
    by_any = sum(any(is_caught for is_caught, _ in row[_OWN:]) for row in rows)
    print(f"| {name} | {len(rows)} |", " | ".join(map(str, (*caught, by_any))), "|")


if __name__ == "__main__":
    main()
