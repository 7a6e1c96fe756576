"""Names and rollouts that the seeds show, out of manifests written from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kplan.cli import cli

MONGO = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: mongo, labels: {name: mongo}}
spec:
  replicas: 1
  selector: {matchLabels: {name: mongo}}
  template:
    metadata: {labels: {name: mongo}}
    spec:
      containers:
      - name: mongo
        image: mongo
        ports: [{name: mongo, containerPort: 27017}]
"""
LETSCHAT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: letschat, labels: {name: letschat}}
spec:
  replicas: 1
  selector: {matchLabels: {name: letschat}}
  template:
    metadata: {labels: {name: letschat}}
    spec:
      containers:
      - name: letschat
        image: sdelements/lets-chat
        ports: [{name: http-server, containerPort: 8080}]
"""
AUTH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: auth}
spec:
  replicas: 1
  selector: {matchLabels: {app: auth}}
  template:
    metadata: {labels: {app: auth, track: stable}}
    spec:
      containers:
      - name: auth
        image: "udacity/example-auth:1.0.0"
        ports: [{name: http, containerPort: 80}, {name: health, containerPort: 81}]
        resources: {limits: {cpu: 0.2, memory: 10Mi}}
        livenessProbe:
          httpGet: {path: /healthz, port: 81, scheme: HTTP}
          initialDelaySeconds: 5
          periodSeconds: 15
          timeoutSeconds: 5
        readinessProbe:
          httpGet: {path: /readiness, port: 81, scheme: HTTP}
          initialDelaySeconds: 5
          timeoutSeconds: 1
"""
MI_DEPLOY = """\
apiVersion: apps/v1
kind: Deployment
metadata: {creationTimestamp: null, labels: {app: mi-deploy}, name: mi-deploy}
spec:
  replicas: 3
  selector: {matchLabels: {app: mi-deploy}}
  strategy: {}
  template:
    metadata: {creationTimestamp: null, labels: {app: mi-deploy}}
    spec:
      containers:
      - {image: "andr35/imagen:v0.2.0", name: imagen, ports: [{containerPort: 80}], resources: {}}
status: {}
"""
MI_APP = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: mi-app}
spec:
  replicas: 3
  selector: {matchLabels: {app: mi-app}}
  template:
    metadata: {labels: {app: mi-app}}
    spec:
      containers: [{name: mi-app, image: "andr35/imagen:v0.2.0"}]
"""


def plan(folder: Path, after: str, before: str | None = None, *options: str) -> dict[str, Any]:
    import json

    (folder / "after.yaml").write_text(after)
    arguments = ["plan", str(folder / "after.yaml"), "-o", "json", *options]
    if before is not None:
        (folder / "before.yaml").write_text(before)
        arguments += ["--from", str(folder / "before.yaml")]
    result = CliRunner().invoke(cli, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


@pytest.mark.parametrize(
    ("manifest", "minor", "name"),
    [
        pytest.param(MONGO, "1.20", "mongo-5c694c878b", id="003-mongo"),
        pytest.param(LETSCHAT, "1.20", "letschat-7c66bd64f5", id="003-letschat"),
        pytest.param(AUTH, "1.16", "auth-784c79df7f", id="000-auth"),
        pytest.param(MI_DEPLOY, "1.25", "mi-deploy-8598d798f8", id="002-mi-deploy"),
    ],
)
def test_new_deployment_makes_this_replica_set(tmp_path: Path, manifest: str, minor: str, name: str) -> None:
    (rollout,) = plan(tmp_path, manifest, None, "--kube-version", minor)["rollouts"]
    assert (rollout["effect"], rollout["new_name"]) == ("create", name)


def test_seed_000_new_image_rolls_to_this_replica_set(tmp_path: Path) -> None:
    after = AUTH.replace("1.0.0", "2.0.0")
    (rollout,) = plan(tmp_path, after, AUTH, "--kube-version", "1.16")["rollouts"]
    assert (rollout["old_names"], rollout["new_name"]) == (["auth-784c79df7f"], "auth-56746f6f6")
    assert rollout["because"] == ["spec.template.spec.containers[auth].image"]
    assert (rollout["most_pods"], rollout["least_available"]) == (2, 1)
    seen = [(step["old"], step["new"]) for step in rollout["steps"]]
    assert seen == [(1, 0), (1, 0), (1, 0), (0, 1), (0, 1)]


def test_seed_002_one_pod_more_at_a_time_and_none_less(tmp_path: Path) -> None:
    after = MI_DEPLOY.replace("v0.2.0", "v0.3.0")
    (rollout,) = plan(tmp_path, after, MI_DEPLOY, "--kube-version", "1.25")["rollouts"]
    assert (rollout["old_names"], rollout["new_name"]) == (["mi-deploy-8598d798f8"], "mi-deploy-746c4788b7")
    assert (rollout["most_pods"], rollout["fewest_available"], rollout["finished"]) == (4, 3, True)
    assert [(s["old"], s["new"]) for s in rollout["steps"]][-1] == (0, 3)
    assert max(step["pods"] - step["terminating"] for step in rollout["steps"]) == 4


@pytest.mark.parametrize(("before", "after", "change"), [(1, 10, "9 pods added"), (10, 1, "9 pods removed")])
def test_seed_003_scaling_keeps_the_replica_set(tmp_path: Path, before: int, after: int, change: str) -> None:
    old, new = (LETSCHAT.replace("replicas: 1", f"replicas: {number}") for number in (before, after))
    (rollout,) = plan(tmp_path, new, old, "--kube-version", "1.20")["rollouts"]
    assert (rollout["effect"], rollout["new_name"], rollout["old_names"]) == ("scale", "letschat-7c66bd64f5", [])
    assert change in rollout["summary"]
    assert "none restarted" in rollout["summary"]


def test_seed_002_replica_set_replaces_no_pod(tmp_path: Path) -> None:
    (rollout,) = plan(tmp_path, MI_APP.replace("v0.2.0", "v0.3.0"), MI_APP)["rollouts"]
    assert rollout["effect"] == "none"
    assert rollout["summary"].startswith("replaces no pod")


def test_seed_002_what_kubectl_writes_by_itself_is_no_change(tmp_path: Path) -> None:
    bare = (
        MI_DEPLOY.replace("creationTimestamp: null, ", "").replace("  strategy: {}\n", "").replace("status: {}\n", "")
    )
    found = plan(tmp_path, bare.replace(", resources: {}", ""), MI_DEPLOY)
    assert [change["action"] for change in found["changes"]] == ["keep"]


def test_seed_000_cpu_as_a_fraction_is_millicores(tmp_path: Path) -> None:
    found = plan(tmp_path, AUTH.replace("cpu: 0.2", "cpu: 200m"), AUTH)
    assert [change["action"] for change in found["changes"]] == ["keep"]


def test_seed_001_history_limit_says_which_replica_set_goes(tmp_path: Path) -> None:
    old = MONGO.replace("replicas: 1", "replicas: 1\n  revisionHistoryLimit: 0")
    (rollout,) = plan(tmp_path, old.replace("image: mongo", "image: mongo:4"), old)["rollouts"]
    assert rollout["removed"] == rollout["old_names"]


def test_seed_001_percentages_round_apart(tmp_path: Path) -> None:
    old = MI_DEPLOY.replace("replicas: 3", "replicas: 10")
    (rollout,) = plan(tmp_path, old.replace("v0.2.0", "v0.3.0"), old)["rollouts"]
    assert (rollout["most_pods"], rollout["least_available"]) == (13, 8)
