"""How a lint's time divides among its stages, measured inside one process."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kplan.loader import load
from kplan.model import Manifest
from kplan.pipeline import lint

T = TypeVar("T")

_CHECKS = {"schema": ("schema",), "validation": ("validation",), "cross-object rules": ("references", "collisions")}


def stages(folder: Path, minor: int) -> tuple[int, dict[str, float]]:
    """How many objects there are, and the share of each stage in a lint of them, warm."""
    manifest, load_s = _timed(lambda: load([folder]))
    lint(Manifest(manifest.resources[:50]), minor=minor)
    spent = {"load": load_s}
    for name, groups in _CHECKS.items():
        spent[name] = _timed(lambda groups=groups: lint(manifest, minor=minor, select=groups))[1]  # type: ignore[misc]
    total = sum(spent.values())
    return len(manifest), {name: seconds / total for name, seconds in spent.items()}


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(stages(Path(sys.argv[1]), int(sys.argv[2]))))
