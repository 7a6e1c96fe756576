from __future__ import annotations

import pytest

from kplan.loader import load_text
from kplan.model import format_path
from kplan.schema import check, custom_types, unchecked

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {type: integer, minimum: 1}
                ratio: {type: number}
                color: {type: string, enum: [red, green]}
                on: {type: boolean, nullable: true}
                note: {type: string, default: none}
                port: {x-kubernetes-int-or-string: true}
                labels: {type: object, additionalProperties: {type: string}}
                parts: {type: array, items: {type: object, properties: {name: {type: string}}}}
                raw: {type: object, x-kubernetes-preserve-unknown-fields: true}
                closed: {type: object}
                anything: {x-kubernetes-preserve-unknown-fields: true}
                template: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}
    - name: v1alpha1
      served: false
      storage: false
      schema: {openAPIV3Schema: {type: object}}
---
"""
OLD_CRD = """
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  version: v1
  names: {kind: Gadget, plural: gadgets}
  validation: {openAPIV3Schema: {properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
---
"""


def answers(text: str, definitions: str = CRD) -> list[tuple[str, str, str]]:
    manifest = load_text(definitions + text)
    custom = custom_types(manifest)
    return [
        (rule, format_path(problem.path), problem.message)
        for resource in manifest
        if resource.kind != "CustomResourceDefinition"
        for rule, problem in check(resource, 36, custom)
    ]


def widget(spec: str, version: str = "v1") -> str:
    return f"apiVersion: example.com/{version}\nkind: Widget\nmetadata: {{name: a}}\nspec: {{{spec}}}\n"


@pytest.mark.parametrize(
    "spec",
    [
        "size: 3",
        "size: 3.0",
        "size: 3, ratio: 1.5, color: red, on: null, note: null",
        "size: 3, port: 80, parts: [{name: a}, {}], labels: {a: b}",
        "size: 3, port: http, raw: {any: [thing]}, anything: [1, {a: b}]",
        "size: 3, template: {apiVersion: v1, kind: Pod, metadata: {labels: {a: b}}, spec: {}}",
    ],
)
def test_what_the_definition_allows_has_no_finding(spec: str) -> None:
    assert answers(widget(spec)) == []


@pytest.mark.parametrize(
    ("spec", "rule", "path", "message"),
    [
        ("size: 3, colour: red", "unknown-field", "spec.colour", "unknown field `colour` in `spec`"),
        ("size: 3, closed: {a: 1}", "unknown-field", "spec.closed.a", "unknown field `a` in `spec.closed`"),
        ("size: 3, parts: [{nam: a}]", "unknown-field", "spec.parts[0].nam", "unknown field `nam` in `spec.parts[0]`"),
        ("ratio: 1", "missing-field", "spec.size", "missing field `size` in `spec`"),
        ("size: three", "wrong-type", "spec.size", 'expected integer, given string `"three"`'),
        ("size: 1.5", "wrong-type", "spec.size", "expected integer, given number `1.5`"),
        ("size: null", "wrong-type", "spec.size", "expected integer, given null"),
        (
            "size: 3, color: blue",
            "wrong-type",
            "spec.color",
            'expected one of `"red"`, `"green"`, given string `"blue"`',
        ),
        ("size: 3, color: 1", "wrong-type", "spec.color", 'expected one of `"red"`, `"green"`, given integer `1`'),
        ("size: 3, labels: {a: 1}", "wrong-type", "spec.labels.a", "expected string, given integer `1`"),
        ("size: 3, port: true", "wrong-type", "spec.port", "expected integer or string, given boolean `true`"),
        ("size: 3, parts: [null]", "wrong-type", "spec.parts[0]", "expected map, given null"),
        ("size: 3, raw: []", "wrong-type", "spec.raw", "expected map, given list"),
        (
            "size: 3, template: {apiVersion: v1, spec: {}}",
            "missing-field",
            "spec.template.kind",
            "missing field `kind` in `spec.template`",
        ),
        (
            "size: 3, template: {apiVersion: v1, kind: Pod, metadata: {lables: {}}}",
            "unknown-field",
            "spec.template.metadata.lables",
            "unknown field `lables` in `spec.template.metadata`",
        ),
    ],
)
def test_custom_resources_are_checked_by_their_definition(spec: str, rule: str, path: str, message: str) -> None:
    assert answers(widget(spec)) == [(rule, path, message)]


def test_a_version_that_is_not_served_is_unknown() -> None:
    [(rule, path, message)] = answers(widget("size: 3", "v1alpha1"))
    assert (rule, path) == ("unknown-kind", "apiVersion")
    assert message == "the CustomResourceDefinition of Widget does not serve `v1alpha1`"


def test_required_spec_and_metadata_of_the_object_itself() -> None:
    found = answers("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a, label: {}}\n")
    assert [(rule, path) for rule, path, _ in found] == [
        ("unknown-field", "metadata.label"),
        ("missing-field", "spec"),
    ]


def test_v1beta1_keeps_unknown_fields_but_knows_types() -> None:
    text = "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: a}\nspec: {size: big, other: true}\nmore: 1\n"
    assert answers(text, OLD_CRD) == [("wrong-type", "spec.size", 'expected integer, given string `"big"`')]
    strict = OLD_CRD.replace("version: v1\n", "version: v1\n  preserveUnknownFields: false\n")
    assert [rule for rule, *_ in answers(text, strict)] == ["wrong-type", "unknown-field", "unknown-field"]


def test_kinds_without_a_schema_are_told_once_with_their_number() -> None:
    text = "".join(
        f"apiVersion: example.com/v1\nkind: {kind}\nmetadata: {{name: a{number}}}\n---\n"
        for number, kind in enumerate(["Gizmo", "Widget", "Gizmo", "Doodad"])
    )
    manifest = load_text(CRD + text + "apiVersion: apps/v9\nkind: Deployment\nmetadata: {name: b}\n")
    found = unchecked(manifest, 36, custom_types(manifest))
    assert [(one.kind, one.count, one.first.ref.name) for one in found] == [("Gizmo", 2, "a0"), ("Doodad", 1, "a3")]


def test_scope_of_custom_resources() -> None:
    custom = custom_types(load_text(CRD + OLD_CRD))
    assert custom.scope("example.com", "Widget") == "Cluster"
    assert custom.scope("example.com", "Gadget") == "Namespaced"
    assert custom.scope("example.com", "Gizmo") is None


VERSIONS = """
{group: a.b, names: {kind: W}, versions: [1, {name: 2}, {name: v1, schema: 3},
  {name: v2, schema: {openAPIV3Schema: {properties: [], required: 1, type: {}}}}]}
"""


@pytest.mark.parametrize(
    "spec",
    [
        "null",
        "[]",
        "{group: 1, names: {kind: Widget}}",
        "{group: a.b, names: [], versions: {}}",
        VERSIONS.strip(),
    ],
)
def test_broken_definitions_break_nothing(spec: str) -> None:
    broken = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: w}\n"
    text = "apiVersion: a.b/{0}\nkind: W\nmetadata: {{name: a}}\n---\n"
    assert answers(text.format("v1") + text.format("v2"), f"{broken}spec: {spec}\n---\n") == []
