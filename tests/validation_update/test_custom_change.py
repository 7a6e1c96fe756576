"""Changes of custom resources, judged by their definition: `kplan diff` and `kplan plan` know the object before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shops.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: shops, kind: Shop}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                zone:
                  type: string
                  maxLength: 20
                  x-kubernetes-validations:
                    - {rule: self == oldSelf, message: zone is immutable}
                size: {type: integer, minimum: 1}
                note: {type: string}
"""
SHOP = """
apiVersion: example.com/v1
kind: Shop
metadata: {name: a, namespace: b}
spec: {zone: north, size: 2}
"""


def kplan(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (SHOP, SHOP.replace("2", "3"), ""),
        (SHOP, SHOP.replace("north", "south"), 'Invalid value: "south": zone is immutable'),
        (SHOP, SHOP.replace("2", "0"), "Invalid value: 0: spec.size in body should be greater"),
        (SHOP.replace("zone: north, ", ""), SHOP, ""),
    ],
)
@pytest.mark.parametrize("command", ["diff", "plan"])
def test_changes(command: str, before: str, after: str, told: str, tmp_path: Path) -> None:
    pytest.importorskip("cel_expr_python")
    for name, shop in (("before", before), ("after", after)):
        (tmp_path / f"{name}.yaml").write_text(f"{DEFINITION}---{shop}")
    sides = ["before.yaml", "after.yaml"] if command == "diff" else ["--from", "before.yaml", "--to", "after.yaml"]
    done = kplan(command, *sides, folder=tmp_path)
    said = done.stdout + done.stderr
    assert ("error[" in said) is bool(told)
    assert told in said


def test_a_new_object_has_no_past(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{DEFINITION}---{SHOP}")
    assert kplan("lint", "--select", "validation", "a.yaml", folder=tmp_path).returncode == 0
