"""One fault of each sort in a chart: `kplan lint` says where it is in the template, in every form of report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

LABELS = """{# What Services find pods by. #}
{% macro labels(app) %}
app: {{ app }}
{% endmacro %}

{% macro container(image) %}
name: web
image: {{ image }}
ports:
  - name: http
    containerPort: 8080
{% endmacro %}
"""
WEB = """{% from "_parts.j2" import container, labels %}
apiVersion: v1
kind: Service
metadata:
  name: {{ Release.Name }}
spec:
  selector:
    {{ labels(Values.app) }}
  ports:
    - port: 80
      targetPort: http
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ Release.Name }}
spec:
  replicas: {{ Values.replicas }}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - {{ container(Values.image.repository) }}
"""
VALUES = "app: web\nreplicas: 2\nimage:\n  repository: nginx:1.27\n"
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "values.yaml": VALUES,
    "templates/_parts.j2": LABELS,
    "templates/web.yaml": WEB,
}


class Fault(NamedTuple):
    """What is changed in a chart without a fault, and what is then said: rule, place, and the places behind it."""

    file: str
    old: str
    new: str
    rule: str
    place: str
    related: tuple[str, ...] = ()


FAULTS = {
    "template syntax": Fault(
        "templates/web.yaml",
        "{{ Values.replicas }}",
        "{{ Values.replicas | }}",
        "template-syntax",
        "web/templates/web.yaml:18:34",
    ),
    "undefined value": Fault(
        "templates/_parts.j2",
        "{{ image }}",
        "{{ Values.image.repositry }}",
        "undefined-value",
        "web/templates/_parts.j2:8:11",
        ("web/templates/web.yaml:26:11",),
    ),
    "YAML error after rendering": Fault(
        "templates/_parts.j2",
        "  - name: http",
        "  - name: http: {{ image }}",
        "yaml-syntax",
        "web/templates/_parts.j2:10:15",
        ("web/templates/web.yaml:26:11",),
    ),
    "unknown field in an included macro": Fault(
        "templates/_parts.j2",
        "containerPort",
        "contianerPort",
        "unknown-field",
        "web/templates/_parts.j2:11:5",
        ("web/templates/web.yaml:26:11",),
    ),
    "selector mismatch through values": Fault(
        "values.yaml",
        "app: web",
        "app: wbe",
        "service-without-endpoints",
        "web/templates/_parts.j2:3:1",
        ("web/templates/web.yaml:8:5", "web/values.yaml:1:1"),
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in CHART.items():
        file = tmp_path / "web" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def kplan(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from kplan.cli import main; main()", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def broken(folder: Path, fault: Fault) -> None:
    file = folder / "web" / fault.file
    text = file.read_text()
    assert text.count(fault.old) == 1
    file.write_text(text.replace(fault.old, fault.new))


def test_without_a_fault_nothing_is_found(folder: Path) -> None:
    done = kplan("lint", "web", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 files, 2 objects checked against Kubernetes 1.37\n"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_text(folder: Path, fault: Fault) -> None:
    broken(folder, fault)
    done = kplan("lint", "web", cwd=folder)
    assert done.returncode == 1
    lines = [line.strip() for line in done.stdout.splitlines()]
    head = next(number for number, line in enumerate(lines) if line.startswith(f"error[{fault.rule}]"))
    block = lines[head : lines.index("", head)]
    assert block[1] == f"--> {fault.place}"
    assert [line.removeprefix("::: ") for line in block if line.startswith("::: ")][: len(fault.related)] == [
        *fault.related
    ]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_json(folder: Path, fault: Fault) -> None:
    broken(folder, fault)
    report = json.loads(kplan("lint", "web", "-o", "json", cwd=folder).stdout)
    [finding] = [each for each in report["findings"] if each["rule"] == fault.rule]
    assert _place(finding) == fault.place
    assert [_place(each) for each in finding["related"]][: len(fault.related)] == [*fault.related]


def _place(place: dict[str, object]) -> str:
    return f"{place['file']}:{place['line']}:{place['column']}"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_sarif(folder: Path, fault: Fault) -> None:
    broken(folder, fault)
    log = json.loads(kplan("lint", "web", "-o", "sarif", cwd=folder).stdout)
    [result] = [each for each in log["runs"][0]["results"] if each["ruleId"].endswith(fault.rule)]
    assert _sarif_place(result["locations"][0]) == fault.place
    related = [_sarif_place(each) for each in result.get("relatedLocations", [])]
    assert set(fault.related) <= set(related)


def _sarif_place(location: dict[str, dict[str, dict[str, object]]]) -> str:
    physical = location["physicalLocation"]
    region = physical["region"]
    return f"{physical['artifactLocation']['uri']}:{region['startLine']}:{region['startColumn']}"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_plan_stops_at_an_error_or_tells_it(folder: Path, fault: Fault) -> None:
    broken(folder, fault)
    done = kplan("plan", "web", cwd=folder)
    if fault.rule == "service-without-endpoints":
        assert done.returncode == 0
        assert "service/web  0 endpoints throughout" in done.stdout
    else:
        assert done.returncode == 1
        assert fault.place in done.stdout
