from __future__ import annotations

import pytest

from kplan.errors import InputError
from kplan.loader import load_text, parse_documents
from kplan.model import Finding, Manifest, ObjectRef, Severity


def refs(manifest: Manifest) -> list[ObjectRef]:
    return [resource.ref for resource in manifest]


def only(manifest: Manifest) -> Finding:
    assert len(manifest.findings) == 1, manifest.findings
    return manifest.findings[0]


def place(finding: Finding) -> tuple[int, int, int, int]:
    assert finding.span is not None
    start, end = finding.span.start, finding.span.end
    return start.line, start.column, end.line, end.column


def test_identity() -> None:
    manifest = load_text(
        """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
---
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: old, namespace: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, namespace: ignored}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
---
apiVersion: v1
kind: Pod
metadata: {generateName: job-}
---
apiVersion: v1
kind: ConfigMap
""",
        default_namespace="prod",
    )
    assert refs(manifest) == [
        ObjectRef("apps", "Deployment", "prod", "web"),
        ObjectRef("apps", "Deployment", "shop", "old"),
        ObjectRef("", "Namespace", "", "shop"),
        ObjectRef("example.com", "Widget", "prod", "w"),
        ObjectRef("", "Pod", "prod", "job-"),
        ObjectRef("", "ConfigMap", "prod", ""),
    ]
    assert [resource.api_version for resource in manifest][:2] == ["apps/v1", "extensions/v1beta1"]
    assert [resource.source.line for resource in manifest] == [1, 5, 9, 13, 17, 21]
    assert manifest.findings == ()


def test_a_crd_says_where_its_kind_lives() -> None:
    manifest = load_text(
        """\
apiVersion: example.com/v1
kind: Site
metadata: {name: s, namespace: x}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: sites.example.com}
spec: {group: example.com, scope: Cluster, names: {kind: Site}}
"""
    )
    assert refs(manifest)[0] == ObjectRef("example.com", "Site", "", "s")


def test_lists_are_taken_apart() -> None:
    manifest = load_text(
        """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
- apiVersion: v1
  kind: PodList
  items:
  - metadata: {name: b}
    spec: {containers: []}
- null
- {kind: Pod}
"""
    )
    assert [str(ref) for ref in refs(manifest)] == ["configmap/a", "pod/b"]
    first, second = manifest.resources
    assert second.data["kind"] == "Pod"
    assert second.api_version == "v1"
    assert (first.source.line, second.source.line) == (4, 10)
    assert str(second.source.span(("metadata", "name"))) == "<text>:10:22"
    assert [(finding.rule, finding.message) for finding in manifest.findings] == [
        ("not-an-object", "an object is a mapping, not nothing"),
        ("not-an-object", "apiVersion is missing"),
    ]
    assert [finding.path for finding in manifest.findings] == [("items", 2), ("items", 3, "kind")]
    assert place(manifest.findings[1]) == (13, 10, 13, 13)


def test_an_empty_list_holds_nothing() -> None:
    manifest = load_text("apiVersion: v1\nkind: List\nitems: []\n")
    assert (manifest.resources, manifest.findings, manifest.skipped) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("kind: Pod\nmetadata: {}\n", "apiVersion is missing", (1, 7, 1, 10)),
        ("apiVersion: v1\nspec: {}\n", "kind is missing", (1, 13, 1, 15)),
        ("apiversion: v1\nkind: Pod\n", "apiVersion is missing", (1, 13, 1, 15)),
        ("ApiVersion: v1\nKind: Pod\nspec: {}\n", "apiVersion is missing", (1, 13, 1, 15)),
        ("apiVersion: 1\nkind: Pod\n", "apiVersion is a string, not a number", (1, 13, 1, 14)),
        ("apiVersion: v1\nkind: yes\n", "kind is a string, not a boolean", (2, 7, 2, 10)),
        ("apiVersion: v1\nkind: [Pod]\n", "kind is a string, not a list", (2, 7, 2, 12)),
        ("apiVersion: ''\nkind: Pod\n", "apiVersion is empty", (1, 13, 1, 15)),
        ("apiVersion: a/b/c\nkind: Pod\n", "`a/b/c` is no apiVersion; it has the form group/version", (1, 13, 1, 18)),
        ("apiVersion: v1\nkind: Pod\nmetadata: [a]\n", "metadata is a mapping, not a list", (3, 11, 3, 14)),
        ("apiVersion: v1\nkind: Pod\nmetadata: web\n", "metadata is a mapping, not a text", (3, 11, 3, 14)),
        ("apiVersion: v1\nkind: List\n", "a List has a list `items`", (2, 7, 2, 11)),
        ("apiVersion: v1\nkind: List\nitems: {}\n", "a List has a list `items`", (3, 8, 3, 10)),
        ("- apiVersion: v1\n  kind: Pod\n", "a list is no object", (1, 1, 2, 12)),
    ],
)
def test_what_looks_like_an_object_and_is_none(text: str, message: str, where: tuple[int, int, int, int]) -> None:
    manifest = load_text(text)
    finding = only(manifest)
    assert (finding.rule, finding.group, finding.severity) == ("not-an-object", "syntax", Severity.ERROR)
    assert finding.message == message
    assert place(finding) == where
    assert not manifest.resources
    assert not manifest.skipped


