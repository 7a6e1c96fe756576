"""Validating and mutating admission policies and their bindings: each rule broken once."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.validation import validate
from kplan.validation.update import validate_update

Map = dict[str, Any]
RULE = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["deployments"]}
MATCH = {"resourceRules": [RULE]}


def policy(kind: str = "ValidatingAdmissionPolicy", **fields: Any) -> Map:
    body: Map = {"validations": [{"expression": "true"}]}
    if kind == "MutatingAdmissionPolicy":
        body = {"mutations": [mutation("ApplyConfiguration", "Object{}")], "reinvocationPolicy": "Never"}
    spec = {"matchConstraints": MATCH, **body, **fields}
    api = "admissionregistration.k8s.io/v1"
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "p"}, "spec": spec}


def mutation(type_: str, expression: str) -> Map:
    key = {"JSONPatch": "jsonPatch", "ApplyConfiguration": "applyConfiguration"}[type_]
    return {"patchType": type_, key: {"expression": expression}}


def binding(kind: str = "ValidatingAdmissionPolicyBinding", **fields: Any) -> Map:
    actions = {"validationActions": ["Deny"]} if kind.startswith("V") else {}
    spec = {"policyName": "p", **actions, **fields}
    return {**policy(), "kind": kind, "spec": spec}


def fields(data: Map, minor: int = 36) -> set[str]:
    return {fault.field.removeprefix("spec.") for fault in validate(data, minor)}


def test_good_ones() -> None:
    assert fields(policy()) == fields(policy("MutatingAdmissionPolicy")) == set()
    assert fields(binding()) == fields(binding("MutatingAdmissionPolicyBinding")) == set()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"matchConstraints": None}, {"matchConstraints"}),
        ({"matchConstraints": {}}, {"matchConstraints.resourceRules"}),
        ({"failurePolicy": "Warn"}, {"failurePolicy"}),
        ({"validations": []}, {"validations", "auditAnnotations"}),
        ({"validations": [], "auditAnnotations": [{"key": "k", "valueExpression": "'a'"}]}, set()),
        ({"paramKind": {}}, {"paramKind.apiVersion", "paramKind.kind"}),
        ({"paramKind": {"apiVersion": "a/b/c", "kind": "K"}}, {"paramKind.apiVersion"}),
        ({"paramKind": {"apiVersion": "A/v1", "kind": "K_"}}, {"paramKind.apiVersion", "paramKind.kind"}),
        ({"paramKind": {"apiVersion": "rules.example.com/v1", "kind": "ReplicaLimit"}}, set()),
        (
            {"matchConstraints": {"resourceRules": [{**RULE, "resourceNames": ["a", "a", "b/c"]}]}},
            {
                "matchConstraints.resourceRules[0].resourceNames[1]",
                "matchConstraints.resourceRules[0].resourceNames[2]",
            },
        ),
        (
            {"matchConstraints": {**MATCH, "excludeResourceRules": [{}], "matchPolicy": "Some"}},
            {f"matchConstraints.excludeResourceRules[0].{key}" for key in RULE} | {"matchConstraints.matchPolicy"},
        ),
    ],
)
def test_policies(spec: Map, expected: set[str]) -> None:
    assert fields(policy(**spec)) == expected


@pytest.mark.parametrize(
    ("validation", "expected"),
    [
        ({"expression": "  "}, {"expression"}),
        ({"expression": "object.spec.replicas <= 5"}, set()),
        ({"expression": "object.spec.paused"}, {"expression"}),
        ({"expression": "object.spec.replicas <="}, {"expression"}),
        ({"expression": "nothing == 1"}, {"expression"}),
        ({"expression": "params.max > 1"}, {"expression"}),
        ({"expression": "variables.x"}, {"expression"}),
        ({"expression": "authorizer.requestResource.check('update').allowed()"}, set()),
        ({"expression": "namespaceObject.metadata.labels['team'] == 'a'"}, set()),
        ({"expression": "namespaceObject.metadata.colour == 'a'"}, {"expression"}),
        ({"expression": "oldObject == null || has(oldObject.metadata)"}, set()),
        ({"expression": "true", "message": " "}, {"message"}),
        ({"expression": "true", "message": "a\n"}, set()),
        ({"expression": "true", "message": "a\nb"}, {"message"}),
        ({"expression": "true", "messageExpression": " "}, {"messageExpression"}),
        ({"expression": "true", "messageExpression": "1"}, {"messageExpression"}),
        ({"expression": "true", "messageExpression": "'%d'.format([object.spec.replicas])"}, set()),
        (
            {"expression": "true", "messageExpression": "authorizer.path('/a').check('get').reason()"},
            {"messageExpression"},
        ),
        ({"expression": "true", "reason": "Unauthorized"}, {"reason"}),
        ({"expression": "true", "reason": "Forbidden"}, set()),
    ],
)
def test_validations(validation: Map, expected: set[str]) -> None:
    found = fields(policy(validations=[validation]))
    assert {field.removeprefix("validations[0].") for field in found} == expected


def test_parameters_are_known_where_there_is_a_kind_of_them() -> None:
    spec = {
        "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"},
        "validations": [{"expression": "params != null", "messageExpression": "string(params.data.a)"}],
        "matchConditions": [{"name": "n", "expression": "params != null"}],
    }
    assert fields(policy(**spec)) == set()


def test_variables_are_known_to_those_behind_them() -> None:
    variables = [
        {"name": "n", "expression": "object.items.size()"},
        {"name": "twice", "expression": "variables.n * 2"},
        {"name": "later", "expression": "variables.last"},
        {"name": "last", "expression": "quantity('1')"},
        {"name": "for", "expression": "1"},
        {"name": "a-b", "expression": ""},
    ]
    validations = [
        {"expression": "variables.twice > 1 && variables.last.isLessThan(quantity('2'))"},
        {"expression": "variables.twice == 'a'"},
        {"expression": "variables.later == 'may be anything'"},
        {"expression": "has(variables.none)"},
    ]
    conditions = [{"name": "n", "expression": "variables.n == 1"}]
    found = fields(policy(variables=variables, validations=validations, matchConditions=conditions))
    assert found == {
        "variables[2].expression",
        "variables[4].name",
        "variables[5].name",
        "variables[5].expression",
        "validations[1].expression",
        "validations[3].expression",
        "matchConditions[0].expression",
    }


def test_audit_annotations() -> None:
    annotations = [
        {"key": "a", "valueExpression": "'x'"},
        {"key": "a", "valueExpression": "null"},
        {"key": "b c", "valueExpression": "1"},
        {"key": "d", "valueExpression": " "},
        {"key": "e", "valueExpression": "'" + "x" * 5120 + "'"},
    ]
    assert {field.removeprefix("auditAnnotations") for field in fields(policy(auditAnnotations=annotations))} == {
        "[1].key",
        "[2].key",
        "[2].valueExpression",
        "[3].valueExpression",
        "[4].valueExpression",
    }
    many = [{"key": f"k{index}", "valueExpression": "'x'"} for index in range(21)]
    assert fields(policy(auditAnnotations=many)) == {"auditAnnotations"}


@pytest.mark.parametrize(
    ("mutations", "expected"),
    [
        ([], {""}),
        ([{}], {"[0].patchType"}),
        ([{"patchType": "Merge"}], {"[0].patchType"}),
        ([{"patchType": "JSONPatch"}], {"[0].jsonPatch"}),
        ([mutation("JSONPatch", "[JSONPatch{op: 'add', path: '/a', value: {'b': 1}}]")], set()),
        ([mutation("JSONPatch", "[JSONPatch{operation: 'add'}]")], {"[0].jsonPatch.expression"}),
        ([mutation("JSONPatch", "object.a")], {"[0].jsonPatch.expression"}),
        ([mutation("JSONPatch", " ")], {"[0].jsonPatch.expression"}),
        ([mutation("ApplyConfiguration", "Object{spec: Object.spec{replicas: 3, paused: true}}")], set()),
        ([mutation("ApplyConfiguration", "Object.spec{}")], {"[0].applyConfiguration.expression"}),
        ([mutation("ApplyConfiguration", "{'a': 1}")], {"[0].applyConfiguration.expression"}),
        (
            [{"patchType": "ApplyConfiguration", "jsonPatch": {"expression": "[]"}}],
            {"[0].applyConfiguration", "[0].jsonPatch"},
        ),
    ],
)
def test_mutations(mutations: list[Map], expected: set[str]) -> None:
    found = fields(policy("MutatingAdmissionPolicy", mutations=mutations))
    assert {field.removeprefix("mutations") for field in found} == expected


def test_mutating_policies_know_no_deletion() -> None:
    rules = {"resourceRules": [{**RULE, "operations": ["DELETE"]}]}
    expected = {"matchConstraints.resourceRules.operations", "reinvocationPolicy"}
    assert fields(policy("MutatingAdmissionPolicy", matchConstraints=rules, reinvocationPolicy="")) == expected
    assert fields(binding("MutatingAdmissionPolicyBinding", matchResources=rules)) == {
        "matchResources.resourceRules.operations"
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"policyName": ""}, {"policyName"}),
        ({"policyName": "A"}, {"policyName"}),
        ({"validationActions": []}, {"validationActions"}),
        ({"validationActions": ["Deny", "Warn"]}, {"validationActions"}),
        ({"validationActions": ["Audit", "Audit"]}, {"validationActions[1]"}),
        ({"validationActions": ["deny"]}, {"validationActions[0]"}),
        ({"paramRef": {"parameterNotFoundAction": "Deny"}}, {"paramRef"}),
        ({"paramRef": {"name": "a", "parameterNotFoundAction": "Allow"}}, set()),
        ({"paramRef": {"name": "a/b", "parameterNotFoundAction": "Maybe"}},
         {"paramRef.name", "paramRef.parameterNotFoundAction"}),
        ({"paramRef": {"name": "a", "selector": {}}},
         {"paramRef.name", "paramRef.selector", "paramRef.parameterNotFoundAction"}),
        ({"matchResources": {}}, set()),
        ({"matchResources": {"objectSelector": {"matchLabels": {"a b": "c"}}}},
         {"matchResources.objectSelector.matchLabels"}),
    ],
)  # fmt: skip
def test_bindings(spec: Map, expected: set[str]) -> None:
    assert fields(binding(**spec)) == expected


def test_what_older_minors_call_a_field() -> None:
    bad = binding(matchResources={"matchPolicy": "x"})
    assert (fields(bad, 30), fields(bad, 36)) == ({"matchResouces.matchPolicy"}, {"matchResources.matchPolicy"})


@pytest.mark.parametrize(
    ("expression", "since"),
    [
        ("ip('10.0.0.1').family() == 4", 31),
        ("format.dns1123Label().validate(object.a).hasValue()", 32),
        ("[1, 2].transformList(i, v, i * v).size() > 0", 33),
        ("semver('1.2.3').major() == 1", 34),
        ("sets.contains(object.a, ['b'])", 30),
    ],
)
def test_functions_come_with_their_minor(expression: str, since: int) -> None:
    made = policy(validations=[{"expression": expression}])
    assert [bool(fields(made, minor)) for minor in (since - 1, since)] == [True, False]
    changed = {**made, "metadata": {"name": "p", "labels": {"a": "b"}}}
    assert list(validate_update(made, changed, since - 1)) == []


def test_conditions_that_stay_are_not_judged_again() -> None:
    before = policy(matchConditions=[{"name": "n", "expression": "1"}])
    after = policy(matchConditions=[{"name": "n", "expression": "1"}], failurePolicy="Ignore")
    assert list(validate_update(before, after, 36)) == []
    with_params = policy(
        matchConditions=[{"name": "n", "expression": "1"}], paramKind={"apiVersion": "v1", "kind": "ConfigMap"}
    )
    assert len(list(validate_update(before, with_params, 36))) == 1
