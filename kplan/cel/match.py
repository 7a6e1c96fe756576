"""Which objects an admission policy is about.

Source: kubernetes v1.36 apiserver pkg/admission/plugin/policy/matching, pkg/admission/plugin/webhook/predicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from kplan.k8s.label import clean_labels
from kplan.k8s.quota import resource_name
from kplan.k8s.selector import label_selector
from kplan.kinds import owning_group, scope, served_versions, split_api_version
from kplan.model import Resource

Map: TypeAlias = dict[str, Any]

_NAME_LABEL = "kubernetes.io/metadata.name"
_EXEMPT = frozenset(
    f"{mode}AdmissionPolicy{binding}" for mode in ("Validating", "Mutating") for binding in ("", "Binding")
)
"""Kinds that no policy is asked about, lest one locks itself in."""


class Request(NamedTuple):
    """A request to create or update an object.

    `namespace` holds the Namespace object, as far as it is known: `is_namespace_known` says whether it is among the
    inputs. All three are empty for objects of the cluster's scope.
    """

    resource: Resource
    operation: str
    plural: str
    is_namespaced: bool
    namespace: Map | None
    is_namespace_known: bool


class Uncertain(Exception):
    """Whether a policy is about an object is not known; the text says why."""


def is_exempt(resource: Resource) -> bool:
    """Whether no policy is asked about the object."""
    return resource.kind in _EXEMPT and resource.ref.group == "admissionregistration.k8s.io"


def plural_of(resource: Resource, custom: Mapping[tuple[str, str], Any]) -> tuple[str, bool]:
    """The plural name of the object's kind, and whether it lives in a namespace."""
    known = custom.get((resource.api_version, resource.kind))
    if known is not None:
        return known.plural, known.is_namespaced
    found = scope(split_api_version(resource.api_version)[0], resource.kind)
    return resource_name(resource.kind), found == "Namespaced" or (found is None and bool(resource.ref.namespace))


def matches(constraints: Any, request: Request, minor: int) -> bool:
    """Whether `matchConstraints` or `matchResources` are met; without rules they are by every object.

    Raises Uncertain where that hangs on a Namespace that is not among the inputs.
    """
    if not isinstance(constraints, dict):
        return True
    rules = _dicts(constraints.get("resourceRules"))
    versions = (
        _versions(request, minor) if constraints.get("matchPolicy") != "Exact" else (request.resource.api_version,)
    )
    if any(_meets(rule, request, versions) for rule in _dicts(constraints.get("excludeResourceRules"))):
        return False
    if rules and not any(_meets(rule, request, versions) for rule in rules):
        return False
    selector = constraints.get("objectSelector")
    labels = clean_labels(request.resource.get("metadata", "labels"))
    if isinstance(selector, dict) and not label_selector(selector).matches(labels):
        return False
    return _namespace_matches(constraints.get("namespaceSelector"), request)


def may_match(constraints: Any, request: Request, minor: int) -> bool:
    """Whether they may be met by objects of that kind, whatever their names, labels and namespaces."""
    rules = _dicts(constraints.get("resourceRules")) if isinstance(constraints, dict) else []
    return not rules or any(_meets(rule, request, _versions(request, minor), any_name=True) for rule in rules)


def _versions(request: Request, minor: int) -> tuple[str, ...]:
    """The versions of the object's kind that a request in one of them stands for."""
    return _versions_of(request.resource.api_version, request.resource.kind, minor)


@cache
def _versions_of(api_version: str, kind: str, minor: int) -> tuple[str, ...]:
    group, _ = split_api_version(api_version)
    return (api_version, *served_versions(owning_group(group, kind), kind, minor))


def _meets(rule: Map, request: Request, versions: Iterable[str], any_name: bool = False) -> bool:
    names = rule.get("resourceNames")
    if isinstance(names, list) and names and not any_name and request.resource.ref.name not in names:
        return False
    if rule.get("scope") not in (None, "*", "Namespaced" if request.is_namespaced else "Cluster"):
        return False
    if not _holds(rule.get("operations"), request.operation):
        return False
    resources = rule.get("resources")
    if not isinstance(resources, list) or not {request.plural, "*", "*/*", f"{request.plural}/*"} & set(
        map(str, resources)
    ):
        return False
    return any(
        _holds(rule.get("apiGroups"), group) and _holds(rule.get("apiVersions"), version)
        for group, version in map(split_api_version, versions)
    )


def _holds(words: Any, word: str) -> bool:
    return isinstance(words, list) and ("*" in words or word in words)


def _namespace_matches(selector: Any, request: Request) -> bool:
    if not isinstance(selector, dict) or not (selector.get("matchLabels") or selector.get("matchExpressions")):
        return True
    if request.resource.kind == "Namespace" and not request.resource.ref.group:
        labels = clean_labels(request.resource.get("metadata", "labels"))
        return label_selector(selector).matches({_NAME_LABEL: request.resource.ref.name, **labels})
    if request.namespace is None:
        return True
    parsed = label_selector(selector)
    if not request.is_namespace_known and any(r.key != _NAME_LABEL for r in parsed.requirements):
        by_name = [r for r in parsed.requirements if r.key == _NAME_LABEL]
        if not all(r.matches({_NAME_LABEL: request.resource.ref.namespace}) for r in by_name):
            return False
        raise Uncertain("a namespace whose labels it asks for is not among the manifests")
    labels = clean_labels((request.namespace.get("metadata") or {}).get("labels"))
    return parsed.matches({_NAME_LABEL: request.resource.ref.namespace, **labels})


def _dicts(items: Any) -> list[Map]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
