"""Folders with kustomizations and charts are rendered, by the programs where they are installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from kplan.model import Manifest
from kplan.pipeline import lint
from kplan.render.load import Options, Release
from kplan.render.load import load as load_rendered
from kplan.render.program import find_program

needs_kustomize = pytest.mark.skipif(find_program("kustomize", "kubectl") is None, reason="no kustomize, no kubectl")
needs_helm = pytest.mark.skipif(find_program("helm") is None, reason="helm is not installed")

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: web
            image: nginx:1.27
"""
SERVICE = """
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      selector: {app: wbe}
      ports: [{port: 80}]
"""


def load(paths: list[str]) -> Manifest:
    return load_rendered(paths, options=Options(36))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text))


def refs(manifest: Manifest) -> list[str]:
    return sorted(str(resource.ref) for resource in manifest)


KUSTOMIZED = {
    "base/kustomization.yaml": "resources: [web.yaml, service.yaml]\n",
    "base/web.yaml": DEPLOYMENT,
    "base/service.yaml": SERVICE,
    "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamePrefix: prod-\npatches: [{path: more.yaml}]\n",
    "overlays/prod/more.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5}\n",
    "other/job.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: loose}\n",
}


@needs_kustomize
def test_only_the_outer_kustomizations_are_built(folder: Path) -> None:
    write(folder, KUSTOMIZED)
    manifest = load(["."])
    assert refs(manifest) == [
        "configmap/loose",
        *(f"{kind}/{name}" for kind in ("deployment", "service") for name in ("dev-web", "prod-web")),
    ]
    replicas = {r.ref.name: r.get("spec", "replicas") for r in manifest if r.kind == "Deployment"}
    assert replicas == {"dev-web": None, "prod-web": 5}
    assert not manifest.findings
    assert not manifest.unchecked


@needs_kustomize
def test_findings_point_into_the_file_that_was_written(folder: Path) -> None:
    write(folder, KUSTOMIZED)
    found = [f for f in lint(load(["overlays"]), minor=36).findings if f.rule == "service-without-endpoints"]
    assert [str(f.span.origin) for f in found if f.span] == ["base/service.yaml:6:13"] * 2
    assert {f.span.file for f in found if f.span} == {
        f"overlays/{e}/kustomization.yaml (built)" for e in ("dev", "prod")
    }


def test_without_the_program_it_is_not_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    write(
        folder, {**KUSTOMIZED, "chart/Chart.yaml": "name: c\nversion: 1.0.0\n", "chart/templates/_a.tpl": "{{/* */}}"}
    )
    manifest = load(["."])
    told = {str(one): one.where for one in manifest.unchecked}
    assert set(told) == {
        "1 kustomization not rendered: neither kustomize nor kubectl is installed",
        "1 chart not rendered: helm is not installed",
    }
    assert "configmap/loose" in refs(manifest)


@needs_kustomize
def test_what_cannot_be_built_is_a_finding(folder: Path) -> None:
    write(folder, {"kustomization.yaml": "resources: [gone.yaml]\n", "web.yaml": DEPLOYMENT})
    manifest = load(["."])
    assert [(f.rule, str(f.span)) for f in manifest.findings] == [("build-failed", "kustomization.yaml:1:13")]
    assert "gone.yaml" in manifest.findings[0].message


def test_nothing_is_fetched(folder: Path) -> None:
    write(folder, {"kustomization.yaml": "resources: ['https://example.com/a.yaml']\n", "web.yaml": DEPLOYMENT})
    manifest = load(["."])
    assert [one.why for one in manifest.unchecked] == [
        "not rendered: it takes https://example.com/a.yaml from the network"
    ]


