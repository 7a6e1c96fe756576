"""kplan without the command line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import kplan

ROOT = Path(__file__).resolve().parents[2]

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example/web:v1}]}
"""


def test_the_readme_example_runs() -> None:
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert block
    done = subprocess.run([sys.executable, "-c", block[1]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"(?m)^web-[0-9a-z]+ 3$", done.stdout)


def test_all_names_are_there_and_functions_stay_functions() -> None:
    for name in kplan.__all__:
        assert getattr(kplan, name) is not None
    kplan.plan(None, kplan.load_text(WEB))
    for name in (
        "load",
        "load_text",
        "lint",
        "diff",
        "plan",
        "simulate",
        "pod_template_hash",
        "controller_revision_hash",
    ):
        assert callable(getattr(kplan, name)), name


def test_import_is_light() -> None:
    script = "import sys, kplan; print([m for m in sys.modules if m.startswith(('yaml', 'click', 'kplan.'))])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_manifest_is_an_iterable_of_resources_with_plain_data() -> None:
    manifest = kplan.load_text(WEB)
    (web,) = manifest
    assert web.data["spec"]["replicas"] == 2
    assert str(web.ref) == "deployment/web"


def test_lint_says_what_is_wrong() -> None:
    findings = kplan.lint(kplan.load_text(WEB.replace("replicas", "replicsa")), kube_version="1.36")
    assert [(f.rule, str(f.span)) for f in findings] == [("unknown-field", "<text>:5:3")]


def test_plan_from_nothing_and_from_a_before_state() -> None:
    before, after = kplan.load_text(WEB), kplan.load_text(WEB.replace(":v1", ":v2"))
    (created,) = kplan.plan(None, before, kube_version="1.36").rollouts
    (rolled,) = kplan.plan(before, after, kube_version="1.36").rollouts
    assert rolled.old_names == (created.new_name,)
    assert rolled.new_name != created.new_name
    assert kplan.plan(after, after).is_empty


def test_diff_names_the_field() -> None:
    (change,) = kplan.diff(kplan.load_text(WEB), kplan.load_text(WEB.replace("replicas: 2", "replicas: 3")))
    assert [(field.before, field.after) for field in change.fields] == [(2, 3)]


def test_the_hash_is_the_one_in_the_replica_sets_name() -> None:
    manifest = kplan.load_text(WEB)
    (web,) = manifest
    (rollout,) = kplan.plan(None, manifest, kube_version="1.29").rollouts
    assert rollout.new_name == f"web-{kplan.pod_template_hash(web.data['spec']['template'], kube_version='1.29')}"


def test_revision_hashes_are_for_stateful_sets_and_daemon_sets() -> None:
    (web,) = kplan.load_text(WEB)
    for kind in ("StatefulSet", "DaemonSet"):
        assert re.fullmatch("[0-9bcdf4-9a-z]{1,10}", kplan.controller_revision_hash({**web.data, "kind": kind}))
    with pytest.raises(kplan.KplanError, match="Deployment"):
        kplan.controller_revision_hash(web.data)


def test_an_unknown_version_is_a_usage_error() -> None:
    (web,) = kplan.load_text(WEB)
    with pytest.raises(kplan.KplanError, match=r"1\.99"):
        kplan.pod_template_hash(web.data["spec"]["template"], kube_version="1.99")


def test_simulate_plays_a_scenario_file() -> None:
    steps = kplan.simulate(ROOT / "examples/scenarios/bad-image.yaml", policy="seq", kube_version="1.36")
    assert steps[0].act == "apply -f before"
    assert steps[-1].state["deployments"]["web"]["available"] == 4
