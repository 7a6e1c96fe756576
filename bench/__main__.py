"""`make bench`: what lint, plan and charts cost, beside kubeconform and helm where they can be had.

CPU seconds are medians over alternating runs; compare ratios, not seconds: machines differ, and are noisy.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.chart import many, measured, twins
from bench.corpus import deployments, many_files, public_manifests
from bench.measure import Cost, alternate, median_cpu, peak
from bench.peer import kubeconform, write_schemas

MINOR = 36


def main() -> None:
    """Run all benchmarks and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each command (default 5)")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "kplan-bench", help="for kubeconform"
    )
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        _lint(Path(folder), options.cache, options.rounds)
        _plan(Path(folder), options.rounds)
        _charts(Path(folder), options.rounds)
        _start(Path(folder), options.rounds)


def _kplan(*args: str | Path) -> list[str | Path]:
    return [Path(sys.executable).parent / "kplan", *args]


def _row(name: str, costs: list[Cost], base: float | None = None, objects: int | None = None) -> float:
    cpu = median_cpu(costs)
    rate = f"{objects / cpu:9.0f} objects/s" if objects else ""
    ratio = f"{cpu / base:6.2f} x" if base else ""
    print(f"  {name:44} {cpu:7.3f} s CPU {peak(costs):7.0f} MiB {rate} {ratio}")
    return cpu


def _lint(folder: Path, cache: Path, rounds: int) -> None:
    files = folder / "many"
    size = many_files(files)
    origin = "public manifests, repeated" if public_manifests() else "Deployments of our own"
    count, shares = _stages(files)
    print(f"lint: 5,000 files, {count} objects, {size / 1e6:.1f} MB ({origin})")
    version = f"--kube-version=1.{MINOR}"
    commands: dict[str, list[str | Path]] = {
        "kplan lint --select syntax,schema": _kplan("lint", "--select=syntax,schema", version, "-o", "concise", files),
        "kplan lint --select syntax,schema,validation": _kplan(
            "lint", "--select=syntax,schema,validation", version, "-o", "concise", files
        ),
        "kplan lint": _kplan("lint", version, "-o", "concise", files),
    }
    peer = kubeconform(cache)
    if peer:
        schemas = folder / "schemas"
        write_schemas(schemas, MINOR)
        location = f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
        commands["kubeconform -strict"] = [
            peer, "-strict", "-ignore-missing-schemas", "-kubernetes-version", f"1.{MINOR}.0",
            "-schema-location", location, files,
        ]  # fmt: skip
    costs = alternate(commands, rounds)
    base = median_cpu(costs["kubeconform -strict"]) if peer else None
    for name, spent in costs.items():
        _row(name, spent, base, count)
    if not peer:
        print("  kubeconform is not installed and Go is not there to install it: no ratio")
    print("  share of the stages:", ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))


def _stages(files: Path) -> tuple[int, dict[str, float]]:
    """Measured in a process of its own, since a command inherits the peak memory of the process it starts from."""
    command = [sys.executable, "-m", "bench.stage", str(files), str(MINOR)]
    count, shares = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return count, shares


def _plan(folder: Path, rounds: int) -> None:
    print("plan: an image change, batch policy")
    for count, replicas in ((250, 10), (500, 10), (1000, 10), (1, 2500), (1, 5000), (1, 10_000)):
        before, after = (deployments(folder, count, replicas, tag) for tag in ("v1", "v2"))
        costs = alternate({"plan": _kplan("plan", "--from", before, "--to", after, "-o", "json")}, min(rounds, 3))
        _row(f"{count} Deployments of {replicas} pods", costs["plan"], objects=2 * count)


def _charts(folder: Path, rounds: int) -> None:
    """The median chart of the small ones stands for them: one process for each would only measure starts."""
    small = twins()
    large = many(folder / "charts", 1000)
    helm = shutil.which("helm")
    for name, folders in ((f"{len(small)} small charts", small), ("1 chart", [large])):
        count, seconds = measured([each / "jinja" for each in folders], rounds)
        print(f"charts: {name}, {count} objects")
        per_chart, per_object = seconds / len(folders) * 1e3, seconds / count * 1e6
        print(f"  {'rendering':44} {per_chart:7.1f} ms a chart {per_object:7.0f} µs an object")
        chart = folders[len(folders) // 2]
        commands = {"kplan template": _kplan("template", "rel", chart / "jinja")}
        if helm:
            commands["helm template"] = [helm, "template", "rel", chart / "helm"]
        costs = alternate(commands, rounds)
        base = median_cpu(costs["helm template"]) if helm else None
        for command, spent in costs.items():
            _row(command, spent, base)
        if base:
            print(f"  rendering takes {seconds / len(folders) / base:.2f} x of helm's process")
        else:
            print("  helm is not installed: no ratio")


def _start(folder: Path, rounds: int) -> None:
    print("start: one small file")
    file = deployments(folder, 1, 3, "v1")
    costs = alternate(
        {
            "python -c 'import click'": [sys.executable, "-c", "import click"],
            "kplan --version": _kplan("--version"),
            "kplan lint FILE": _kplan("lint", file),
        },
        rounds * 3,
    )
    base = median_cpu(costs["python -c 'import click'"])
    for name, spent in costs.items():
        _row(name, spent, base)


if __name__ == "__main__":
    main()