@needs_kustomize
def test_a_revision_is_built_as_it_was(folder: Path) -> None:
    write(folder, KUSTOMIZED)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True, cwd=folder, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull})
    write(folder, {"base/web.yaml": DEPLOYMENT.replace("nginx:1.27", "nginx:1.28")})
    before, now = (load([path]) for path in ("HEAD:overlays/prod", "overlays/prod"))
    images = [
        resource.get("spec", "template", "spec", "containers", 0, "image")
        for manifest in (before, now)
        for resource in manifest
        if resource.kind == "Deployment"
    ]
    assert images == ["nginx:1.27", "nginx:1.28"]
    deployment = next(r for r in before if r.kind == "Deployment")
    assert str(deployment.source.span(("metadata", "name")).origin) == "HEAD:base/web.yaml:5:9"


@needs_helm
def test_helm(folder: Path) -> None:
    template = SERVICE.replace("wbe", "{{ .Values.app }}")
    write(
        folder,
        {"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/values.yaml": "app: wbe\n"}
        | {"web/templates/web.yaml": DEPLOYMENT, "web/templates/service.yaml": template},
    )
    result = lint(load(["."]), minor=36)
    found = [f for f in result.findings if f.rule == "service-without-endpoints"]
    assert [str(f.span.origin) for f in found if f.span] == ["web/templates/service.yaml:6:3"]


HOOKED = """
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: migrate
      annotations: {"helm.sh/hook": pre-upgrade}
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: a, image: "a:{{ Values.tag }}"}]}
"""


def test_hooks_are_checked_and_no_part_of_what_is_applied(folder: Path) -> None:
    write(folder, {"c/Chart.yaml": "name: c\nversion: 1.0.0\n", "c/values.yaml": "tag: x\n"})
    write(folder, {"c/templates/job.yaml": HOOKED, "c/templates/web.yaml": DEPLOYMENT})
    assert refs(load(["c"])) == ["deployment/web", "job/migrate"]
    applied = load_rendered(["c"], options=Options(36, hooks=False))
    assert refs(applied) == ["deployment/web"]
    assert [(s.file, s.reason) for s in applied.skipped] == [
        ("c/templates/job.yaml", "job/migrate, a Helm hook: pre-upgrade")
    ]


def test_releases_of_one_chart(folder: Path) -> None:
    write(
        folder, {"c/Chart.yaml": "name: c\nversion: 1.0.0\n", "c/values.yaml": "count: 1\n", "two.yaml": "count: 2\n"}
    )
    template = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ Release.Name }}'}\ndata: {count: '{{ Values.count }}'}\n"
    )
    write(folder, {"c/templates/config.yaml": template})
    releases = (Release("one", "c"), Release("two", "c", ("two.yaml",), "prod", 30))
    made = load_rendered(["c"], options=Options(36, releases=releases))
    assert [(r.ref.namespace, r.ref.name, r.get("data", "count")) for r in made] == [
        ("default", "one", "1"),
        ("prod", "two", "2"),
    ]
    assert {str(r.source.span(("data", "count")).origin) for r in made} == {"c/templates/config.yaml:4:15"}


def test_one_release_that_fails_leaves_the_others(folder: Path) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ Release.Name }}'}\n"
    write(folder, {"web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/templates/a.yaml": template})
    releases = (Release("one", "web", ("none.yaml",)), Release("two", "web"))
    made = load_rendered(["web"], options=Options(36, releases=releases))
    assert [resource.ref.name for resource in made] == ["two"]
    assert [each.message for each in made.findings] == [
        "the values of release `one` cannot be read: there is no file `none.yaml`"
    ]


def test_what_is_not_rendered_is_no_empty_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    files = {
        "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/templates/a.yaml": "{{ .Values.a }}\n",
    }
    write(folder, files)
    made = lint(load(["web"]), minor=36)
    assert not made.findings
    assert [each.why for each in made.manifest.unchecked] == ["not rendered: helm is not installed"]


def test_charts_in_kustomizations_are_not_fetched(folder: Path) -> None:
    write(folder, {"k/kustomization.yaml": "helmCharts: [{name: web, repo: https://charts.example}]\n"})
    (unchecked,) = load(["k"]).unchecked
    assert unchecked.why == "not rendered: it takes Helm charts from the network"
