"""Record what a real helm makes of our charts, for the tests: `python scripts/record_helm_charts.py HELM`.

Each folder of tests/conformance/helm_charts has a chart for Helm in helm/, its twin for kplan in jinja/, and values
files in values/. The first is rendered with its own values (the case "default") and with each of the files: the objects
in Helm's order, with the template that each comes from, hooks and crds/ included, and the notes; or that it fails.
Written: NAME/recorded.json.gz.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import yaml

HERE = Path(__file__).resolve().parent.parent / "tests/conformance/helm_charts"
RELEASE = ["rel", "--namespace", "shop"]
OFFLINE = {"KUBECONFIG": "/nonexistent"}


class Loader(yaml.CSafeLoader):
    """YAML as helm's own parser reads it: no dates, and floats without a point."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":float"))]
        for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def objects(output: str) -> list[dict[str, Any]]:
    """The documents that helm prints, each with the name of its template."""
    made = []
    for document in re.split(r"(?m)^---$", output):
        found = re.search(r"(?m)^# Source: (\S+)$", document)
        for data in yaml.load_all(document, Loader):
            if data is not None:
                assert found
                made.append({"template": found[1].partition("/")[2], "object": data})
    return made


def rendered(helm: str, chart: Path, values: Path | None) -> list[dict[str, Any]] | None:
    """What helm makes of a chart; None where it fails."""
    options = ["--values", str(values)] if values else []
    command = [helm, "template", *RELEASE, str(chart), "--kube-version", "1.36.0", "--include-crds", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **OFFLINE})
    return objects(done.stdout) if done.returncode == 0 else None


def notes(helm: str, chart: Path, values: Path | None) -> str:
    """What helm prints as notes, for which it wants a cluster: they are rendered as a value of an object instead."""
    if not (chart / "templates/NOTES.txt").exists():
        return ""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "chart")
        shutil.copytree(chart, copy)
        text = (copy / "templates/NOTES.txt").read_text()
        named = '{{ define "the notes" }}' + text + '{{ end }}\nnotes: {{ include "the notes" . | toJson }}\n'
        (copy / "templates/the-notes.yaml").write_text(named)
        made = rendered(helm, copy, values) or []
    return next(each["object"]["notes"] for each in made if each["template"] == "templates/the-notes.yaml")


def seen(helm: str, chart: Path, values: Path | None) -> dict[str, Any]:
    """The recording of one case."""
    made = rendered(helm, chart, values)
    return {"fails": True} if made is None else {"objects": made, "notes": notes(helm, chart, values)}


def record(helm: str, folder: Path) -> None:
    """Write the recording of one chart."""
    files = sorted((folder / "values").glob("*.yaml")) if (folder / "values").is_dir() else []
    cases = {"default": None, **{file.stem: file for file in files}}
    recorded = {name: seen(helm, folder / "helm", file) for name, file in cases.items()}
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    (folder / "recorded.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(folder.name, {name: "fails" if "fails" in each else len(each["objects"]) for name, each in recorded.items()})


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for each in sorted(path for path in HERE.iterdir() if (path / "helm").is_dir()):
        if len(sys.argv) == 2 or each.name in sys.argv[2:]:
            record(sys.argv[1], each)
