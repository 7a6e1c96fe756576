"""A git repository with manifests, and kplan run in it, for tests of what a change touches."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kplan.cli import main

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: web
          image: {image}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: 80}}]
"""
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndatum: {k: v}\n"


def deployment(name: str = "web", image: str = "shop:1") -> str:
    return DEPLOYMENT.format(name=name, image=image)


def service(name: str = "web") -> str:
    return SERVICE.format(name=name)


def write(files: dict[str, str | None]) -> None:
    """Files of the working folder; one whose text is None goes."""
    for name, text in files.items():
        if text is None:
            Path(name).unlink()
        else:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")


def git(*args: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    env = {**os.environ, **who, **alone}
    done = subprocess.run(["git", *args], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(files: dict[str, str | None]) -> str:
    """Write, and commit all; the id of the commit."""
    write(files)
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", "change: of files")
    return git("rev-parse", "HEAD")


class Done(NamedTuple):
    code: int
    out: str
    err: str


def kplan(*args: str) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(list(args))
    code = ended.value.code
    assert isinstance(code, int)
    return Done(code, out.getvalue(), err.getvalue())


def report(*args: str) -> dict[str, Any]:
    done = kplan("lint", "-o", "json", *args)
    assert done.code in (0, 1), done
    found: dict[str, Any] = json.loads(done.out)
    return found


def rules(*args: str) -> list[str]:
    """`rule@file:line` of each finding."""
    return [f"{f['rule']}@{f['file']}:{f['line']}" for f in report(*args)["findings"]]
