"""Webhook configurations: each rule broken once, at creation and on top of an object that broke it before."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from kplan.validation import validate
from kplan.validation.update import validate_update

Map = dict[str, Any]
RULE = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["deployments"]}


def webhook(**fields: Any) -> Map:
    made = {
        "name": "a.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": {"url": "https://hooks.example.com/v"},
        "rules": [RULE],
        **fields,
    }
    return {key: value for key, value in made.items() if value is not ...}


def configuration(*hooks: Map, kind: str = "ValidatingWebhookConfiguration") -> Map:
    api = "admissionregistration.k8s.io/v1"
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "c"}, "webhooks": list(hooks)}


def faults(*hooks: Map, minor: int = 36, before: Map | None = None, **more: Any) -> dict[str, str]:
    made = configuration(*hooks, **more)
    found = validate(made, minor) if before is None else validate_update(before, made, minor)
    return {fault.field.removeprefix("webhooks[0]").lstrip("."): fault.message for fault in found}


def test_a_good_one() -> None:
    for kind in ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        assert faults(webhook(), webhook(name="b.example.com"), kind=kind) == {}
    assert faults(webhook(matchConditions=[{"name": "n", "expression": "object.a == 1"}])) == {}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "hook"}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"sideEffects": ...}, {"sideEffects"}),
        ({"sideEffects": "Some"}, {"sideEffects"}),
        ({"failurePolicy": "fail"}, {"failurePolicy"}),
        ({"matchPolicy": ""}, {"matchPolicy"}),
        ({"reinvocationPolicy": "Always"}, {"reinvocationPolicy"}),
        ({"timeoutSeconds": 0}, {"timeoutSeconds"}),
        ({"timeoutSeconds": 30}, set()),
        ({"timeoutSeconds": 31}, {"timeoutSeconds"}),
        ({"admissionReviewVersions": []}, {"admissionReviewVersions"}),
        ({"admissionReviewVersions": ["v2"]}, {"admissionReviewVersions"}),
        ({"admissionReviewVersions": ["v1", "v1", "v9"]}, {"admissionReviewVersions[1]"}),
        ({"admissionReviewVersions": ["v1", "V2"]}, {"admissionReviewVersions[1]"}),
        (
            {"namespaceSelector": {"matchLabels": {"a": "b c"}}, "objectSelector": {"matchExpressions": [{}]}},
            {
                "namespaceSelector.matchLabels",
                "objectSelector.matchExpressions[0].operator",
                "objectSelector.matchExpressions[0].key",
            },
        ),
    ],
)
def test_fields(fields: Map, expected: set[str]) -> None:
    assert set(faults(webhook(**fields))) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"operations": []}, {"operations"}),
        ({"operations": ["create"]}, {"operations[0]"}),
        ({"operations": ["*", "CREATE"]}, {"operations"}),
        ({"apiGroups": ["*", "apps"]}, {"apiGroups"}),
        ({"apiGroups": [""]}, set()),
        ({"apiVersions": ["", "v1"]}, {"apiVersions[0]"}),
        ({"apiVersions": ["v1", "*"]}, {"apiVersions"}),
        ({"resources": ["pods", "*"]}, set()),
        ({"resources": ["*", "pods"]}, {"resources"}),
        ({"resources": ["*", "pods", "pods/log"]}, {"resources"}),
        ({"resources": ["*/*", "pods/log"]}, {"resources"}),
        ({"resources": ["*/*", "pods"]}, {"resources"}),
        ({"resources": ["pods/*", "pods/log"]}, {"resources[1]"}),
        ({"resources": ["*/scale", "pods/scale"]}, {"resources[1]"}),
        ({"resources": ["pods", "*/scale"]}, set()),
        ({"resources": [None]}, {"resources[0]"}),
        ({"scope": "namespaced"}, {"scope"}),
    ],
)
def test_rules(rule: Map, expected: set[str]) -> None:
    found = faults(webhook(rules=[{**RULE, **rule}]))
    assert {path.removeprefix("rules[0].") for path in found} == expected


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ({}, {""}),
        ({"url": "https://a", "service": {"name": "s", "namespace": "n"}}, {""}),
        ({"url": "http://a.io"}, {"url"}),
        ({"url": "https://"}, {"url"}),
        ({"url": "https://u@a.io"}, {"url"}),
        ({"url": "https://a.io/?q"}, {"url"}),
        ({"url": "https://a.io/#f"}, {"url"}),
        ({"url": "https://a.io:x"}, {"url"}),
        ({"url": "https://[::1]:8443/v"}, set()),
        ({"service": {"name": "s", "namespace": "n", "path": "/a/b.c/", "port": 8443}}, set()),
        ({"service": {"namespace": "n"}}, {"service.namespace"}),
        ({"service": {"name": "s"}}, {"service.name"}),
        ({"service": {"name": "s", "namespace": "n", "port": 0}}, {"service.port"}),
        ({"service": {"name": "s", "namespace": "n", "path": "//"}}, {"service.path"}),
        ({"service": {"name": "s", "namespace": "n", "path": "/a//b"}}, {"service.path"}),
        ({"service": {"name": "s", "namespace": "n", "path": "/A"}}, {"service.path"}),
        ({"service": {"name": "s", "namespace": "n", "path": ""}}, set()),
    ],
)
def test_clients(client: Map, expected: set[str]) -> None:
    """The server names the other one of a Service's two names."""
    found = faults(webhook(clientConfig=client))
    assert {path.removeprefix("clientConfig").lstrip(".") for path in found} == expected


