"""Configuration, groups, suppressions, baselines and inventories, as a user has them in a repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  type: ExternalName
  externalName: example.com
  {extra}: 1
"""
PDB = """apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: old}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
"""
POD = """apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  serviceAccountName: runner
  containers:
  - name: web
    image: nginx:1.27
    envFrom:
    - configMapRef: {name: settings}
    - secretRef: {name: keys}
"""


def kplan(*args: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *args]
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "KPLAN_TRACEBACK")}
    env = {**clean, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def report(*args: str) -> dict:  # type: ignore[type-arg]
    done = kplan("lint", "-o", "json", *args)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def rules(*args: str) -> list[str]:
    return [f"{f['rule']}@{f['file']}" for f in report(*args)["findings"]]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_options_come_from_the_nearest_file_and_the_command_line_wins() -> None:
    write({"kplan.toml": "kube-version = '1.24'\nfail-on = 'warning'\n", "sub/pdb.yaml": PDB})
    assert rules("sub") == ["deprecated-api@sub/pdb.yaml"]
    assert kplan("lint").returncode == 1
    assert kplan("lint", "--fail-on", "error").returncode == 0
    assert rules("--kube-version", "1.25") == ["removed-api@sub/pdb.yaml"]
    assert rules("--no-config") == ["removed-api@sub/pdb.yaml"]
    os.chdir("sub")
    assert rules() == ["deprecated-api@pdb.yaml"]
    write({"pyproject.toml": "[tool.kplan]\nkube-version = '1.26'\n"})
    assert rules() == ["removed-api@pdb.yaml"]
    assert rules("--config", "../kplan.toml") == ["deprecated-api@pdb.yaml"]


def test_other_commands_read_what_is_common() -> None:
    write({"kplan.toml": "namespace = 'shop'\nkube-version = '1.24'\noutput = 'json'\nexclude = ['old/']\n"})
    write({"web.yaml": POD, "old/pdb.yaml": PDB})
    shown = kplan("show", "-o", "json")
    assert json.loads(shown.stdout)["kind"] == "Pod"
    plan = kplan("plan", "-o", "json")
    assert '"shop"' in plan.stdout
    assert "PodDisruptionBudget" not in plan.stdout
    assert "PodDisruptionBudget" in kplan("plan", "-o", "json", "--exclude", "x").stdout
    assert "policy" not in kplan("diff", "web.yaml", ".").stdout.lower()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--config", "nothing.toml"], "the configuration `nothing.toml` does not exist"),
        (["--config", "bad.toml"], "bad.toml:2: there is no `namespac`; did you mean `namespace`?"),
        (["--config", "good.toml", "--no-config"], "give --config or --no-config, not both"),
        (["--today", "soon"], "--today: `soon` is no date"),
        (["--update-baseline"], "--update-baseline needs --baseline FILE"),
        (["--baseline", "none.json"], "the baseline `none.json` cannot be read"),
        (["--baseline", "good.toml"], "the baseline `good.toml` is no JSON"),
        (["--baseline", "other.json"], "`other.json` is no baseline of version 1"),
        (["--inventory", "none.json"], "the inventory `none.json` cannot be read"),
        (["--inventory", "other.json"], "`other.json` is no inventory of version 1"),
        (["--externals", "x"], "`x` is no external object"),
        (["--exclude", "!"], "`!` is no pattern for files"),
        (["ignored"], "every manifest in `ignored` is left out"),
    ],
)
def test_wrong_usage(args: list[str], message: str) -> None:
    write({"bad.toml": "\nnamespac = 'x'\n", "good.toml": "# nothing\n", "other.json": "[]", "a.yaml": POD})
    write({"ignored/.gitignore": "*\n", "ignored/a.yaml": POD})
    done = kplan("lint", *args)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_config_command() -> None:
    assert kplan("config").stdout.startswith("# there is no configuration\nkube-version = ")
    write({"kplan.toml": "namespace = 'shop'\n[[allow]]\nrule = 'latest-tag'\nexpires = 2031-01-01\n"})
    lines = kplan("config", "--kube-version", "1.30").stdout.split("\n")
    assert lines[0] == "# kplan.toml"
    assert [" ".join(line.split()) for line in lines[1:4]] == [
        'kube-version = "1.30" # option',
        'namespace = "shop" # kplan.toml:1',
        'profile = "default" # default',
    ]
    data = json.loads(kplan("config", "-o", "json").stdout)
    assert data["options"]["namespace"] == {"value": "shop", "source": "kplan.toml:1"}
    assert data["allow"][0]["expires"] == "2031-01-01"
    assert json.loads(kplan("config", "--schema").stdout)["title"] == "kplan.toml"


