"""Run commands and say what they cost."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU (user and system) in seconds, peak memory in MiB."""

    cpu_s: float
    peak_mib: float


def run(command: Sequence[str | Path], *, env: dict[str, str] | None = None) -> Cost:
    """The cost of one run; the exit code does not matter, what is printed is thrown away."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def alternate(commands: Mapping[str, Sequence[str | Path]], rounds: int) -> dict[str, list[Cost]]:
    """The costs of each command, run in turns, so that a noisy machine is noisy to all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(run(command))
    return costs


def median_cpu(costs: list[Cost]) -> float:
    """The median CPU time in seconds."""
    return statistics.median(cost.cpu_s for cost in costs)


def peak(costs: list[Cost]) -> float:
    """The highest peak memory in MiB."""
    return max(cost.peak_mib for cost in costs)