@pytest.mark.parametrize(
    ("text", "file", "reason"),
    [
        ("replicas: 1\nimage: {tag: a}\n", "values.yaml", "no apiVersion and no kind; its keys are replicas, image"),
        ("a: 1\nb: 1\nc: 1\nd: 1\ne: 1\n", "x.yaml", "no apiVersion and no kind; its keys are a, b, c, d, ..."),
        ("on: push\njobs: {}\n", "ci.yaml", "no apiVersion and no kind; its keys are true, jobs"),
        ("kind: pipeline\nsteps: []\n", "ci.yaml", "no apiVersion and no kind; its keys are kind, steps"),
        (
            "apiVersion: 1\ndatasources: []\n",
            "x.yaml",
            "no apiVersion and no kind; its keys are apiVersion, datasources",
        ),
        ("resources: [a.yaml]\n", "base/kustomization.yaml", "a kustomization: kustomize makes objects from it"),
        (
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
            "x.yaml",
            "a kustomization: kustomize makes objects from it",
        ),
        ("apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/Chart.yaml", "the description of a Helm chart"),
        ("- 1\n- 2\n", "x.yaml", "a list"),
        ("hello\n", "x.yaml", "a single value"),
        ("{}\n", "x.yaml", "an empty mapping"),
    ],
)
def test_what_is_no_object_is_named(text: str, file: str, reason: str) -> None:
    manifest = load_text(text, file=file)
    assert [(skipped.file, skipped.line, skipped.reason) for skipped in manifest.skipped] == [(file, 1, reason)]
    assert not manifest.findings
    assert not manifest.resources


def test_another_kustomization_is_an_object() -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n"
    assert len(load_text(text, file="kustomization.yaml")) == 1


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n---\n", "--- # c\n", "null\n", "~", "\ufeff"])
def test_an_empty_document_is_nothing(text: str) -> None:
    manifest = load_text(text)
    assert (manifest.resources, manifest.findings, manifest.skipped) == ((), (), ())


def test_repeated_keys() -> None:
    manifest = load_text(
        """\
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  a: "1"
  b: "2"
  a: "3"
"""
    )
    finding = only(manifest)
    assert (finding.rule, finding.group, finding.severity) == ("duplicate-key", "syntax", Severity.ERROR)
    assert finding.path == ("data", "a")
    assert place(finding) == (7, 3, 7, 4)
    assert [str(related.span) for related in finding.related] == ["<text>:5:3"]
    assert manifest.resources[0].get("data") == {"a": "3", "b": "2"}


def test_a_key_beside_its_merge_is_repeated() -> None:
    manifest = load_text(
        """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - &c
    name: a
    image: nginx
  - <<: *c
    name: b
"""
    )
    finding = only(manifest)
    assert place(finding) == (10, 5, 10, 9)
    assert [str(related.span) for related in finding.related] == ["<text>:7:5"]
    assert manifest.resources[0].get("spec", "containers", 1) == {"name": "b", "image": "nginx"}


def test_every_repeat_is_found() -> None:
    manifest = load_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a, name: b, name: c}\nspec: {x: {z: 1, z: 2}}\n")
    assert [finding.path for finding in manifest.findings] == [
        ("metadata", "name"),
        ("metadata", "name"),
        ("spec", "x", "z"),
    ]


def test_data_may_be_shared_by_aliases() -> None:
    manifest = load_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nx: &x {a: b}\ndata: *x\nmerged: {<<: *x, c: d}\n"
    )
    assert manifest.resources[0].data["data"] == {"a": "b"}
    assert manifest.resources[0].data["merged"] == {"a": "b", "c": "d"}
    assert not manifest.findings


def test_parse_documents() -> None:
    assert parse_documents("a: y\n---\n- 0644\n---\n# nothing\n") == [{"a": True}, [420]]
    assert parse_documents(b'{"a": 1.0}{"b": "\\ud83d"}') == [{"a": 1}, {"b": "\ufffd"}]
    with pytest.raises(InputError, match=r"^line 3:3: the key `b` is set twice"):
        parse_documents("a:\n  b: 1\n  b: 2\n")
    with pytest.raises(InputError, match=r"^line 1:4: `@` cannot begin a value"):
        parse_documents("a: @b\n")
