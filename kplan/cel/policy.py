"""Admission policies with their bindings and parameters; of mutating ones it is told that they may act.

Source: kubernetes v1.36 apiserver pkg/admission/plugin/policy/validating.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from kplan.cel.definition import CustomKind, custom_kinds
from kplan.cel.environment import Outcome, evaluate
from kplan.cel.match import Request, Uncertain, is_exempt, matches, may_match, plural_of
from kplan.cel.token import names
from kplan.cel.value import defaulted
from kplan.defaults.stored import stored
from kplan.errors import InputError
from kplan.k8s.label import clean_labels
from kplan.k8s.selector import label_selector
from kplan.kinds import split_api_version
from kplan.model import FieldPath, ObjectRef, Problem, Resource, Severity

Map: TypeAlias = dict[str, Any]
Found: TypeAlias = tuple[str, Resource, Problem]

_GROUP = "admissionregistration.k8s.io"
_ACTIONS = (("Deny", Severity.ERROR), ("Warn", Severity.WARNING), ("Audit", Severity.NOTE))


class _Unknown(NamedTuple):
    """Something of a policy or binding that cannot be judged, and where it is written."""

    owner: Resource
    path: FieldPath
    reason: str


class _Denied(NamedTuple):
    """A validation that fails, in its author's words."""

    message: str


_Verdict: TypeAlias = "_Denied | _Unknown"


class _Inputs(NamedTuple):
    """All that a policy may ask about."""

    sources: tuple[Resource, ...]
    namespaces: Mapping[str, Resource]
    custom: Mapping[tuple[str, str], CustomKind]
    minor: int


def policy_problems(
    resources: Iterable[Resource],
    sources: Iterable[Resource],
    minor: int,
    before: Mapping[ObjectRef, Resource],
) -> Iterator[Found]:
    """What the policies that are bound say against the objects; what cannot be judged is said once."""
    inputs = _inputs(tuple(sources), minor)
    bound = [*_bound(inputs.sources, "Validating"), *_bound(inputs.sources, "Mutating")]
    resources = tuple(resources)
    shown, told = {id(resource) for resource in resources}, set()
    concerned: dict[tuple[object, ...], list[tuple[Resource, Resource]]] = {}
    for resource in resources:
        if is_exempt(resource):
            continue
        request = _request(resource, resource.ref in before, inputs)
        objects = None
        kind = (resource.api_version, resource.kind, request.operation, request.is_namespaced)
        if kind not in concerned:
            concerned[kind] = [pair for pair in bound if _may_concern(*pair, request, minor)]
        for policy, binding in concerned[kind]:
            verdicts: Iterable[_Verdict]
            try:
                if not _concerns(policy, binding, request, minor):
                    continue
                objects = objects or _objects(resource, before.get(resource.ref), request, inputs)
                verdicts = list(_verdicts(policy, binding, request, objects, inputs))
            except Uncertain as uncertain:
                verdicts = [_Unknown(policy, ("spec", "matchConstraints"), str(uncertain))]
            except InputError:
                break  # no object of its kind: the schema check says why
            for verdict in verdicts:
                if isinstance(verdict, _Denied):
                    yield "admission-policy-denied", resource, _problem(verdict, policy, binding)
                elif (key := (id(verdict.owner), verdict.path)) not in told:
                    told.add(key)
                    yield _note(verdict, resource, policy, is_shown=id(verdict.owner) in shown)


def _inputs(sources: tuple[Resource, ...], minor: int) -> _Inputs:
    namespaces = {r.ref.name: r for r in sources if r.kind == "Namespace" and not r.ref.group}
    return _Inputs(sources, namespaces, custom_kinds(sources), minor)


def _bound(sources: Iterable[Resource], mode: str) -> Iterator[tuple[Resource, Resource]]:
    """Every policy that is `Validating` or `Mutating` with its bindings, by name; of two of one name the last."""
    of_kind: dict[str, dict[str, Resource]] = {f"{mode}AdmissionPolicy": {}, f"{mode}AdmissionPolicyBinding": {}}
    for resource in sources:
        if resource.ref.group == _GROUP and resource.kind in of_kind:
            of_kind[resource.kind][resource.ref.name] = resource
    policies, bindings = (sorted(named.values(), key=lambda r: r.ref.name) for named in of_kind.values())
    for policy in policies:
        for binding in bindings:
            if binding.get("spec", "policyName") == policy.ref.name:
                yield policy, binding