def test_groups_are_judged_by_their_own_settings() -> None:
    write(
        {
            "kplan.toml": """
[[group]]
name = "old"
files = "clusters/old/"
kube-version = "1.24"
namespace = "legacy"

[[group]]
name = "base"
files = "base/"
shared = true
""",
            "clusters/old/pdb.yaml": PDB,
            "clusters/new/pdb.yaml": PDB,
            "clusters/new/again.yaml": SERVICE.format(name="a", extra="weight"),
        }
    )
    result = report()
    found = {(f["rule"], f["file"]) for f in result["findings"]}
    assert found == {
        ("deprecated-api", "clusters/old/pdb.yaml"),
        ("removed-api", "clusters/new/pdb.yaml"),
        ("unknown-field", "clusters/new/again.yaml"),
    }
    namespaces = {f["file"]: f["resource"]["namespace"] for f in result["findings"]}
    assert namespaces["clusters/old/pdb.yaml"] == "legacy"
    assert namespaces["clusters/new/pdb.yaml"] == "default"
    assert "checked against Kubernetes 1.24, 1." in kplan("lint").stdout
    assert ("removed-api@clusters/old/pdb.yaml") in rules("--kube-version", "1.30")


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n"
OTHER = ACCOUNT.replace("runner", "somebody")
GROUPS = "[[group]]\nname = 'a'\nfiles = 'a/'\n[[group]]\nname = 'b'\nfiles = 'b/'\nshared = %s\n"


@pytest.mark.parametrize(("shared", "count"), [("false", 1), ("true", 0)])
def test_objects_of_shared_groups_are_seen(shared: str, count: int) -> None:
    write({"kplan.toml": GROUPS % shared, "a/pod.yaml": POD, "a/x.yaml": OTHER, "b/account.yaml": ACCOUNT})
    found = [f for f in rules("--select", "dangling-service-account") if "a/pod.yaml" in f]
    assert len(found) == count


def test_the_same_object_in_two_groups_is_no_duplicate() -> None:
    write({"a/x.yaml": ACCOUNT, "b/x.yaml": ACCOUNT})
    assert any("duplicate-object" in rule for rule in rules())
    write({"kplan.toml": GROUPS % "false"})
    assert not any("duplicate-object" in rule for rule in rules())


def test_severity_and_allow() -> None:
    write(
        {"a.yaml": SERVICE.format(name="a", extra="weight"), "vendor/b.yaml": SERVICE.format(name="b", extra="weight")}
    )
    write({"kplan.toml": "[severity]\nunknown-field = 'note'\n[[allow]]\nrule = 'schema'\nfiles = 'vendor/'\n"})
    result = report()
    assert [(f["file"], f["severity"]) for f in result["findings"]] == [("a.yaml", "note")]
    assert result["summary"]["allowed"] == {"configuration": 1}
    assert "1 finding allowed (1 by configuration)" in kplan("lint").stdout
    os.chdir("vendor")
    assert rules() == []


def test_unused_entries_are_told_where_all_is_judged() -> None:
    write({"kplan.toml": "[[allow]]\nrule = 'schema'\n", "a/web.yaml": ACCOUNT})
    assert rules() == ["unused-suppression@kplan.toml"]
    assert "3 | " not in kplan("lint").stdout
    assert "2 | rule = 'schema'" in kplan("lint").stdout
    assert rules("a") == []
    assert rules("--select", "syntax,practice") == []


def test_expiry_needs_a_day_and_has_one() -> None:
    line = "weight: 1 # kplan: allow unknown-field until 2001-01-01"
    write({"a.yaml": SERVICE.replace("  {extra}: 1", f"  {line}").format(name="a")})
    assert sorted(rules()) == ["expired-suppression@a.yaml", "unknown-field@a.yaml"]
    assert rules("--today", "2000-12-31") == []


