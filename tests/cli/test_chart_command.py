"""`kplan chart new`, `schema`, `test` and `convert` as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from kplan.render.program import find_program

CHARTS = Path(__file__).parent.parent / "conformance/helm_charts"
needs_helm = pytest.mark.skipif(find_program("helm") is None, reason="helm is not installed")


def kplan(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "KPLAN_TRACEBACK")}
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**clean, **env}, check=False)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text))


def test_a_new_chart_is_clean_and_passes_its_test(tmp_path: Path) -> None:
    made = kplan("chart", "new", "charts/shop", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("charts/shop has 17 files")
    assert "name: shop\n" in (tmp_path / "charts/shop/Chart.yaml").read_text()
    tested = kplan("chart", "test", "charts/shop", "--require-branches", cwd=tmp_path)
    assert tested.stdout == "ok      bare\nok      default\nok      ingress\n3 of 3 cases as expected\n"
    assert tested.returncode == 0
    assert kplan("chart", "schema", "charts/shop", "--write", cwd=tmp_path).returncode == 0
    lint = kplan("lint", "charts/shop", "--profile", "recommended", "-o", "json", cwd=tmp_path)
    assert json.loads(lint.stdout)["findings"] == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("there", "`there` is there already: name a folder that is not"),
        ("Web", "`Web` can be no name of a chart"),
        ("web_1", "`web_1` can be no name of a chart"),
        ("x" * 54, "up to 53 lower case letters"),
        (".", "`.` can be no name of a chart"),
    ],
)
def test_new_refuses(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "there").mkdir()
    done = kplan("chart", "new", name, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there"]


CHART = {
    "Chart.yaml": """
        apiVersion: v2
        name: web
        version: 1.0.0
        dependencies: [{name: db, version: "*"}]
    """,
    "values.yaml": """
        # How many pods.
        # At least one.
        replicas: 2

        image:
          # -- The tag.
          tag: "1.27"  # not this
          pull: null
        hosts: [a, b]
        mixed: [1, x]
        labels: {team: shop}   # free
        env: {LOG_LEVEL: debug}
        db: {size: 1}
        ratio: 0.5
        on: true
    """,
    "templates/a.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, labels: {{ Values.labels | toJson }}}
        data:
          {% if Values.replicas > 1 %}
          many: "true"
          {% elif Values.replicas == 1 %}
          one: "true"
          {% endif %}
          {% for host in Values.hosts %}
          {{ host }}: x
          {% else %}
          none: x
          {% endfor %}
          kube: {{ Capabilities.KubeVersion.Version }}
          release: {{ Release.Namespace }}/{{ Release.Name }}
    """,
}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    write(tmp_path / "web", CHART)
    return tmp_path


def test_schema(chart: Path) -> None:
    schema = json.loads(kplan("chart", "schema", "web", cwd=chart).stdout)
    assert schema.pop("$schema") == "http://json-schema.org/draft-07/schema#"
    assert schema == {
        "type": "object",
        "properties": {
            "replicas": {"description": "How many pods. At least one.", "type": "integer"},
            "image": {
                "type": "object",
                "properties": {"tag": {"description": "The tag.", "type": "string"}, "pull": {}},
                "additionalProperties": False,
            },
            "hosts": {"type": "array", "items": {"type": "string"}},
            "mixed": {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
            "labels": {"description": "free", "type": "object", "properties": {"team": {"type": "string"}}},
            "env": {"type": "object", "additionalProperties": {"type": "string"}},
            "ratio": {"type": "number"},
            "true": {"type": "boolean"},
            "db": {"type": "object"},
            "global": {"type": "object"},
        },
        "additionalProperties": False,
    }


def test_golden_cases(chart: Path) -> None:
    write(
        chart / "web/tests",
        {
            "many/values.yaml": "replicas: 3\n",
            "one/values.yaml": "replicas: 1\n",
            "one/release.yaml": 'name: shop\nnamespace: prod\nkubeVersion: "1.30"\n',
            "notes.md": "no case\n",
        },
    )
    first = kplan("chart", "test", "web", cwd=chart)
    assert first.returncode == 1
    assert "new     many: there is no web/tests/many/expected.yaml; --update writes it\n" in first.stdout
    assert kplan("chart", "test", "web", "--update", cwd=chart).returncode == 0
    expected = (chart / "web/tests/one/expected.yaml").read_text()
    assert expected.startswith("---\n# Source: web/templates/a.yaml\napiVersion: v1\n")
    assert expected.endswith("  kube: v1.30.0\n  release: prod/shop\n")
    second = kplan("chart", "test", "web", cwd=chart)
    assert second.stdout == (
        "ok      many\nok      one\nin no case:\n"
        "  web/templates/a.yaml:8:3: `{% elif Values.replicas == 1 %}` is never false\n"
        "  web/templates/a.yaml:11:3: `{% for host in Values.hosts %}` always has a turn\n"
        "2 of 2 cases as expected\n"
    )
    assert second.returncode == 0
    assert kplan("chart", "test", "web", "--require-branches", cwd=chart).returncode == 1


def test_a_difference_and_an_error(chart: Path) -> None:
    write(chart / "web/tests", {"a/values.yaml": "hosts: []\n", "b/values.yaml": "replicas: null\n"})
    kplan("chart", "test", "web", "--update", cwd=chart)
    assert not (chart / "web/tests/b/expected.yaml").exists()
    template = chart / "web/templates/a.yaml"
    template.write_text(template.read_text().replace("none: x", "none: y"))
    done = kplan("chart", "test", "web", cwd=chart)
    assert done.returncode == 1
    assert "differs a\n--- web/tests/a/expected.yaml\n+++ rendered\n" in done.stdout
    assert "\n-  none: x\n+  none: y\n" in done.stdout
    assert "error   b\n  web/templates/a.yaml:6:9: `Values.replicas` is not defined\n" in done.stdout
    assert done.stdout.endswith("0 of 2 cases as expected\n")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "web has no case: write tests/NAME/values.yaml, then `kplan chart test --update`"),
        ({"a/values.yaml": "a: [\n"}, "web/tests/a/values.yaml:1:"),
        ({"a/values.yaml": "", "a/release.yaml": "nam: x\n"}, "name, namespace, kubeVersion, and no `nam`"),
        ({"a/values.yaml": "", "a/release.yaml": "kubeVersion: 1.30\n"}, "`kubeVersion` is a text; write it in quotes"),
        ({"a/values.yaml": "", "a/release.yaml": "kubeVersion: '2'\n"}, "`2` is no Kubernetes version"),
    ],
)
def test_test_refuses(chart: Path, files: dict[str, str], message: str) -> None:
    write(chart / "web/tests", files)
    done = kplan("chart", "test", "web", cwd=chart)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_helm_chart_is_not_tested() -> None:
    done = kplan("chart", "test", "dig/helm", cwd=CHARTS)
    assert done.returncode == 2
    assert "the templates of dig/helm are Go's; `kplan chart convert dig/helm` makes a Jinja chart of it" in done.stderr