def _request(resource: Resource, is_update: bool, inputs: _Inputs) -> Request:
    plural, is_namespaced = plural_of(resource, inputs.custom)
    name = resource.ref.namespace
    known = inputs.namespaces.get(name)
    namespace: Map | None = None
    if is_namespaced:
        labels = {"kubernetes.io/metadata.name": name}
        namespace = known.data if known else {"metadata": {"name": name, "labels": labels}}
    return Request(resource, "UPDATE" if is_update else "CREATE", plural, is_namespaced, namespace, known is not None)


def _concerns(policy: Resource, binding: Resource, request: Request, minor: int) -> bool:
    constraints = policy.get("spec", "matchConstraints")
    if not isinstance(constraints, dict) or not constraints.get("resourceRules"):
        return False
    return matches(constraints, request, minor) and matches(binding.get("spec", "matchResources"), request, minor)


def _may_concern(policy: Resource, binding: Resource, request: Request, minor: int) -> bool:
    """Whether they may be about objects of that kind."""
    constraints = (policy.get("spec", "matchConstraints"), binding.get("spec", "matchResources"))
    return all(may_match(each, request, minor) for each in constraints)


def _objects(resource: Resource, old: Resource | None, request: Request, inputs: _Inputs) -> Map:
    """The values that expressions see, but for the parameters."""
    group, version = split_api_version(resource.api_version)
    kind = {"group": group, "version": version, "kind": resource.kind}
    where = {"group": group, "version": version, "resource": request.plural}
    return {
        "object": _as_stored(resource, inputs),
        "oldObject": _as_stored(old, inputs) if old else None,
        "namespaceObject": request.namespace,
        "request": {
            "kind": kind,
            "resource": where,
            "requestKind": kind,
            "requestResource": where,
            "subResource": "",
            "requestSubResource": "",
            "name": resource.ref.name,
            "namespace": resource.ref.namespace,
            "operation": request.operation,
            "dryRun": False,
        },
    }


def _as_stored(resource: Resource, inputs: _Inputs) -> Map:
    custom = inputs.custom.get((resource.api_version, resource.kind))
    if custom is not None:
        found: Map = defaulted(resource.data, custom.schema)
        return found
    return stored(resource.data, inputs.minor, resource.ref.namespace or "default")


def _verdicts(
    policy: Resource, binding: Resource, request: Request, objects: Map, inputs: _Inputs
) -> Iterator[_Verdict]:
    if policy.kind == "MutatingAdmissionPolicy":
        yield _Unknown(policy, ("spec", "mutations"), "what it makes of other objects is not known")
        return
    fails_closed = policy.get("spec", "failurePolicy") != "Ignore"
    variables = {
        str(variable["name"]): str(variable["expression"])
        for variable in _dicts(policy.get("spec", "variables"))
        if "name" in variable and "expression" in variable
    }
    for params in _params(policy, binding, request, inputs):
        if isinstance(params, (_Denied, _Unknown)):
            if isinstance(params, _Unknown) or fails_closed:
                yield params
            continue
        values = {**objects, "params": params}
        applies = yield from _conditions(policy, request, values, fails_closed)
        if applies:
            yield from _validations(policy, request, values, variables, fails_closed)


def _conditions(policy: Resource, request: Request, values: Map, fails_closed: bool) -> Generator[_Verdict, None, bool]:
    """Whether all match conditions hold; one that is false counts more than one that fails."""
    failed: list[_Verdict] = []
    for index, condition in enumerate(_dicts(policy.get("spec", "matchConditions"))):
        expression, path = str(condition.get("expression")), ("spec", "matchConditions", index, "expression")
        outcome = _outcome(expression, values, {}, request)
        if outcome.unknown:
            failed.append(_Unknown(policy, path, outcome.unknown))
        elif outcome.error:
            if fails_closed:
                failed.append(_Denied(f"match condition '{condition.get('name')}' failed: {outcome.error}"))
            else:
                return False
        elif outcome.value is not True:
            return False
    yield from failed
    return not failed


