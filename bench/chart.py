"""What rendering charts costs: inside one process, and as commands beside `helm template`."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

CHARTS = Path(__file__).parent.parent / "tests/conformance/helm_charts"
_HELM = """{{- range $n := until (int .Values.count) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ $n }}
  labels:
    {{- include "many.labels" $ | nindent 4 }}
data:
  key: {{ printf "%s-%d" $.Values.text $n | quote }}
  {{- toYaml $.Values.data | nindent 2 }}
{{- end }}
"""
_LABELS = "app: {{ .Chart.Name }}\nrelease: {{ .Release.Name }}\n"


def twins() -> list[Path]:
    """The folders that hold a Helm chart and its twin."""
    return sorted(path.parent for path in CHARTS.glob("*/helm"))


def many(folder: Path, count: int) -> Path:
    """A Helm chart that makes `count` objects, and its twin, below a folder."""
    from kplan.render.convert.chart import convert_chart
    from kplan.render.folder import write_folder

    files = {
        "Chart.yaml": "{apiVersion: v2, name: many, version: 1.0.0}\n",
        "values.yaml": f"count: {count}\ntext: hello\ndata: {{a: one, b: two, c: three}}\n",
        "templates/_labels.tpl": f'{{{{- define "many.labels" -}}}}\n{_LABELS}{{{{- end -}}}}\n',
        "templates/all.yaml": _HELM,
    }
    write_folder({name: text.encode() for name, text in files.items()}, str(folder / "helm"))
    write_folder(convert_chart(str(folder / "helm")).files, str(folder / "jinja"))
    return folder


def render_s(folder: str, rounds: int) -> tuple[int, float]:
    """How many objects a chart makes, and the seconds from its files to their texts: the median of warm rounds."""
    from kplan.render.chart import read_chart
    from kplan.render.order import documents
    from kplan.render.release import Capabilities, Release
    from kplan.render.rendering import render
    from kplan.render.value import chart_with_values

    spent, count = [], 0
    for _ in range(rounds + 1):
        start = time.perf_counter()
        chart, values = chart_with_values(read_chart(folder))
        made = render(chart, values, Release("rel"), capabilities=Capabilities(36))
        spent.append(time.perf_counter() - start)
        count = len(documents(made.files))
    return count, statistics.median(spent[1:])


def measured(folders: list[Path], rounds: int) -> tuple[int, float]:
    """The objects and seconds of all charts in folders, in a process of its own."""
    command = [sys.executable, "-m", "bench.chart", str(rounds), *map(str, folders)]
    count, seconds = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return count, seconds


if __name__ == "__main__":
    found = [render_s(folder, int(sys.argv[1])) for folder in sys.argv[2:]]
    print(json.dumps([sum(count for count, _ in found), sum(seconds for _, seconds in found)]))
