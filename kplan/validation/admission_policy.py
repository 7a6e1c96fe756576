"""Validating and mutating admission policies and their bindings.

Source: kubernetes v1.36 pkg/apis/admissionregistration/validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from kplan.cel.token import RESERVED
from kplan.k8s.name import dns_label_1035, dns_subdomain, path_segment, qualified_name
from kplan.validation.admission import (
    FAILURE_POLICIES,
    REINVOCATION_POLICIES,
    Judge,
    expression_faults,
    match_conditions,
    match_resources,
)
from kplan.validation.check import Obj, Path, label_selector, messages, named, objects, one_of, texts
from kplan.validation.fault import Fault, duplicate, forbidden, invalid, required, unsupported
from kplan.validation.feature import on
from kplan.validation.meta import object_meta

_SPEC: Path = ("spec",)
_REASONS = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS = ("Audit", "Deny", "Warn")
_PATCH_TYPES = ("ApplyConfiguration", "JSONPatch")
_MUTABLE = ("*", "CONNECT", "CREATE", "UPDATE")
_MOST_ANNOTATIONS = 20
_LONGEST_VALUE_BYTES = 5 * 1024
_IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*\Z")
_NEITHER = "validations or auditAnnotations must contain at least one item"
_EXCLUSIVE = "name and selector are mutually exclusive"
_SAID_TWICE = (
    "must not contain both Deny and Warn (repeating the same validation failure information in the API response and "
    "headers serves no purpose)"
)


def validating_policy(data: Obj, minor: int, before: Obj | None = None) -> Iterator[Fault]:
    """A ValidatingAdmissionPolicy, new or in place of `before`."""
    spec: Obj = data.get("spec") or {}
    judge = _judge(spec, minor, before)
    yield from _policy(data, judge, before)
    validations, annotations = spec.get("validations"), spec.get("auditAnnotations")
    if not validations and not annotations:
        yield required((*_SPEC, "validations"), _NEITHER)
        yield required((*_SPEC, "auditAnnotations"), _NEITHER)
    for index, validation in objects(validations):
        yield from _validation(validation, (*_SPEC, "validations", index), judge)
    yield from _annotations(annotations or [], data, (*_SPEC, "auditAnnotations"), judge)


def mutating_policy(data: Obj, minor: int, before: Obj | None = None) -> Iterator[Fault]:
    """A MutatingAdmissionPolicy, new or in place of `before`."""
    spec: Obj = data.get("spec") or {}
    judge = _judge(spec, minor, before, mutates=True)
    yield from _policy(data, judge, before, mutates=True)
    if not spec.get("mutations"):
        yield required((*_SPEC, "mutations"), "mutations must contain at least one item")
    for index, mutation in objects(spec.get("mutations")):
        yield from _mutation(mutation, (*_SPEC, "mutations", index), judge)
    if not spec.get("reinvocationPolicy"):
        yield required((*_SPEC, "reinvocationPolicy"))
    else:
        yield from one_of(spec["reinvocationPolicy"], REINVOCATION_POLICIES, (*_SPEC, "reinvocationPolicy"))


def _judge(spec: Obj, minor: int, before: Obj | None, *, mutates: bool = False) -> Judge:
    old = frozenset(_expressions((before or {}).get("spec") or {}))
    return Judge(minor, old, spec.get("paramKind") is not None, {} if spec.get("variables") or mutates else None)


def _expressions(value: Any) -> Iterator[str]:
    """All expressions of a policy's spec."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from _expressions(inner)
        elif isinstance(inner, str) and str(key).lower().endswith("expression"):
            yield from (inner, inner.strip())