def _validations(
    policy: Resource, request: Request, values: Map, variables: Map, fails_closed: bool
) -> Iterator[_Verdict]:
    for index, validation in enumerate(_dicts(policy.get("spec", "validations"))):
        expression = str(validation.get("expression"))
        outcome = _outcome(expression, values, variables, request)
        if outcome.unknown:
            yield _Unknown(policy, ("spec", "validations", index, "expression"), outcome.unknown)
        elif outcome.error:
            if fails_closed:
                yield _Denied(f"expression '{expression.strip()}' resulted in error: {outcome.error}")
        elif outcome.value is not True:
            yield _Denied(_message(validation, values, variables, request))


def _outcome(expression: str, values: Map, variables: Map, request: Request) -> Outcome:
    asked = [expression, *variables.values()] if "variables" in names(expression) else [expression]
    if not request.is_namespace_known and request.namespace and any("namespaceObject" in names(e) for e in asked):
        return Outcome(unknown="the namespace of an object is not among the manifests")
    return evaluate(expression, values, variables=variables)


def _message(validation: Map, values: Map, variables: Map, request: Request) -> str:
    expression = validation.get("messageExpression")
    if isinstance(expression, str) and expression.strip():
        said = _outcome(expression, values, variables, request).value
        if isinstance(said, str) and said.strip() and "\n" not in said:
            return said.strip()
    written = validation.get("message")
    if isinstance(written, str) and written.strip():
        return written.strip()
    return f"failed expression: {str(validation.get('expression')).strip()}"


def _params(policy: Resource, binding: Resource, request: Request, inputs: _Inputs) -> Iterator[Map | _Verdict | None]:
    """The parameters to judge with, one after the other; None for a policy without."""
    kind, ref = policy.get("spec", "paramKind"), binding.get("spec", "paramRef")
    if not isinstance(kind, dict):
        yield None
        return
    path = ("spec", "paramRef")
    if not isinstance(ref, dict):
        yield None  # the policy is judged without, and sees null
        return
    found = [r for r in inputs.sources if _is_param(r, kind, ref, request, inputs)]
    if found:
        yield from (_as_stored(resource, inputs) for resource in found)
    elif ref.get("name"):
        yield _Unknown(binding, path, f"{kind.get('kind')} `{ref['name']}` is not among the manifests")
    else:
        yield _Unknown(binding, path, f"no {kind.get('kind')} that it selects is among the manifests")


def _is_param(resource: Resource, kind: Map, ref: Map, request: Request, inputs: _Inputs) -> bool:
    if resource.kind != kind.get("kind") or resource.api_version != kind.get("apiVersion"):
        return False
    if plural_of(resource, inputs.custom)[1]:
        wanted = ref.get("namespace") or request.resource.ref.namespace
        if resource.ref.namespace != wanted:
            return False
    if ref.get("name"):
        return bool(resource.ref.name == ref["name"])
    return label_selector(ref.get("selector")).matches(clean_labels(resource.get("metadata", "labels")))


def _problem(verdict: _Denied, policy: Resource, binding: Resource) -> Problem:
    actions = binding.get("spec", "validationActions")
    actions = actions if isinstance(actions, list) and actions else ["Deny"]
    action, severity = next(((a, s) for a, s in _ACTIONS if a in actions), _ACTIONS[0])
    who = f"ValidatingAdmissionPolicy '{policy.ref.name}' with binding '{binding.ref.name}'"
    message = f"{who} denied request: {verdict.message}"
    if action == "Warn":
        message = f"Validation failed for {who}: {verdict.message}"
    elif action == "Audit":
        message = f"{who} records: {verdict.message}"
    return Problem(("metadata", "name"), message, severity=severity)


def _note(verdict: _Unknown, resource: Resource, policy: Resource, *, is_shown: bool) -> Found:
    if is_shown:
        return "cel-not-checked", verdict.owner, Problem(verdict.path, f"this is not checked: {verdict.reason}")
    message = f"{policy.kind} '{policy.ref.name}' is not checked: {verdict.reason}"
    return "cel-not-checked", resource, Problem(("kind",), message)


def _dicts(items: Any) -> list[Map]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
