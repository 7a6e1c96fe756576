"""`kplan lint`, `explain` and `rules` as a user runs them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\ndata: {k: v}\n"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndatum: {k: v}\n"
OLD = """\
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: old}
spec: {minAvailable: 1, selector: {}}
"""


def kplan(*args: str, cwd: Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *args]
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "KPLAN_TRACEBACK")}
    return subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, text=True, env={**clean, **env}, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "values.yaml").write_text("replicas: 3\n")
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["good.yaml"], 0),
        (["bad.yaml"], 1),
        (["bad.yaml", "--ignore", "unknown-field"], 0),
        (["bad.yaml", "--ignore", "syntax,schema"], 0),
        (["bad.yaml", "--select", "syntax"], 0),
        (["bad.yaml", "--select", "syntax, unknown-field"], 1),
        (["old.yaml"], 1),
        (["old.yaml", "--kube-version", "1.24"], 0),
        (["old.yaml", "--kube-version", "1.24", "--fail-on", "warning"], 1),
        (["values.yaml"], 0),
        ([], 1),
        (["nothing.yaml"], 2),
        (["good.yaml", "--select", "nonsense"], 2),
        (["good.yaml", "--kube-version", "2.0"], 2),
        (["good.yaml", "--nonsense"], 2),
    ],
)
def test_exit_code(folder: Path, args: list[str], code: int) -> None:
    done = kplan("lint", *args, cwd=folder)
    assert done.returncode == code, done
    assert bool(done.stderr) == (code == 2)


def test_without_paths_the_current_folder_is_read(folder: Path) -> None:
    done = kplan("lint", cwd=folder)
    assert done.stdout.splitlines()[-1] == (
        "4 files, 3 objects checked against Kubernetes 1.37; 1 document skipped (no objects)"
    )


def test_a_folder_without_manifests_says_so(folder: Path) -> None:
    (folder / "empty").mkdir()
    done = kplan("lint", cwd=folder / "empty")
    assert done.returncode == 2
    assert done.stderr == "error: there are no manifests (.yaml, .yml, .json) in the current folder\n"
    done = kplan("lint", "good.yaml", "empty", cwd=folder)
    assert done.returncode == 2
    assert done.stderr == "error: there are no manifests (.yaml, .yml, .json) in `empty`\n"
    assert kplan("lint", "good.yaml", ".", "--ignore", "schema,deprecation", cwd=folder).returncode == 0


def test_standard_input(folder: Path) -> None:
    done = kplan("lint", "-", "-o", "concise", cwd=folder, stdin=BAD)
    assert done.stdout.splitlines()[0].startswith("<stdin>:4:1: error[unknown-field]: unknown field `datum`")


def test_unknown_rule_is_refused_with_the_one_meant(folder: Path) -> None:
    done = kplan("lint", "--ignore", "unknown-fields", cwd=folder)
    assert done.stderr == "error: `unknown-fields` is neither a rule nor a group; did you mean `unknown-field`?\n"


def test_namespace_is_that_of_objects_without_one(folder: Path) -> None:
    found = json.loads(kplan("lint", "bad.yaml", "-n", "shop", "-o", "json", cwd=folder).stdout)
    assert found["findings"][0]["resource"]["namespace"] == "shop"


def test_definitions_beside_the_manifests(folder: Path) -> None:
    (folder / "crds").mkdir()
    (folder / "crds" / "thing.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Thing, plural: things}\n"
        "  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n"
        "        openAPIV3Schema: {type: object, properties: {size: {type: integer}}}\n"
    )
    (folder / "thing.yaml").write_text("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nsize: big\n")
    without = json.loads(kplan("lint", "thing.yaml", "-o", "json", cwd=folder).stdout)
    assert [f["rule"] for f in without["findings"]] == ["no-schema"]
    found = json.loads(kplan("lint", "thing.yaml", "--crds", "crds", "-o", "json", cwd=folder).stdout)
    assert [f["rule"] for f in found["findings"]] == ["wrong-type"]
    assert found["summary"]["objects"] == 1


def test_colour(folder: Path) -> None:
    assert "\x1b[" not in kplan("lint", cwd=folder).stdout
    assert "\x1b[1;31merror" in kplan("lint", "--color", "always", cwd=folder, NO_COLOR="1").stdout
    assert "\x1b[" not in kplan("lint", "--color", "never", cwd=folder).stdout


def test_sixty_broken_files_hide_nothing_of_each_other(tmp_path: Path) -> None:
    faults = {
        "yaml-syntax": "a: [\n",
        "duplicate-key": GOOD.replace("data: {k: v}", "data: {k: v, k: w}"),
        "not-an-object": "kind: ConfigMap\nmetadata: {name: a}\n",
        "unknown-field": BAD,
        "removed-api": OLD,
        "wrong-type": GOOD.replace("k: v", "k: 1"),
    }
    names = []
    for number in range(60):
        rule = list(faults)[number % len(faults)]
        names.append(f"{number:02}.yaml")
        text = faults[rule].replace("name: ", f"name: n{number}-")
        (tmp_path / names[-1]).write_text(text)
    done = kplan("lint", *names, "-o", "json", cwd=tmp_path)
    assert done.returncode == 1
    found = json.loads(done.stdout)["findings"]
    assert [(f["file"], f["rule"]) for f in found] == [
        (name, list(faults)[number % len(faults)]) for number, name in enumerate(names)
    ]


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_same_bytes_whatever_the_order_and_the_hash_seed(folder: Path, form: str) -> None:
    (folder / "twin.yaml").write_text(GOOD)
    (folder / "custom.yaml").write_text("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n")
    (folder / "more.yaml").write_text("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: b}\n")
    (folder / "broken.yaml").write_text("a: [\n")
    names = sorted(f.name for f in folder.iterdir())
    outputs = set()
    for seed in range(4):
        random.Random(seed).shuffle(names)
        outputs.add(kplan("lint", *names, "-v", "-o", form, cwd=folder, PYTHONHASHSEED=str(seed)).stdout)
    assert len(outputs) == 1


def test_explain_prints_the_page(tmp_path: Path) -> None:
    done = kplan("explain", "removed-api", cwd=tmp_path)
    title, facts, rest = done.stdout.split("\n\n", 2)
    assert facts.startswith("Group deprecation, error, profile default.")
    assert (ROOT / "kplan/rules/deprecation/removed_api.md").read_text().endswith(f"{title}\n\n{rest}")
    missing = kplan("explain", "removed-apis", cwd=tmp_path)
    assert missing.returncode == 2
    assert "did you mean `removed-api`?" in missing.stderr


def test_rules_are_listed_in_three_forms(tmp_path: Path) -> None:
    rules = json.loads(kplan("rules", "-o", "json", cwd=tmp_path).stdout)["rules"]
    text = kplan("rules", cwd=tmp_path).stdout
    assert rules
    for rule in rules:
        assert f"  {rule['id']} " in text
        assert rule["summary"] in text


def test_the_reference_of_rules_is_up_to_date(tmp_path: Path, golden: object) -> None:
    golden(ROOT / "docs" / "rules.md", kplan("rules", "-o", "markdown", cwd=tmp_path).stdout)  # type: ignore[operator]
