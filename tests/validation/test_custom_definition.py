"""CustomResourceDefinitions: each rule of the API server broken once. What it says was taken from its own code."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.validation import validate

Map = dict[str, Any]
TEXT, INT, OBJECT = {"type": "string"}, {"type": "integer"}, {"type": "object"}
RULES = "x-kubernetes-validations"
LIST, KEYS, MAP = "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"
OPEN, EMBEDDED, EITHER = (
    f"x-kubernetes-{name}" for name in ("preserve-unknown-fields", "embedded-resource", "int-or-string")
)
SHARED, SPEC = "spec.validation.openAPIV3Schema", "spec.validation.openAPIV3Schema.properties[spec]"


def definition(schema: Any = None, version: Map | None = None, **spec: Any) -> Map:
    root = {"type": "object", "properties": {"spec": TEXT if schema is None else schema}}
    one = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": root}, **(version or {})}
    names = {"plural": "shops", "singular": "shop", "kind": "Shop", "listKind": "ShopList"}
    made = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [one], **spec}
    meta = {"name": "shops.example.com"}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": meta, "spec": made}


def obj(**properties: Any) -> Map:
    return {"type": "object", "properties": properties}


def faults(data: Map, minor: int = 36) -> dict[str, str]:
    found: dict[str, str] = {}
    for fault in validate(data, minor):
        found[fault.field] = f"{found[fault.field]}\n{fault.message}" if fault.field in found else fault.message
    return found


def of_schema(schema: Any, minor: int = 36) -> dict[str, str]:
    """What is said of the schema of `spec`, by paths below it."""
    return {field.removeprefix(SPEC).lstrip("."): text for field, text in faults(definition(schema), minor).items()}


def test_good_ones() -> None:
    assert faults(definition()) == {}
    keyed = {"type": "array", LIST: "map", KEYS: ["name"], "items": {**obj(name=TEXT), "required": ["name"]}}
    assert of_schema(obj(a=keyed, b={EITHER: True}, c={OPEN: True}, d={**OBJECT, EMBEDDED: True, OPEN: True})) == {}
    assert of_schema({**obj(n={**INT, "default": 1}), RULES: [{"rule": "self.n > 1 && self.n < 9"}]}) == {}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"group": ""}, {"metadata.name", "spec.group"}),
        ({"group": "example"}, {"metadata.name", "spec.group"}),
        ({"scope": "World"}, {"spec.scope"}),
        ({"scope": ""}, {"spec.scope"}),
        (
            {"names": {"plural": "shops", "kind": "Shop", "listKind": "Shop", "singular": "shop"}},
            {"spec.names.listKind"},
        ),
        (
            {"names": {"plural": "shops", "kind": "A_b"}},
            {"spec.names.kind", "spec.names.listKind", "spec.names.singular"},
        ),
        ({"names": {"plural": "shops", "kind": "Shop", "shortNames": ["a", "B"]}}, {"spec.names.shortNames[1]"}),
        ({"names": {"plural": "shops", "kind": "Shop", "categories": ["all", "-"]}}, {"spec.names.categories[1]"}),
        ({"names": {"plural": "shop", "kind": "Shop"}}, {"metadata.name"}),
        ({"preserveUnknownFields": True}, {"spec.preserveUnknownFields"}),
        ({"conversion": {"strategy": "Magic"}}, {"spec.conversion.strategy"}),
        (
            {"conversion": {"strategy": "Webhook"}},
            {"spec.conversion.webhookClientConfig", "spec.conversion.conversionReviewVersions"},
        ),
        (
            {"conversion": {"strategy": "None", "webhook": {"conversionReviewVersions": ["v1"]}}},
            {"spec.conversion.conversionReviewVersions"},
        ),
    ],
)
def test_names_and_conversion(spec: Map, expected: set[str]) -> None:
    assert set(faults(definition(**spec))) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ({"name": "V1"}, {"spec.versions[0].name", "spec.version"}),
        ({"storage": False}, {"spec.versions", "status.storedVersions"}),
        ({"schema": {}}, {"spec.versions[0].schema.openAPIV3Schema"}),
        ({"deprecationWarning": "old"}, {"spec.versions[0].deprecationWarning"}),
        ({"deprecated": True, "deprecationWarning": ""}, {"spec.versions[0].deprecationWarning"}),
        ({"deprecated": True, "deprecationWarning": "a\nb"}, {"spec.versions[0].deprecationWarning"}),
        (
            {"subresources": {"scale": {"specReplicasPath": ".n", "statusReplicasPath": "x"}}},
            {"spec.subresources.scale.specReplicasPath", "spec.subresources.scale.statusReplicasPath"},
        ),
        (
            {"additionalPrinterColumns": [{"name": "", "type": "x", "jsonPath": "a", "format": "y"}]},
            {f"spec.additionalPrinterColumns[0].{name}" for name in ("name", "type", "format", "JSONPath")},
        ),
        ({"selectableFields": [{"jsonPath": ".spec.a"}]}, {"spec.selectableFields[0].jsonPath"}),
        ({"selectableFields": [{"jsonPath": ".metadata.name"}]}, {"spec.selectableFields[0].jsonPath"}),
        ({"selectableFields": [{"jsonPath": ".spec"}]}, set()),
        ({"selectableFields": [{"jsonPath": ".spec"}] * 2}, {"spec.selectableFields[1].jsonPath"}),
    ],
)
def test_versions(version: Map, expected: set[str]) -> None:
    assert set(faults(definition(version=version))) == expected


def test_two_versions() -> None:
    one, other = definition()["spec"]["versions"][0], definition(INT)["spec"]["versions"][0]
    found = faults(definition(versions=[one, {**other, "name": "v2"}]))
    assert found["spec.versions"].endswith("must have exactly one version marked as storage version")
    bad = {**other, "name": "v2", "storage": False, "schema": {"openAPIV3Schema": {"type": "array"}}}
    assert set(faults(definition(versions=[one, bad]))) == {
        "spec.versions[1].schema.openAPIV3Schema.items",
        "spec.versions[1].schema.openAPIV3Schema.type",
    }


@pytest.mark.parametrize(
    ("schema", "path", "part"),
    [
        ({}, "type", "must not be empty for specified object fields"),
        ({"type": "map"}, "type", "Unsupported value"),
        ({"type": "array"}, "items", "must be specified"),
        ({"type": "array", "items": [TEXT]}, "items", "must be a schema object and not an array"),
        ({"type": "array", "items": {}}, "items.type", "must not be empty for specified array items"),
        ({**TEXT, "$ref": "#/a"}, "$ref", "$ref is not supported"),
        ({**TEXT, "pattern": "("}, "pattern", "missing closing ): `(`"),
        ({**TEXT, OPEN: False}, OPEN, "must be true or undefined"),
        ({**TEXT, "uniqueItems": True}, "uniqueItems", "quadratic"),
        ({**obj(a=TEXT), "additionalProperties": INT}, "additionalProperties", "mutual exclusive"),
        ({**TEXT, "anyOf": [{"type": "string"}]}, "anyOf[0].type", "must be empty to be structural"),
        ({**TEXT, "not": {"default": "a"}}, "not.default", "must be undefined to be structural"),
        ({**TEXT, "allOf": [{"nullable": True}]}, "allOf[0].nullable", "must be false to be structural"),
        ({EITHER: True, EMBEDDED: True}, EMBEDDED, "must be false if x-kubernetes-int-or-string is true"),
        ({**OBJECT, EMBEDDED: True}, "properties", "must not be empty if x-kubernetes-embedded-resource is true"),
        ({**TEXT, EMBEDDED: True, OPEN: True}, "type", "must be object if"),
        ({**TEXT, LIST: "set"}, "type", "must be array if x-kubernetes-list-type"),
        ({"type": "array", "items": TEXT, LIST: "bag"}, LIST, "Unsupported value"),
        ({"type": "array", "items": TEXT, LIST: "map"}, KEYS, "must not be empty if"),
        ({"type": "array", "items": obj(a=TEXT), LIST: "map", KEYS: ["b"]}, KEYS, "entries must all be names"),
        ({"type": "array", "items": obj(a=TEXT), LIST: "map", KEYS: ["a"]}, "items.properties[a].default", "required"),
        ({"type": "array", "items": obj(), LIST: "set"}, f"items.{MAP}", "must be atomic as item"),
        ({"type": "array", "items": {**TEXT, "nullable": True}, LIST: "set"}, "items.nullable", "cannot be nullable"),
        ({**TEXT, MAP: "atomic"}, "type", "must be object if x-kubernetes-map-type"),
        ({**INT, "default": "a"}, "default", 'must be of type integer: "string"'),
        ({**INT, "default": 1, "minimum": 2}, "default", "should be greater than or equal to 2"),
        ({**obj(a=TEXT), "default": {"b": 1}}, "default", "must not have unknown fields"),
        ({"type": "array", "items": INT, "default": ["a"]}, "default.[0]", "must be of type integer"),
        ({**INT, "default": 1, RULES: [{"rule": "self > 1"}]}, "default", "failed rule: self > 1"),
    ],
)
def test_schemas(schema: Any, path: str, part: str) -> None:
    assert part in of_schema(schema)[path]


@pytest.mark.parametrize(
    ("rule", "path", "part"),
    [
        ({"rule": " "}, "rule", "rule is not specified"),
        ({"rule": "true", "message": " "}, "message", "must be non-empty if specified"),
        ({"rule": "true", "message": "a\nb"}, "message", "must not contain line breaks"),
        ({"rule": "true\n&& true"}, "message", "message must be specified if rule contains line breaks"),
        ({"rule": "true", "messageExpression": " "}, "messageExpression", "must be non-empty"),
        ({"rule": "true", "reason": "Why"}, "reason", "Unsupported value"),
        ({"rule": "true", "fieldPath": ".c"}, "fieldPath", "must be a valid path"),
        ({"rule": "true", "fieldPath": "a"}, "fieldPath", "must be a valid path"),
        ({"rule": "true", "optionalOldSelf": True}, "optionalOldSelf", "may not be set if oldSelf is not used"),
        ({"rule": "self.a + 1"}, "rule", "cel expression must evaluate to a bool"),
        ({"rule": "self.b == 1"}, "rule", "ERROR: <input>:1:5: undefined field 'b'\n | self.b == 1\n | ....^"),
        ({"rule": "self.a > 'x'"}, "rule", "found no matching overload for '_>_' applied to '(int, string)'"),
        ({"rule": "self.a >"}, "rule", "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '('"),
        ({"rule": "int('x') == self.a"}, "rule", "type conversion error from 'string' to 'int'"),
        ({"rule": "true", "messageExpression": "self.a"}, "messageExpression", "must evaluate to a string"),
        (
            {"rule": "self.l.all(x, self.l.all(y, self.l.all(z, x + y == z)))"},
            "rule",
            "exceeds budget by factor of more",
        ),
    ],
)
def test_rules(rule: Map, path: str, part: str) -> None:
    schema = {**obj(a=INT, l={"type": "array", "items": TEXT}), RULES: [rule]}
    found = of_schema(schema)
    assert part in found[f"{RULES}[0].{path}"]


def test_bounds_of_the_root_define_nothing() -> None:
    made = definition()
    made["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["allOf"] = [{"properties": {"a": {"minimum": 1}}}]
    assert faults(made) == {
        f"{SHARED}.properties[a]": f"Required value: because it is defined in {SHARED}.allOf[0].properties[a]"
    }


def test_rules_of_items_have_no_past_and_costs_add_up() -> None:
    items = {**INT, RULES: [{"rule": "self == oldSelf"}]}
    found = of_schema({"type": "array", "items": items, "maxItems": 9})
    assert "uncorrelatable portion of the schema within spec.validation" in found[f"items.{RULES}[0].rule"]
    costly = {
        "type": "array",
        "maxItems": 2500,
        "items": {**TEXT, "maxLength": 1000, RULES: [{"rule": "self.matches('a*b*c*d*e*f*g')"}] * 30},
    }
    assert "estimated rule cost total for entire OpenAPIv3 schema exceeds budget" in faults(definition(costly))[SHARED]


@pytest.mark.parametrize(
    ("schema", "first"),
    [
        ({**OBJECT, "not": {"additionalProperties": False}}, 31),
        ({**INT, RULES: [{"rule": "self == oldSelf.orValue(1)", "optionalOldSelf": True}]}, 30),
        ({**TEXT, RULES: [{"rule": "ip(self).family() == 4"}], "maxLength": 20}, 31),
        ({**TEXT, RULES: [{"rule": "isQuantity(self)"}], "maxLength": 20}, 29),
        ({"type": "array", "items": INT, "maxItems": 5, RULES: [{"rule": "self.sort() == self"}]}, 35),
        ({**obj(namespace={**TEXT, "maxLength": 5}), RULES: [{"rule": "self.namespace == 'a'"}]}, 32),
    ],
)
def test_what_later_minors_take(schema: Any, first: int) -> None:
    assert of_schema(schema, first - 1)
    assert not of_schema(schema, first)


def test_words_of_older_minors() -> None:
    schema = {**TEXT, RULES: [{"rule": "true", "message": " "}]}
    said = [of_schema(schema, minor)[f"{RULES}[0].message"] for minor in (33, 34)]
    assert said == [f'Invalid value: " ": {text}must be non-empty if specified' for text in ("message ", "")]


@pytest.mark.parametrize("group", ["a.k8s.io", "kubernetes.io"])
def test_groups_of_kubernetes_need_an_approval(group: str) -> None:
    made = definition(group=group)
    made["metadata"]["name"] = f"shops.{group}"
    at = "metadata.annotations[api-approved.kubernetes.io]"
    assert set(faults(made)) == {at}
    for text, is_good in (("unapproved, a test", True), ("https://github.com/kubernetes/pull/1", True), ("yes", False)):
        made["metadata"]["annotations"] = {"api-approved.kubernetes.io": text}
        assert (at not in faults(made)) is is_good
