"""Rules of custom kinds, against objects as they are and were."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kplan.cel import check
from kplan.loader import load_text
from kplan.model import Manifest, format_path

Map = dict[str, Any]
INT, TEXT = {"type": "integer"}, {"type": "string"}
VALIDATIONS = "x-kubernetes-validations"


def rules(*written: str | Map) -> list[Map]:
    return [rule if isinstance(rule, dict) else {"rule": rule} for rule in written]


def obj(properties: Map, *written: str | Map, **more: Any) -> Map:
    return {"type": "object", "properties": properties, VALIDATIONS: rules(*written), **more}


def definition(spec: Map, *written: str | Map) -> Map:
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": obj({"spec": spec}, *written)},
    }
    names = {"kind": "Shop", "plural": "shops"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shops.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    }


def shop(spec: Any) -> Map:
    return {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "a"}, "spec": spec}


def manifest(*objects: Map) -> Manifest:
    return load_text("\n---\n".join(map(json.dumps, objects)))


def said(crd: Map, spec: Any, before: Any = None, minor: int = 36) -> list[str]:
    old = manifest(shop(before)).resources if before is not None else ()
    found = check(manifest(crd, shop(spec)).resources, minor, before=old)
    return [f"{rule} {format_path(problem.path)}: {problem.message}" for rule, _, problem in found]


BROKEN = "custom-rule-broken spec: Invalid value: "


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        pytest.param(obj({"a": INT}, "self.a > 1"), {"a": 2}, [], id="kept"),
        pytest.param(obj({"a": INT}, "self.a > 1"), {"a": 1}, [BROKEN + "failed rule: self.a > 1"], id="broken"),
        pytest.param(obj({"a": INT}, {"rule": "false", "message": " no "}), {"a": 1}, [BROKEN + "no"], id="message"),
        pytest.param(
            obj({"a": INT}, {"rule": "false", "messageExpression": "'a is %d'.format([self.a])", "message": "no"}),
            {"a": 1},
            [BROKEN + "a is 1"],
            id="message by expression",
        ),
        pytest.param(
            obj({"a": INT}, {"rule": "false", "messageExpression": "self.missing", "message": "no"}),
            {"a": 1},
            [BROKEN + "no"],
            id="message expression that fails",
        ),
        pytest.param(
            obj({"a": INT}, {"rule": "false", "message": "no", "reason": "FieldValueForbidden", "fieldPath": ".a"}),
            {"a": 1},
            ["custom-rule-broken spec.a: Forbidden: no"],
            id="reason and field path",
        ),
        pytest.param(
            obj({"a": INT}, {"rule": "false", "message": "no", "reason": "FieldValueRequired"}),
            {"a": 1},
            ["custom-rule-broken spec: Required value: no"],
            id="required",
        ),
        pytest.param(
            obj({"a": INT}, {"rule": "self.a > 1", "message": "more"}),
            {},
            [BROKEN + '"object": no such key: a evaluating rule: more'],
            id="an absent field",
        ),
        pytest.param(obj({"a": {**INT, "default": 5}}, "self.a == 5"), {}, [], id="default"),
        pytest.param(obj({"a": {**INT, "default": 5}}, "self.a == 5"), {"a": None}, [], id="null gets the default"),
        pytest.param(obj({"a": {**INT, "nullable": True}}, "self.a == null"), {"a": None}, [], id="nullable"),
        pytest.param(obj({"max-surge": INT}, "self.max__dash__surge == 1"), {"max-surge": 1}, [], id="dash"),
        pytest.param(obj({"namespace": TEXT}, "self.__namespace__ == 'x'"), {"namespace": "x"}, [], id="keyword"),
        pytest.param(obj({"a__b": INT}, "self.a__underscores__b == 1"), {"a__b": 1}, [], id="underscores"),
        pytest.param(obj({"a": {"type": "number"}}, "type(self.a) == double"), {"a": 1}, [], id="number"),
        pytest.param(obj({"a": INT}, "type(self.a) == int"), {"a": 1.0}, [], id="integer"),
        pytest.param(
            obj({"a": {"x-kubernetes-int-or-string": True}}, "type(self.a) == string ? self.a == '5%' : self.a == 5"),
            {"a": "5%"},
            [],
            id="int or string",
        ),
        pytest.param(
            obj({"a": {**TEXT, "format": "date-time"}}, "self.a.getFullYear() == 2024"),
            {"a": "2024-05-01T00:00:00Z"},
            [],
            id="time",
        ),
        pytest.param(obj({"a": {**TEXT, "format": "date"}}, "self.a.getMonth() > 3"), {"a": "2024-05-01"}, [], id="d"),
        pytest.param(
            obj({"a": {**TEXT, "format": "duration"}}, "self.a == duration('60s')"), {"a": "1m"}, [], id="duration"
        ),
        pytest.param(obj({"a": {**TEXT, "format": "byte"}}, "self.a == b'hi'"), {"a": "aGk="}, [], id="bytes"),
        pytest.param(
            obj({"m": {"type": "object", "additionalProperties": INT}}, "self.m.all(k, self.m[k] > 0)"),
            {"m": {"a-b": 1, "c": 2}},
            [],
            id="map",
        ),
        pytest.param(
            obj({"l": {"type": "array", "items": obj({"n": INT}, "self.n < 3")}}),
            {"l": [{"n": 1}, {"n": 3}]},
            ["custom-rule-broken spec.l[1]: Invalid value: failed rule: self.n < 3"],
            id="items of a list",
        ),
        pytest.param(
            obj({"m": {"type": "object", "additionalProperties": {**TEXT, VALIDATIONS: rules("self != ''")}}}),
            {"m": {"k": ""}},
            ["custom-rule-broken spec.m[k]: Invalid value: \"\": failed rule: self != ''"],
            id="values of a map",
        ),
        pytest.param(obj({"a": INT}, "self.a > 1"), {"a": "x"}, [], id="a wrong type is the schema's business"),
        pytest.param(
            obj({"a": INT}, "self.a > 1", "self.a > 2"),
            {"a": 0},
            [BROKEN + "failed rule: self.a > 1", BROKEN + "failed rule: self.a > 2"],
            id="all rules",
        ),
        pytest.param(
            obj({"a": INT}, "self.a.weird() > 1"),
            {"a": 1},
            [
                "cel-not-checked spec.versions[0].schema.openAPIV3Schema.properties.spec."
                "x-kubernetes-validations[0].rule: this rule is not checked: undeclared reference to 'weird'"
            ],
            id="not known",
        ),
    ],
)
def test_rules(spec: Map, value: Any, expected: list[str]) -> None:
    assert said(definition(spec), value) == expected


def test_the_root_sees_its_name_and_no_other_metadata() -> None:
    assert said(definition(obj({}), "self.metadata.name == 'a' && self.kind == 'Shop'"), {}) == []
    assert "no such key: labels" in said(definition(obj({}), "self.metadata.labels.size() == 0"), {})[0]


GROWS = obj({"n": INT}, {"rule": "self.n >= oldSelf.n", "message": "must grow"})
KEYED = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}
FIXED = [{"rule": "self == oldSelf", "message": "fixed"}]
KEPT = {**INT, VALIDATIONS: FIXED}
LIST_OF_KEPT = obj({"l": {"type": "array", **KEYED, "items": obj({"k": TEXT, "n": KEPT})}})


@pytest.mark.parametrize(
    ("spec", "before", "after", "broken"),
    [
        pytest.param(GROWS, None, {"n": 1}, False, id="a new object has no transition"),
        pytest.param(GROWS, {"n": 1}, {"n": 2}, False, id="allowed"),
        pytest.param(GROWS, {"n": 2}, {"n": 1}, True, id="forbidden"),
        pytest.param(obj({"n": KEPT}), {"n": 1}, {"n": 2}, True, id="below the object"),
        pytest.param(obj({"n": KEPT}), {}, {"n": 2}, False, id="set at first"),
        pytest.param(
            LIST_OF_KEPT,
            {"l": [{"k": "a", "n": 1}, {"k": "b", "n": 2}]},
            {"l": [{"k": "b", "n": 2}, {"k": "c", "n": 9}, {"k": "a", "n": 1}]},
            False,
            id="items are found by key",
        ),
        pytest.param(
            LIST_OF_KEPT,
            {"l": [{"k": "a", "n": 1}]},
            {"l": [{"k": "a", "n": 2}]},
            True,
            id="a change inside an item",
        ),
        pytest.param(
            obj({"l": {"type": "array", "items": obj({"n": KEPT})}}),
            {"l": [{"n": 1}]},
            {"l": [{"n": 2}]},
            False,
            id="items of an atomic list have no past",
        ),
        pytest.param(
            obj({"l": {"type": "array", "x-kubernetes-list-type": "set", "items": INT, VALIDATIONS: FIXED}}),
            {"l": [1, 2]},
            {"l": [2, 1]},
            False,
            id="order of a set",
        ),
        pytest.param(
            obj({"l": {"type": "array", "items": INT, VALIDATIONS: FIXED}}),
            {"l": [1, 2]},
            {"l": [2, 1]},
            True,
            id="order of a list",
        ),
        pytest.param(
            obj({"n": INT}, {"rule": "oldSelf.hasValue() || self.n == 1", "optionalOldSelf": True}),
            None,
            {"n": 2},
            True,
            id="optional, absent",
        ),
        pytest.param(
            obj({"n": INT}, {"rule": "oldSelf.hasValue() || self.n == 1", "optionalOldSelf": True}),
            {"n": 1},
            {"n": 2},
            False,
            id="optional, there",
        ),
    ],
)
def test_transitions(spec: Map, before: Any, after: Any, broken: bool) -> None:
    assert bool(said(definition(spec), after, before)) == broken


def test_what_was_broken_before_and_did_not_change_is_let_be() -> None:
    spec = obj({"a": INT, "part": obj({"n": INT}, "self.n > 1")})
    before, after = {"a": 1, "part": {"n": 0}}, {"a": 2, "part": {"n": 0}}
    assert said(definition(spec), after, before) == []
    assert said(definition(spec), after, before, minor=29) != []
    assert said(definition(spec), after) != []


def test_definitions_may_be_kept_apart() -> None:
    crd = manifest(definition(obj({"a": INT}, "self.a > 1", "nonsense("))).resources
    found = list(check(manifest(shop({"a": 1}), shop({"a": 0})).resources, 36, definitions=crd))
    assert [rule for rule, _, _ in found] == ["custom-rule-broken", "cel-not-checked", "custom-rule-broken"]
    assert {resource.kind for _, resource, _ in found} == {"Shop"}


@pytest.mark.parametrize(
    "part", [None, 1, "x", [], {}, [None], {"properties": 3}, {"x-kubernetes-validations": [1, {"rule": 3}]}]
)
def test_broken_definitions_define_nothing(part: Any) -> None:
    crd = definition(obj({"a": INT}, "self.a > 1"))
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"] = part
    assert said(crd, {"a": 1}) == []
    crd["spec"]["versions"] = part
    assert said(crd, {"a": 1}) == []