def test_convert_without_helm(tmp_path: Path) -> None:
    done = kplan("chart", "convert", str(CHARTS / "dig/helm"), "dig", cwd=tmp_path, PATH="")
    assert done.returncode == 0
    assert done.stdout == f"{CHARTS / 'dig/helm'} is converted to dig: 1 templates\n"
    assert done.stderr == "note: not compared with Helm's rendering: helm is not installed\n"
    assert 'dig("server", "port", 80, Values.app)' in (tmp_path / "dig/templates/config.yaml").read_text()


def test_convert_names_what_it_leaves(tmp_path: Path) -> None:
    chart = {"Chart.yaml": "{apiVersion: v2, name: web, version: 1.0.0}", "templates/a.yaml": "a: 1\nb: {{ nope }}\n"}
    write(tmp_path / "web", chart)
    done = kplan("chart", "convert", "web", cwd=tmp_path, PATH="")
    assert done.returncode == 1
    assert done.stdout == (
        "web is converted to web-jinja: 1 templates\n"
        "web/templates/a.yaml:2: not converted: there is no function `nope`\n"
    )
    again = kplan("chart", "convert", "web", cwd=tmp_path, PATH="")
    assert again.returncode == 2
    assert "`web-jinja` is there already" in again.stderr


@needs_helm
def test_convert_compares(tmp_path: Path) -> None:
    write(tmp_path, {"null.yaml": "app: null\n"})
    deep = str(CHARTS / "dig/values/deep.yaml")
    done = kplan("chart", "convert", str(CHARTS / "dig/helm"), "dig", "-f", deep, "-f", "null.yaml", cwd=tmp_path)
    assert done.stdout.splitlines()[1:] == [
        "equal with the values of the chart: 1 objects",
        f"equal with {deep}: 1 objects",
    ]
    assert "not compared with null.yaml: helm cannot render the chart" in done.stderr
    assert done.returncode == 0


HELM_CREATE = {
    "ingress": """
        replicaCount: 3
        image: {repository: ghcr.io/x/y, tag: "1.10"}
        ingress:
          enabled: true
          className: nginx
          annotations: {a/b: c}
          hosts: [{host: a.b, paths: [{path: /, pathType: Prefix}, {path: /x}]}]
          tls: [{secretName: s, hosts: [a.b, c.d]}]
        autoscaling: {enabled: true, targetMemoryUtilizationPercentage: 70}
        serviceAccount: {create: false}
    """,
    "pod": """
        livenessProbe: null
        readinessProbe: {exec: {command: [sh, -c, "echo\\nx"]}}
        image: {tag: null}
        nameOverride: other
        fullnameOverride: a-full-name-which-is-very-long-indeed-and-goes-on-and-on-beyond-sixty-three
        resources: {limits: {cpu: 1, memory: 128Mi}}
        nodeSelector: {a: b}
        tolerations: [{key: a, operator: Exists}]
        affinity: {nodeAffinity: {x: [1, 2]}}
        volumes: [{name: a, emptyDir: {}}]
        volumeMounts: [{name: a, mountPath: /a}]
        imagePullSecrets: [{name: p}]
        podAnnotations: {x: "1"}
        podLabels: {y: z}
        securityContext: {runAsNonRoot: true}
    """,
    "route": """
        httpRoute:
          enabled: true
          parentRefs: [{name: g, namespace: n}]
          hostnames: [a.b]
          rules: [{matches: [{path: {type: PathPrefix, value: /h}}], filters: [{type: X}]}, {matches: []}]
          annotations: {k: v}
        service: {type: NodePort, port: 8080}
        serviceAccount: {create: true, automount: false, annotations: {a: b}, name: sa}
    """,
}


@needs_helm
def test_the_chart_that_helm_creates(tmp_path: Path) -> None:
    subprocess.run(["helm", "create", "web"], cwd=tmp_path, check=True, capture_output=True)
    write(tmp_path, {f"{name}.yaml": text for name, text in HELM_CREATE.items()})
    options = [part for name in HELM_CREATE for part in ("-f", f"{name}.yaml")]
    done = kplan("chart", "convert", "web", "jinja", *options, cwd=tmp_path)
    assert done.stdout == (
        "web is converted to jinja: 9 templates\n"
        "equal with the values of the chart: 4 objects\n"
        "equal with ingress.yaml: 5 objects\n"
        "equal with pod.yaml: 4 objects\n"
        "equal with route.yaml: 5 objects\n"
    )
    assert (done.returncode, done.stderr) == (0, "")
