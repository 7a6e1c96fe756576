"""Input for the benchmarks, made in a temporary folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kplan.kinds import scope, split_api_version

FILES = 5_000

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app-{i:04}, labels: {{app: app-{i:04}}}}}
spec:
  replicas: {replicas}
  selector:
    matchLabels: {{app: app-{i:04}}}
  template:
    metadata:
      labels: {{app: app-{i:04}}}
    spec:
      containers:
        - name: app
          image: registry.example/app:{tag}
          ports: [{{name: http, containerPort: 8080}}]
          resources:
            requests: {{cpu: 100m, memory: 64Mi}}
            limits: {{memory: 128Mi}}
"""


def public_manifests() -> Path | None:
    """The folder of public manifests, from $KPLAN_CORPUS or beside the repository; None where it is absent."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    folder = Path(os.environ.get("KPLAN_CORPUS", beside)) / "manifests"
    return folder if folder.is_dir() else None


def many_files(target: Path) -> int:
    """Fill `target` with 5,000 files, and say how many bytes they hold.

    Public manifests repeated under other namespaces where they are to be had, otherwise Deployments of our own.
    """
    source = public_manifests()
    texts = (
        [(file.name, file.read_text()) for file in sorted(source.iterdir()) if file.suffix in {".yaml", ".yml"}]
        if source
        else [(f"app-{i}.yaml", _DEPLOYMENT.format(i=i, replicas=3, tag="v1")) for i in range(500)]
    )
    size = written = 0
    while written < FILES:
        copy = written // len(texts)
        folder = target / f"copy-{copy}"
        folder.mkdir(parents=True)
        for name, text in texts[: FILES - written]:
            moved = "\n---".join(_moved(document, copy) for document in text.split("\n---"))
            (folder / name).write_text(moved)
            size += len(moved)
            written += 1
    return size


def _moved(document: str, copy: int) -> str:
    """The document under another namespace, or another name where it has none, so that no two copies are one object."""
    kind = re.search(r"^kind: *(\w+)", document, re.M)
    if kind and scope(_group(document), kind[1]) == "Cluster":
        return re.sub(r"(?m)^  name: *(\S+)$", rf"  name: \1-{copy}", document, count=1)
    if re.search(r"(?m)^  namespace:", document):
        return re.sub(r"(?m)^  namespace: *(\S+)$", rf"  namespace: \1-{copy}", document)
    return re.sub(r"(?m)^metadata:$", f"metadata:\n  namespace: copy-{copy}", document, count=1)


def _group(document: str) -> str:
    found = re.search(r"(?m)^apiVersion: *[\"']?([\w./-]+)", document)
    return split_api_version(found[1])[0] if found else ""


def deployments(target: Path, count: int, replicas: int, tag: str) -> Path:
    """A file with `count` Deployments of `replicas` pods each, at the image tag `tag`."""
    file = target / f"{tag}-{count}-{replicas}.yaml"
    file.write_text("---\n".join(_DEPLOYMENT.format(i=i, replicas=replicas, tag=tag) for i in range(count)))
    return file
