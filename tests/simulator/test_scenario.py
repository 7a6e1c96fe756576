"""Scenario files, and the command that plays them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from cluster import acts, deployment

from kplan.cli.simulate import command
from kplan.errors import InputError, UsageError
from kplan.simulator import simulate
from kplan.simulator.scenario_file import read_scenario, scenario_of

BEFORE, AFTER = yaml.safe_dump(deployment()), yaml.safe_dump(deployment(image="app:v2"))


def write(folder: Path, **scenario: Any) -> Path:
    path = folder / "image.yaml"
    path.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    return path


def test_defaults(tmp_path: Path) -> None:
    scenario = read_scenario(write(tmp_path, manifests={"a.yaml": BEFORE, "b.yaml": AFTER}))
    assert scenario.name == "image"
    assert scenario.nodes == ("node-1", "node-2", "node-3")
    assert scenario.events == ({"apply": "a.yaml"}, {"apply": "b.yaml"})


def test_manifests_are_texts_or_paths(tmp_path: Path) -> None:
    (tmp_path / "after.yaml").write_text(AFTER, encoding="utf-8")
    events = [{"apply": "after.yaml"}]
    inline = read_scenario(write(tmp_path, manifests={"after.yaml": AFTER}, events=events))
    mapped = read_scenario(write(tmp_path, manifests={"after.yaml": "after.yaml"}, events=events))
    listed = read_scenario(write(tmp_path, manifests=["after.yaml"]))
    named = read_scenario(write(tmp_path, events=events))
    results = [[step.as_dict() for step in simulate(one)] for one in (inline, mapped, listed, named)]
    assert results[0]
    assert results == [results[0]] * 4


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ({"manifest": {}}, "unknown key `manifest`"),
        ({"nodes": -1}, "`nodes` is a list of texts or a number"),
        ({"nodes": [1]}, "`nodes` is a list of texts or a number"),
        ({"never_ready": ":bad"}, "`never_ready` is a list of texts"),
        ({"job_fail": ["a"]}, "`job_fail` maps"),
        ({"max_acts": "many"}, "`max_acts` is a number"),
        ({"name": 3}, "`name` is a text"),
        ({"manifests": "a.yaml"}, "`manifests` is a map"),
        ({"manifests": {"a.yaml": 3}}, r"manifests\.a\.yaml is a text"),
        ({"manifests": ["absent.yaml"]}, "manifest `absent.yaml`"),
        ({"events": {}}, "`events` is a list"),
        ({"events": ["apply"]}, r"events\[0\] is no map"),
        ({"events": [{}]}, r"events\[0\] must have exactly one of apply, "),
        ({"events": [{"recover": True, "server_side": True}]}, "unknown key `server_side` beside `recover`"),
        ({"events": [{"wait": 1, "recover": True}]}, "exactly one of"),
        ({"manifests": {"a": "absent.yaml"}}, r"manifests\.a: there is no file `.*absent\.yaml`"),
        ({"manifests": [{}]}, "`manifests` is a map"),
        ({"server": 1.36}, "`server` is a version"),
        ({"server": "v1.15.0"}, "Kubernetes 1.15 is not known"),
        ({"namespace": 3}, "`namespace` is a name"),
        ({"events": [{"apply": "a", "server_side": "yes"}]}, r'`server_side` is true or false, not "yes"'),
        ({"events": [{"apply": "a", "prune": True}]}, "`prune` is a label selector as `app=web`, not true"),
        ({"events": [{"apply": None}]}, "`apply` is the name of a manifest, not null"),
        ({"events": [{"wait": 1e300}]}, "`wait` is a number of seconds, at most a year"),
        ({"events": [{"delete_pod": {"owner": "web", "index": []}}]}, "`delete_pod` is `{owner: NAME}`"),
    ],
)
def test_bad_scenarios(scenario: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        scenario_of(scenario, "x", tmp_path)


@pytest.mark.parametrize(
    "event",
    [
        {"apply": "absent.yaml"},
        {"kubectl": "dance"},
        {"recover": True, "after_acts": "two"},
        {"wait": "long"},
        {"never_ready": 3},
        {"delete_pod": "web"},
        {"unready_pod": {"owner": "web", "index": "first"}},
    ],
)
def test_bad_events(event: dict[str, Any], tmp_path: Path) -> None:
    events = [{"apply": "a.yaml"}, event]
    with pytest.raises(UsageError):
        simulate(scenario_of({"manifests": {"a.yaml": BEFORE}, "events": events}, "x", tmp_path))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("dance", r"events\[1\]: `kubectl dance` is not simulated; the commands are create job, "),
        ("scale deployment/web --replicas=1 --dry-run=client", "the option `--dry-run` is not simulated"),
        ("delete -f a.yaml", "the option `-f` is not simulated"),
        ("delete pods -l app!=web", "only the form `key=value,...` is simulated"),
    ],
)
def test_kubectl_that_is_not_simulated(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        simulate(write(tmp_path, manifests={"a.yaml": BEFORE}, events=[{"apply": "a.yaml"}, {"kubectl": line}]))


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("rollout undo deployment/web --to-revision=x", True),
        ("scale deployment/web --replicas=1 -n elsewhere", True),
        ("scale deployment/web --replicas=1 -n default", False),
    ],
)
def test_kubectl_that_is_refused(line: str, refused: bool, tmp_path: Path) -> None:
    path = write(tmp_path, manifests={"a.yaml": BEFORE}, events=[{"apply": "a.yaml"}, {"kubectl": line}])
    assert next(step.rc for step in simulate(path) if step.event == 1) == refused


def test_the_version_of_the_server_counts_where_no_other_is_given(tmp_path: Path) -> None:
    path = write(tmp_path, manifests={"a.yaml": BEFORE}, server="v1.20.4")
    names = [next(iter(simulate(path, kube_version=one)[0].state["replicasets"])) for one in (None, "1.20", "1.36")]
    assert names[0] == names[1] != names[2]
    for arguments, name in (([], names[0]), (["--kube-version", "1.36"], names[2])):
        result = CliRunner().invoke(command, [str(path), "-o", "json", *arguments])
        assert name in result.stdout


def test_the_only_namespace_is_shown(tmp_path: Path) -> None:
    elsewhere = BEFORE.replace("metadata:\n", "metadata:\n  namespace: shop\n", 1)
    events = [{"apply": "a.yaml"}, {"kubectl": "scale deployment/web --replicas=1"}]
    steps = simulate(write(tmp_path, manifests={"a.yaml": elsewhere}, events=events))
    assert steps[-1].state["deployments"]["web"]["spec"] == 1
    assert simulate(write(tmp_path, manifests={"a.yaml": elsewhere}, namespace="default"))[-1].state == {"pods": {}}


def test_a_generated_name_is_refused(tmp_path: Path) -> None:
    text = BEFORE.replace("  name: web\n", "  generateName: web-\n", 1)
    (step, *_) = simulate(scenario_of({"manifests": {"a.yaml": text}}, "x", tmp_path))
    assert (step.rc, step.message) == (1, "error: from web-: cannot use generate name with apply")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_scenario(tmp_path / "absent.yaml")
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(InputError):
        read_scenario(tmp_path / "bad.yaml")
    (tmp_path / "list.yaml").write_text("[1]", encoding="utf-8")
    with pytest.raises(UsageError, match="a scenario is one YAML or JSON map"):
        read_scenario(tmp_path / "list.yaml")


def test_unready_pods_recover(tmp_path: Path) -> None:
    events = [
        {"apply": "a.yaml"},
        {"unready_pod": {"owner": "web", "index": 1}},
        {"recover": True},
        {"delete_pod": {"owner": "web", "count": "all"}, "after_acts": 1},
    ]
    steps = simulate(scenario_of({"manifests": {"a.yaml": BEFORE}, "events": events}, "x", tmp_path), policy="seq")
    ready = [step.state["deployments"]["web"]["ready"] for step in steps]
    assert ready == [0, 0, 0, 0, 1, 2, 3, 2, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]
    assert acts(steps)[7:10] == ["unready_pod " + acts(steps)[9].split()[1], acts(steps)[8], acts(steps)[9]]


def test_a_document_that_the_server_would_not_take_is_refused_alone(tmp_path: Path) -> None:
    text = f"{BEFORE}---\napiVersion: v1\nkind: Servce\nmetadata: {{name: a}}\n"
    (step, *_) = simulate(scenario_of({"manifests": {"a.yaml": text}}, "x", tmp_path))
    assert step.rc == 1
    assert "Servce" in step.message
    assert list(step.state["deployments"]) == ["web"]


def test_prune_deletes_what_is_no_longer_applied(tmp_path: Path) -> None:
    one, two = deployment("one"), deployment("two")
    for made in (one, two):
        made["metadata"]["labels"] = {"set": "x"}
    manifests = {"both.yaml": yaml.safe_dump_all([one, two]), "one.yaml": yaml.safe_dump(one)}
    events = [{"apply": "both.yaml"}, {"apply": "one.yaml", "prune": "set=x"}]
    steps = simulate(scenario_of({"manifests": manifests, "events": events}, "x", tmp_path))
    assert list(steps[-1].state["deployments"]) == ["one"]


def test_json_has_the_form_of_the_recordings(tmp_path: Path) -> None:
    path = write(tmp_path, manifests={"a.yaml": BEFORE, "b.yaml": AFTER})
    result = CliRunner().invoke(command, [str(path), "--policy", "both", "-o", "json", "--kube-version", "1.36"])
    assert result.exit_code == 0
    scenarios = json.loads(result.stdout)["scenarios"]
    assert [(one["name"], one["policy"]) for one in scenarios] == [("image", "seq"), ("image", "batch")]
    first, second = scenarios[1]["steps"][:2]
    assert list(first) == ["act", "event", "rc", "rs_scaled", "peak_pods", "state"]
    assert list(second) == ["act", "peak_pods", "state"]


def test_text_output(tmp_path: Path, golden: Any) -> None:
    events = [
        {"apply": "a.yaml"},
        {"apply": "b.yaml"},
        {"kubectl": "rollout undo deployment/web --to-revision=9", "after_acts": 1},
    ]
    path = write(tmp_path, name="image", manifests={"a.yaml": BEFORE, "b.yaml": AFTER}, events=events)
    result = CliRunner().invoke(command, [str(path), "--kube-version", "1.36"])
    assert result.exit_code == 0
    golden(Path(__file__).parent.parent / "golden" / "simulate" / "image.txt", result.stdout)


def test_a_folder_with_a_chart_is_rendered(tmp_path: Path) -> None:
    chart = tmp_path / "web"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ Release.Name }}'}\n"
    (chart / "templates/config.yaml").write_text(config)
    scenario = scenario_of({"events": [{"apply": "web"}]}, "chart", tmp_path)
    assert [str(resource.ref) for resource in scenario.manifests["web"]] == ["configmap/web"]