def test_baseline() -> None:
    write({"a.yaml": SERVICE.format(name="a", extra="weight"), "b.yaml": SERVICE.format(name="b", extra="height")})
    write({"kplan.toml": "baseline = 'known.json'\n", "known.json": '{"version": 1, "findings": []}'})
    assert len(rules()) == 2
    done = kplan("lint", "--update-baseline")
    assert done.returncode == 0
    assert "`known.json` has 2 findings" in done.stderr
    first = Path("known.json").read_bytes()
    assert rules() == []
    assert report()["summary"]["allowed"] == {"baseline": 2}
    assert rules("--baseline", os.path.abspath("known.json")) == []
    os.makedirs("deep")
    os.chdir("deep")
    assert rules("../a.yaml", "..") == []
    os.chdir("..")
    write({"a.yaml": "# moved\n\n" + SERVICE.format(name="a", extra="weight")})
    assert rules() == []
    write({"c.yaml": SERVICE.format(name="c", extra="depth")})
    assert rules() == ["unknown-field@c.yaml"]
    kplan("lint", "c.yaml", "--update-baseline")  # what was not read stays
    assert [one["file"] for one in json.loads(Path("known.json").read_text())["findings"]] == [
        "a.yaml",
        "b.yaml",
        "c.yaml",
    ]
    write({"a.yaml": ACCOUNT})
    os.unlink("b.yaml")
    os.unlink("c.yaml")
    assert "3 fewer that are fixed" in kplan("lint", "a.yaml", "--update-baseline").stderr
    assert json.loads(Path("known.json").read_text())["findings"] == []
    write({"a.yaml": SERVICE.format(name="a", extra="weight"), "b.yaml": SERVICE.format(name="b", extra="height")})
    kplan("lint", "b.yaml", "a.yaml", "--update-baseline", seed="7")
    assert Path("known.json").read_bytes() == first


def test_a_rule_that_did_not_run_keeps_its_place_in_the_baseline() -> None:
    write({"a.yaml": SERVICE.format(name="a", extra="weight")})
    kplan("lint", "--baseline", "k.json", "--update-baseline")
    kplan("lint", "--baseline", "k.json", "--update-baseline", "--select", "validation")
    assert rules("--baseline", "k.json") == []


def test_a_second_equal_finding_is_new() -> None:
    one = SERVICE.format(name="a", extra="weight")
    write({"a.yaml": one})
    kplan("lint", "--baseline", "k.json", "--update-baseline")
    write({"a.yaml": f"{one}---\n{one}"})
    assert rules("--baseline", "k.json", "--select", "unknown-field") == ["unknown-field@a.yaml"]


DUMP = """apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: keys, namespace: default}
  data: {b: c2VjcmV0LXZhbHVl, a: ''}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: settings, namespace: default}
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: runner, namespace: default}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
- apiVersion: storage.k8s.io/v1
  kind: StorageClass
  metadata: {name: fast}
"""


def test_inventory() -> None:
    write({"dump.yaml": DUMP, "m/pod.yaml": POD, "m/x.yaml": OTHER})
    assert kplan("inventory", "dump.yaml", "-o", "cluster.json").returncode == 0
    text = Path("cluster.json").read_text()
    assert json.loads(text) == {
        "version": 1,
        "objects": [
            {"kind": "ConfigMap", "namespace": "default", "name": "settings", "keys": []},
            {"kind": "Secret", "namespace": "default", "name": "keys", "keys": ["a", "b"]},
            {"kind": "ServiceAccount", "namespace": "default", "name": "runner"},
            {"kind": "Deployment.apps", "namespace": "shop", "name": "web"},
            {"kind": "StorageClass.storage.k8s.io", "name": "fast"},
        ],
    }
    assert "c2VjcmV0" not in text
    assert kplan("inventory", "dump.yaml", seed="9").stdout == text
    select = ("--select", "dangling-service-account", "m")
    assert rules(*select) != []
    assert rules(*select, "--inventory", "cluster.json") == []
    assert rules(*select, "--externals", "ServiceAccount/run*") == []
    write({"m/kplan.toml": "inventory = '../cluster.json'\n"})
    assert rules(*select, "--config", "m/kplan.toml") == []