def test_conditions() -> None:
    conditions = [
        {"name": "a b", "expression": "true"},
        {"name": "n", "expression": "1"},
        {"name": "n", "expression": "nothing"},
        {"expression": " "},
        {"name": "p", "expression": "params == null"},
        {"name": "u", "expression": "'a' in request.userInfo.groups"},
        {"name": "w", "expression": "authorizer.path('/a').check('get').allowed()"},
        {"name": "o", "expression": "request.colour == 'red'"},
    ]  # fmt: skip
    found = {path.removeprefix("matchConditions"): m for path, m in faults(webhook(matchConditions=conditions)).items()}
    assert set(found) == {
        "[0].name",
        "[1].expression",
        "[2].expression",
        "[2].name",
        "[3].expression",
        "[3].name",
        "[4].expression",
        "[7].expression",
    }
    assert found["[1].expression"] == 'Invalid value: "1": must evaluate to bool but got int'
    assert "undeclared reference to 'nothing'" in found["[2].expression"]
    many = [{"name": f"n{index}", "expression": "true"} for index in range(65)]
    assert faults(webhook(matchConditions=many)) == {"matchConditions": "Too many: 65: must have at most 64 items"}


def test_conditions_are_dropped_where_their_gate_is_off() -> None:
    bad = webhook(matchConditions=[{"name": "n", "expression": "1"}])
    assert (len(faults(bad, minor=27)), len(faults(bad, minor=28))) == (0, 1)


def test_names_are_unique() -> None:
    assert "webhooks[1].name" in {fault.field for fault in validate(configuration(webhook(), webhook()), 36)}


@pytest.mark.parametrize(
    "fields",
    [
        {"sideEffects": "Unknown"},
        {"admissionReviewVersions": ["v2"]},
        {"objectSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b c"]}]}},
        {"matchConditions": [{"name": "n", "expression": "1"}]},
    ],
)
def test_what_was_wrong_before_is_let_pass(fields: Map) -> None:
    bad = configuration(webhook(**fields))
    changed = webhook(**fields, timeoutSeconds=7)
    assert len(faults(changed)) == 1
    assert faults(changed, before=bad) == {}
    assert len(faults(changed, before=configuration(webhook()))) == 1


def test_names_that_were_there_twice_may_be_so_again() -> None:
    before = configuration(webhook(), webhook())
    after = deepcopy(before)
    after["webhooks"][0]["timeoutSeconds"] = 7
    assert list(validate_update(before, after, 36)) == []
    assert len(list(validate(after, 36))) == 1