def _policy(data: Obj, judge: Judge, before: Obj | None, *, mutates: bool = False) -> Iterator[Fault]:
    """What both kinds of policies have, up to their variables."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data, namespaced=False)
    if spec.get("failurePolicy") is not None:
        yield from one_of(spec["failurePolicy"], FAILURE_POLICIES, (*_SPEC, "failurePolicy"))
    if spec.get("paramKind") is not None:
        yield from _param_kind(spec["paramKind"], (*_SPEC, "paramKind"))
    yield from _constraints(spec.get("matchConstraints"), (*_SPEC, "matchConstraints"), mutates)
    if not _same_conditions(spec, before):
        yield from match_conditions(spec.get("matchConditions"), (*_SPEC, "matchConditions"), judge)
    for index, variable in objects(spec.get("variables")):
        yield from _variable(variable, (*_SPEC, "variables", index), judge)


def _same_conditions(spec: Obj, before: Obj | None) -> bool:
    if before is None:
        return False
    old: Obj = before.get("spec") or {}
    return all((old.get(key) or None) == (spec.get(key) or None) for key in ("paramKind", "matchConditions"))


def _constraints(constraints: Obj | None, path: Path, mutates: bool) -> Iterator[Fault]:
    if constraints is None:
        yield required(path)
        return
    yield from match_resources(constraints, path)
    if not constraints.get("resourceRules"):
        yield required((*path, "resourceRules"))
    if mutates:
        yield from _mutable_operations(constraints, path)


def _mutable_operations(match: Obj, path: Path) -> Iterator[Fault]:
    for _, rule in objects(match.get("resourceRules")):
        for _, operation in texts(rule.get("operations")):
            yield from one_of(operation, _MUTABLE, (*path, "resourceRules", "operations"))


def _param_kind(kind: Obj, path: Path) -> Iterator[Fault]:
    api_version, name = kind.get("apiVersion") or "", kind.get("kind") or ""
    group, _, version = api_version.rpartition("/")
    at = (*path, "apiVersion")
    if not api_version:
        yield required(at)
    elif api_version.count("/") > 1:
        yield invalid(at, api_version, f"unexpected GroupVersion string: {api_version}")
    else:
        if group and (found := dns_subdomain(group)):
            yield invalid(at, group, ",".join(found))
        if not version:
            yield invalid(at, api_version, "version must be specified")
        elif found := dns_label_1035(version):
            yield invalid(at, version, ",".join(found))
    if not name:
        yield required((*path, "kind"))
    elif found := dns_label_1035(name.lower()):
        yield invalid((*path, "kind"), name, f"may have mixed case, but should otherwise match: {','.join(found)}")


def _variable(variable: Obj, path: Path, judge: Judge) -> Iterator[Fault]:
    from kplan.cel.admission_type import variable_type

    name, expression = variable.get("name") or "", variable.get("expression") or ""
    if not name.strip():
        yield required((*path, "name"), "name is not specified")
    elif not _IDENTIFIER.match(name) or name in RESERVED:
        yield invalid((*path, "name"), name, "must be a valid CEL identifier")
    if not expression.strip():
        yield required((*path, "expression"), "expression is not specified")
        return
    found = judge.compiled(expression, judge.scope())
    if found.error:
        yield invalid((*path, "expression"), expression, found.error)
    if judge.variables is not None:
        judge.variables[name] = variable_type(found.type)


def _validation(validation: Obj, path: Path, judge: Judge) -> Iterator[Fault]:
    expression, said = validation.get("expression") or "", validation.get("messageExpression") or ""
    if not expression.strip():
        yield required((*path, "expression"), "expression is not specified")
    else:
        yield from expression_faults(expression, (*path, "expression"), judge, judge.scope(), ("bool",))
    at = (*path, "messageExpression")
    if said and not said.strip():
        yield invalid(at, said, "must be non-empty if specified")
    elif said:
        yield from expression_faults(said, at, judge, judge.scope(authorizer=False), ("string",))
    message = validation.get("message") or ""
    if message and not message.strip():
        yield invalid((*path, "message"), message, "must be non-empty if specified")
    elif re.search(r"[\n\r]", message.strip()):
        yield invalid((*path, "message"), message, "must not contain line breaks")
    if validation.get("reason") is not None:
        yield from one_of(validation["reason"], _REASONS, (*path, "reason"))


def _annotations(annotations: list[Any], data: Obj, path: Path, judge: Judge) -> Iterator[Fault]:
    if len(annotations) > _MOST_ANNOTATIONS:
        yield invalid(path, annotations, f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations")
    owner, keys = (data.get("metadata") or {}).get("name") or "", set()
    for index, annotation in objects(annotations):
        at, key = (*path, index), annotation.get("key") or ""
        if owner:
            yield from messages((*at, "key"), f"{owner}/{key}", qualified_name(f"{owner}/{key}"))
        else:
            yield invalid((*at, "key"), key, "requires metadata.name be non-empty")
        yield from _annotation_value(annotation.get("valueExpression") or "", (*at, "valueExpression"), judge)
        if key in keys:
            yield duplicate((*at, "key"), key)
        keys.add(key)


def _annotation_value(text: str, path: Path, judge: Judge) -> Iterator[Fault]:
    expression = text.strip()
    if not expression:
        yield required(path, "valueExpression is not specified")
    elif len(expression.encode()) > _LONGEST_VALUE_BYTES:
        yield required(path, f"must not exceed {_LONGEST_VALUE_BYTES} bytes in length")
    else:
        yield from expression_faults(expression, path, judge, judge.scope(), ("string", "null_type"))


def _mutation(mutation: Obj, path: Path, judge: Judge) -> Iterator[Fault]:
    type_ = mutation.get("patchType")
    if not type_:
        yield required((*path, "patchType"))
        return
    if type_ not in _PATCH_TYPES:
        yield unsupported((*path, "patchType"), type_, _PATCH_TYPES)
        return
    forms = {"JSONPatch": ("jsonPatch", "list(JSONPatch)"), "ApplyConfiguration": ("applyConfiguration", "Object")}
    (key, result), (other, _) = forms.pop(type_), *forms.values()
    if mutation.get(key) is None:
        yield required((*path, key), f"must be specified when patchType is {type_}")
    else:
        expression, at = (mutation[key].get("expression") or "").strip(), (*path, key, "expression")
        if expression:
            yield from expression_faults(expression, at, judge, judge.scope(patches=True), (result,))
        else:
            yield required(at)
    if mutation.get(other) is not None:
        yield invalid((*path, other), f"{{{other}}}", f"must not be specified when patchType is {type_}")


def binding(data: Obj, minor: int, *, mutates: bool = False) -> Iterator[Fault]:
    """A binding of either kind of policy."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data, namespaced=False)
    yield from named(dns_subdomain, spec.get("policyName"), (*_SPEC, "policyName"))
    if spec.get("paramRef") is not None:
        yield from _param_ref(spec["paramRef"], (*_SPEC, "paramRef"))
    if spec.get("matchResources") is not None:
        at = (*_SPEC, "matchResources" if on("MatchResourcesPath", minor) else "matchResouces")
        yield from match_resources(spec["matchResources"], at)
        if mutates:
            yield from _mutable_operations(spec["matchResources"], (*_SPEC, "matchResources"))
    if not mutates:
        yield from _actions(spec.get("validationActions") or [], (*_SPEC, "validationActions"))