@pytest.mark.parametrize(
    ("text", "message"), [("a: b: c\n", "dump.yaml:1:5:"), ("{}\n", "there is no object in the dump")]
)
def test_a_dump_that_is_none(text: str, message: str) -> None:
    write({"dump.yaml": text})
    done = kplan("inventory", "dump.yaml")
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        '{"version": 1, "objects": [1]}',
        '{"version": 1, "objects": [{"kind": "A"}]}',
        '{"version": 1, "objects": [{"kind": "A", "name": 5}]}',
        '{"version": 1, "objects": [{"kind": "A", "name": "x", "keys": "y"}]}',
        "[" * 100000,
    ],
)
def test_hostile_inventories(text: str) -> None:
    write({"i.json": text, "a/a.yaml": ACCOUNT})
    done = kplan("lint", "a", "--inventory", "i.json")
    assert done.returncode == 2
    assert "i.json" in done.stderr


@pytest.mark.parametrize(
    "text", ["5", "{}", '{"version": 1, "findings": [1]}', '{"version": 1, "findings": [{"file": 1}]}', "[" * 100000]
)
def test_hostile_baselines(text: str) -> None:
    write({"i.json": text, "a/a.yaml": ACCOUNT})
    done = kplan("lint", "a", "--baseline", "i.json")
    assert done.returncode == 2
    assert "i.json" in done.stderr


def test_the_order_of_arguments_and_the_hash_seed_change_nothing() -> None:
    write({"kplan.toml": GROUPS % "true" + "[[allow]]\nrule = 'removed-api'\nkind = 'Job'\n"})
    for folder in ("a", "b", "c"):
        for name in ("x", "y"):
            text = SERVICE.format(name=name, extra="weight # kplan: allow removed-api\n  weight")
            write({f"{folder}/{name}.yaml": text + "---\n" + PDB})
    outputs = {
        kplan("lint", *order, "--today", "2026-01-01", seed=seed).stdout
        for order, seed in ((["a", "b", "c"], "1"), (["c", "b", "a"], "2"), (["b/y.yaml", "c", "a", "b"], "3"))
    }
    assert len(outputs) == 1


def test_a_template_is_no_error_of_lint_and_cannot_be_planned() -> None:
    write({"a.yaml": ACCOUNT, "t.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.x }}\n"})
    done = kplan("lint")
    assert (done.returncode, done.stdout.count("unrendered-template")) == (0, 1)
    assert kplan("lint", "--require-coverage").returncode == 3
    assert kplan("plan").returncode == 1
    assert kplan("diff", "a.yaml", ".").returncode == 2
    shown = kplan("show")
    assert shown.returncode == 1
    assert "t.yaml:4:9" in shown.stderr


def test_placeholders_of_the_configuration() -> None:
    write({"apps/a.yaml": SERVICE.format(name="a-${cluster}", extra="clusterIPs")[: -len("  clusterIPs: 1\n")]})
    assert rules() == ["invalid-value@apps/a.yaml"]
    write({"kplan.toml": "placeholders = 'apps/'\n"})
    assert rules() == []
    assert "invalid-value" in kplan("plan").stdout


def test_encrypted_secrets_are_planned() -> None:
    value = "ENC[AES256_GCM,data:c2VjcmV0,iv:aXY=,tag:dGFn,type:str]"
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n"
    tail = f"sops: {{mac: '{value}', version: 3.8.1, lastmodified: '2024-05-01T10:00:00Z'}}\n"
    write({"s.yaml": f"{head}data:\n  password: {value}\n{tail}"})
    assert kplan("lint").returncode == 0
    plan = kplan("plan")
    assert plan.returncode == 0, plan.stdout
    assert "secret/db" in plan.stdout
    assert "sops" not in kplan("show").stdout
    write({"t.yaml": f"{head}data:\n  password: {value.replace('c2V', 'xxx')}\n{tail}"})
    assert "secret/db" in kplan("diff", "s.yaml", "t.yaml").stdout
