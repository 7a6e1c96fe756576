"""ValidatingAdmissionPolicies with bindings, parameters, conditions and selectors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kplan.cel import check
from kplan.loader import load_text
from kplan.model import Resource

Map = dict[str, Any]
API = "admissionregistration.k8s.io/v1"
CONFIG_MAPS = {
    "apiGroups": [""],
    "apiVersions": ["v1"],
    "operations": ["CREATE", "UPDATE"],
    "resources": ["configmaps"],
}


def policy(
    expression: str = "false", rules: list[Map] | None = None, constraints: Map | None = None, **spec: Any
) -> Map:
    matched = {"resourceRules": [CONFIG_MAPS] if rules is None else rules, **(constraints or {})}
    fields = {"matchConstraints": matched, "validations": [{"expression": expression, "message": "no"}], **spec}
    return {"apiVersion": API, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"}, "spec": fields}


def binding(**spec: Any) -> Map:
    fields = {"policyName": "p", "validationActions": ["Deny"], **spec}
    return {"apiVersion": API, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "b"}, "spec": fields}


def config(name: str = "c", data: Map | None = None, namespace: str = "shop", **metadata: Any) -> Map:
    meta = {"name": name, "namespace": namespace, **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data or {"k": "v"}}


def namespace(name: str = "shop", **labels: str) -> Map:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def deployment(api: str = "apps/v1") -> Map:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x:1"}]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    return {"apiVersion": api, "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


def resources(*objects: Map) -> tuple[Resource, ...]:
    return load_text("\n---\n".join(map(json.dumps, objects))).resources


def said(*objects: Map, before: tuple[Map, ...] = (), minor: int = 36) -> list[str]:
    found = check(resources(*objects), minor, before=resources(*before) if before else ())
    return [f"{rule} {resource.ref}: {problem.message}" for rule, resource, problem in found]


DENIED = "admission-policy-denied configmap/c: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "


def test_denied_by_a_bound_policy() -> None:
    assert said(policy(), binding(), config()) == [DENIED + "no"]


def test_a_policy_that_is_not_bound_does_nothing() -> None:
    assert said(policy(), config()) == []
    assert said(policy(), binding(policyName="other"), config()) == []


@pytest.mark.parametrize(
    ("actions", "severity", "words"),
    [
        (["Deny"], "error", "denied request"),
        (["Warn"], "warning", "Validation failed for"),
        (["Audit"], "note", "records"),
    ],
)
def test_actions(actions: list[str], severity: str, words: str) -> None:
    ((_, _, problem),) = check(resources(policy(), binding(validationActions=actions), config()), 36)
    assert (str(problem.severity), words in problem.message) == (severity, True)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("object.data.k == 'v'", None),
        (
            "object.data.missing == 'v'",
            "expression 'object.data.missing == 'v'' resulted in error: no such key: missing",
        ),
        ("object.metadata.namespace == 'shop'", None),
        ("request.operation == 'CREATE' && oldObject == null", None),
        ("request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps'", None),
        ("request.name == 'c' && request.namespace == 'shop'", None),
        ("params == null", None),
        ("variables.twice == 4", None),
    ],
)
def test_what_an_expression_sees(expression: str, expected: str | None) -> None:
    found = said(policy(expression, variables=[{"name": "twice", "expression": "2 * 2"}]), binding(), config())
    assert found == ([DENIED + expected] if expected else [])


def test_objects_are_judged_as_stored() -> None:
    rules = [{**CONFIG_MAPS, "apiGroups": ["apps"], "resources": ["deployments"]}]
    expression = (
        "object.spec.replicas == 1 && object.spec.template.spec.containers[0].imagePullPolicy == 'IfNotPresent'"
    )
    assert said(policy(expression, rules), binding(), deployment()) == []


def test_an_update_sees_the_object_before() -> None:
    expression = "request.operation == 'UPDATE' && oldObject.data.k == 'old' && object.data.k == 'new'"
    assert said(policy(expression), binding(), config(data={"k": "new"}), before=(config(data={"k": "old"}),)) == []


def test_a_policy_that_fails_open_lets_errors_pass() -> None:
    assert said(policy("object.nothing == 1", failurePolicy="Ignore"), binding(), config()) == []


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        ({}, True),
        ({"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["*"]}, True),
        ({"resources": ["secrets"]}, False),
        ({"resources": ["secrets", "configmaps/*"]}, True),
        ({"operations": ["DELETE"]}, False),
        ({"operations": ["UPDATE"]}, False),
        ({"apiGroups": ["apps"]}, False),
        ({"scope": "Namespaced"}, True),
        ({"scope": "Cluster"}, False),
        ({"resourceNames": ["c"]}, True),
        ({"resourceNames": ["d"]}, False),
    ],
)
def test_resource_rules(rule: Map, matches: bool) -> None:
    assert bool(said(policy(rules=[{**CONFIG_MAPS, **rule}]), binding(), config())) == matches
    excluded = {"excludeResourceRules": [{**CONFIG_MAPS, **rule}]}
    assert bool(said(policy(constraints=excluded), binding(), config())) != matches


@pytest.mark.parametrize(("match", "count"), [("Equivalent", 1), ("Exact", 0)])
def test_other_versions_of_a_kind_are_equivalent(match: str, count: int) -> None:
    rules = [{"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["deployments"]}]
    made = policy(rules=rules, constraints={"matchPolicy": match})
    assert len(said(made, binding(), deployment("apps/v1beta2"), minor=15)) == count


@pytest.mark.parametrize(
    ("selector", "labels", "denied"),
    [
        ({"matchLabels": {"team": "a"}}, {"team": "a"}, True),
        ({"matchLabels": {"team": "a"}}, {"team": "b"}, False),
        ({"matchLabels": {"kubernetes.io/metadata.name": "shop"}}, {}, True),
        ({"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}, {}, True),
        ({}, {}, True),
    ],
)
def test_selectors(selector: Map, labels: Map, denied: bool) -> None:
    by_namespace = {"namespaceSelector": selector}
    assert bool(said(policy(constraints=by_namespace), binding(), namespace(**labels), config())) == denied
    assert bool(said(policy(), binding(matchResources=by_namespace), namespace(**labels), config())) == denied
    named = {"kubernetes.io/metadata.name": "shop"} if "kubernetes.io" in str(selector) else {}
    by_object = {"objectSelector": selector}
    assert bool(said(policy(constraints=by_object), binding(), config(labels={**labels, **named}))) == denied


def test_a_namespace_that_is_not_there_may_have_any_label() -> None:
    selector = {"namespaceSelector": {"matchLabels": {"team": "a"}}}
    (found,) = said(policy(constraints=selector), binding(), config(), config("d"))
    assert found.startswith("cel-not-checked validatingadmissionpolicy/p: this is not checked: a namespace")
    by_name = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}
    assert said(policy(constraints=by_name), binding(), config(), config(namespace="other")) == [DENIED + "no"]


def test_namespace_object() -> None:
    expression = "namespaceObject.metadata.labels['team'] == 'a'"
    assert said(policy(expression), binding(), namespace(team="a"), config()) == []
    assert said(policy(expression), binding(), config())[0].startswith("cel-not-checked")


@pytest.mark.parametrize(
    ("conditions", "denied"),
    [
        (["true"], True),
        (["object.metadata.name != 'c'"], False),
        (["object.nothing == 1", "false"], False),
        (["object.nothing == 1"], True),
    ],
)
def test_match_conditions(conditions: list[str], denied: bool) -> None:
    written = [{"name": f"n{i}", "expression": text} for i, text in enumerate(conditions)]
    assert bool(said(policy(matchConditions=written), binding(), config())) == denied


PARAMS = {"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}
ONLY_C = {"rules": [{**CONFIG_MAPS, "resourceNames": ["c"]}]}


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ({"name": "limits", "namespace": "default"}, [DENIED + "no"]),
        ({"selector": {"matchLabels": {"limits": "yes"}}, "namespace": "default"}, [DENIED + "no"]),
        ({"name": "mine"}, []),
        (
            {"name": "other", "namespace": "default"},
            [
                "cel-not-checked validatingadmissionpolicybinding/b: this is not checked: "
                "ConfigMap `other` is not among the manifests"
            ],
        ),
    ],
)
def test_params(ref: Map, expected: list[str]) -> None:
    params = config("limits", {"most": "1"}, "default", labels={"limits": "yes"}), config("mine", {"most": "9"})
    made = policy("object.data.n <= params.data.most", **ONLY_C, **PARAMS)
    assert said(made, binding(paramRef=ref), *params, config(data={"n": "5"})) == expected


def test_policies_are_not_asked_about_themselves() -> None:
    every = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}
    assert said(policy(rules=[every]), binding(), config()) == [DENIED + "no"]


@pytest.mark.parametrize(("resources", "told"), [(["configmaps"], True), (["secrets"], False)])
def test_mutating_policies_are_told_where_they_act(resources: list[str], told: bool) -> None:
    made = {**policy(rules=[{**CONFIG_MAPS, "resources": resources}]), "kind": "MutatingAdmissionPolicy"}
    bound = {**binding(), "kind": "MutatingAdmissionPolicyBinding"}
    why = "cel-not-checked mutatingadmissionpolicy/p: this is not checked: what it makes of other objects is not known"
    assert said(made, bound, config(), config("d")) == ([why] if told else [])
    assert said(made, config()) == []


def test_message_expression() -> None:
    validations = [{"expression": "false", "messageExpression": "'%s is no good'.format([object.metadata.name])"}]
    assert said(policy(validations=validations), binding(), config()) == [DENIED + "c is no good"]
    assert said(policy(validations=[{"expression": "false"}]), binding(), config()) == [
        DENIED + "failed expression: false"
    ]


@pytest.mark.parametrize("part", [None, 1, "x", [], [1], {"a": 1}])
@pytest.mark.parametrize("field", ["matchConstraints", "validations", "variables", "matchConditions", "paramKind"])
def test_broken_policies_are_no_trouble(field: str, part: Any) -> None:
    made = policy()
    made["spec"][field] = part
    assert len(said(made, binding(), config())) <= 1
    assert len(said(policy(), binding(matchResources=part, paramRef=part), config())) <= 1