def _param_ref(ref: Obj, path: Path) -> Iterator[Fault]:
    name, selector, action = ref.get("name"), ref.get("selector"), ref.get("parameterNotFoundAction")
    if name:
        yield from messages((*path, "name"), name, path_segment(name))
        if selector is not None:
            yield forbidden((*path, "name"), _EXCLUSIVE)
    yield from label_selector(selector, (*path, "selector"))
    if name and selector is not None:
        yield forbidden((*path, "selector"), _EXCLUSIVE)
    if not name and selector is None:
        yield required(path, "one of name or selector must be specified")
    if not action:
        yield required((*path, "parameterNotFoundAction"))
    else:
        yield from one_of(action, ("Deny", "Allow"), (*path, "parameterNotFoundAction"))


def _actions(actions: list[Any], path: Path) -> Iterator[Fault]:
    seen = set()
    for index, action in texts(actions):
        yield from one_of(action, _ACTIONS, (*path, index))
        if action in seen:
            yield duplicate((*path, index), action)
        seen.add(action)
    if seen.issuperset(("Deny", "Warn")):
        yield invalid(path, actions, _SAID_TWICE)
    if not actions:
        yield required(path, "at least one validation action is required")


CHECKS = {
    "ValidatingAdmissionPolicy": validating_policy,
    "MutatingAdmissionPolicy": mutating_policy,
    "ValidatingAdmissionPolicyBinding": binding,
    "MutatingAdmissionPolicyBinding": partial(binding, mutates=True),
}
CHANGES = {"ValidatingAdmissionPolicy": validating_policy, "MutatingAdmissionPolicy": mutating_policy}
