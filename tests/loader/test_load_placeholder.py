"""Templates, encrypted files and kustomize's patches among plain manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from kplan.loader import load, load_text
from kplan.model import Manifest, Severity
from kplan.pipeline import lint, plan_manifests
from kplan.pipeline import refused as refused_by_server

HELM = """{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.fullname" . }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
	{{- with .Values.x }}
  template: {{ toYaml . }}
  {{- end }}
{{- end }}
"""
JINJA = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ name }}\n{% for x in xs %}\n  {{ x }}: 1\n{% endfor %}\n"
)
GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (HELM, 1, 1),
        (JINJA, 4, 9),
        ("a: {{ .Values.x }}\n", 1, 4),
        ("a: 1\n{{ x }}\n", 2, 1),
        ("a: 1\n---\nb: {{ x | default(3) }}\n", 3, 4),
        ("a:\n  {{- range .Values.list }}\n  - {{ . }}\n  {{- end }}\n", 2, 3),
        ('a: "x"\n{{ template "x" . }}\n', 2, 1),
        ("{% if x %}\na: 1\n{% endif %}\n", 1, 1),
    ],
)
def test_a_template_is_told_once(text: str, line: int, column: int) -> None:
    manifest = load_text(text, file="t.yaml")
    (finding,) = lint(manifest, minor=36).findings
    assert (finding.rule, finding.severity) == ("unrendered-template", Severity.WARNING)
    assert finding.span is not None
    assert (finding.span.start.line, finding.span.start.column) == (line, column)
    assert [str(one) for one in manifest.unchecked] == ["1 template not rendered"]


def test_documents_beside_a_template_are_read() -> None:
    manifest = load_text(f"{GOOD}---\nname: {{{{ .Values.x }}}}\n---\n{GOOD}")
    assert len(manifest) == 2
    told = lint(manifest, minor=36, select=["syntax", "chart"]).findings
    assert [f.rule for f in told] == ["unrendered-template"]
    by_itself = lint(manifest, minor=36, select=["syntax", "schema", "validation"]).findings
    assert [f.rule for f in by_itself] == ["yaml-syntax"]


@pytest.mark.parametrize(
    "text",
    [
        'a: "{{ .Values.x }}"\n\tb: 1\n',
        "a: |\n  {{ .Values.x }}\nb: [\n",
        "a: {{ $labels.instance }}\n",
        "a: {b: {c: 1}}\n b\n",
    ],
)
def test_a_fault_of_its_own_is_an_error(text: str) -> None:
    assert {f.rule for f in load_text(text).findings} == {"yaml-syntax"}


SOPS = """sops:
  kms: []
  age:
  - recipient: age1x
    enc: |
      -----BEGIN AGE ENCRYPTED FILE-----
      x
      -----END AGE ENCRYPTED FILE-----
  lastmodified: "2024-05-01T10:00:00Z"
  mac: ENC[AES256_GCM,data:bWFj,iv:aXY=,tag:dGFn,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.8.1
"""
SECRET = f"""apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
type: Opaque
data:
  password: ENC[AES256_GCM,data:c2VjcmV0,iv:aXY=,tag:dGFn,type:str]
{SOPS}"""


def rules(text: str | Manifest) -> list[str]:
    manifest = load_text(text, file="a.yaml") if isinstance(text, str) else text
    return [f.rule for f in lint(manifest, minor=36).findings]


def test_sops() -> None:
    assert rules(SECRET) == []
    assert "sops" not in load_text(SECRET).resources[0].data
    assert refused_by_server(load_text(SECRET), minor=36) == ()
    assert plan_manifests(Manifest(), load_text(SECRET), minor=36).findings == ()


def test_sops_in_secrets_whose_values_are_judged() -> None:
    text = SECRET.replace("Opaque", "kubernetes.io/dockerconfigjson").replace("password", ".dockerconfigjson")
    assert rules(text) == []
    assert refused_by_server(load_text(text), minor=36) == ()
    assert rules(text.replace(".dockerconfigjson:", ".dockerconfig:")) == ["required-value"]


def test_sops_in_other_fields_and_with_faults_of_its_own() -> None:
    config = SECRET.replace("Secret", "Service").replace(
        "type: Opaque\ndata:\n  password:", "spec:\n  type: ExternalName\n  externalName:"
    )
    assert rules(config) == []
    assert rules(config.replace("  externalName", "  clusterIPS: x\n  externalName")) == ["unknown-field"]
    assert rules(config.replace("namespace: shop", "namespace: Shop")) == ["invalid-value"]
    assert refused_by_server(load_text(config), minor=36) != ()  # what is not known cannot be planned


def test_sops_as_a_whole() -> None:
    text = f"apiVersion: {'ENC[AES256_GCM,data:x,type:str]'}\nkind: ENC[AES256_GCM,data:y,type:str]\n{SOPS}"
    manifest = load_text(text)
    assert [one.reason for one in manifest.skipped] == ["encrypted as a whole by SOPS"]
    assert rules(manifest) == []


def test_a_field_that_is_called_sops_and_is_none() -> None:
    assert rules(GOOD + "sops: 5\n") == ["unknown-field"]
    assert rules(GOOD + "sops: {a: 5}\n") == ["unknown-field"]


INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
spec:
  rules:
  - host: app.${cluster_domain%s}
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: web
            port:
              number: %s
"""
FLUX = """---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substitute: {cluster_domain: example.com}}
"""


def errors(text: str, **options: object) -> list[str]:
    found = lint(load_text(text, file="a.yaml"), minor=36, select=["schema", "validation"]).findings
    return [f.rule for f in found if f.severity == Severity.ERROR]


def test_flux_variables() -> None:
    assert errors(INGRESS % ("", 80)) == ["invalid-value"]
    assert errors(INGRESS % (":=example.com", 80)) == []
    assert errors(INGRESS % (":=example.com", "${port}")) == ["wrong-type"]
    assert errors(INGRESS % ("", "${port}") + FLUX) == []
    assert errors(INGRESS % ("", 99999) + FLUX) == ["invalid-value"]


def test_flux_is_told_to_leave_an_object_alone() -> None:
    text = INGRESS % ("", 80) + FLUX
    note = "metadata:\n  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n  name: web"
    assert errors(text.replace("metadata:\n  name: web", note)) == ["invalid-value"]
    assert errors(text.replace("${", "$${")) == ["invalid-value"]


def test_a_variable_without_evidence_says_what_would_be_one() -> None:
    (finding,) = lint(load_text(INGRESS % ("", 80)), minor=36, select=["validation"]).findings
    assert "placeholders" in (finding.help or "")


def test_values_of_templates_that_are_yaml() -> None:
    text = GOOD.replace("good", '"{{ .Release.Name }}"').replace("ConfigMap", "Service") + "spec: {ports: '{{ p }}'}\n"
    found = lint(load_text(text), minor=36).findings
    assert [f.rule for f in found] == ["unrendered-template"]
    alert = GOOD + "data: {a: 'is {{ $labels.x }} down'}\n"
    assert lint(load_text(alert), minor=36).findings == ()


PATCH = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: web
        $patch: delete
      - name: log
        imagePullPolicy: Always
"""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "named",
    [
        "patches:\n- path: p/patch.yaml\n",
        "patches:\n- path: ./p/patch.yaml\n  target: {kind: Deployment}\n",
        "patchesStrategicMerge: [p/patch.yaml]\n",
        "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\npatches: [{path: p/patch.yaml}]\n",
    ],
)
def test_patches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"kustomization.yaml": f"resources: [cm.yaml]\n{named}", "cm.yaml": GOOD, "p/patch.yaml": PATCH})
    for paths in (["."], ["p/patch.yaml"], [str(tmp_path)]):
        manifest = load(paths)
        assert [r.kind for r in manifest.partial] == ["Deployment"]
        assert "Deployment" not in [r.kind for r in manifest]
        assert rules(manifest) == []
    write(tmp_path, {"p/patch.yaml": PATCH.replace("imagePullPolicy", "imagePullPolice").replace("3", "three")})
    assert rules(load(["."])) == ["wrong-type", "unknown-field"]


def test_what_a_kustomization_lists_as_resource_is_an_object(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [web.yaml]\npatches: [{path: web.yaml}]\n", "web.yaml": PATCH})
    assert len(load([tmp_path])) == 1


def test_settings_of_kustomize_are_no_objects(tmp_path: Path) -> None:
    text = """configurations: [names.yaml]
openapi: {path: schema.json}
replacements: [{path: replace.yaml}]
configMapGenerator: [{name: web, files: [app.yaml=data/app.yaml], envs: [e.yaml]}]
helmCharts: [{name: x, valuesFile: v.yaml}]
patches: 5
transformers: nothing
"""
    names = ("names.yaml", "schema.json", "replace.yaml", "data/app.yaml", "e.yaml", "v.yaml")
    broken = '{"apiVersion": "v1", "kind": "Pod"}'
    write(tmp_path, {"kustomization.yaml": text, **dict.fromkeys(names, broken), "good.yaml": GOOD})
    manifest = load([tmp_path])
    assert [str(r.ref) for r in manifest] == ["configmap/good"]
    assert sum("kustomize" in one.reason for one in manifest.skipped) == 7
    assert rules(manifest) == []


def test_without_kustomization_a_patch_is_an_object(tmp_path: Path) -> None:
    write(tmp_path, {"patch.yaml": PATCH})
    assert len(load([tmp_path])) == 1
