"""Affinity, tolerations and topology spread.

Source: kubernetes v1.36 pkg/apis/core/validation validateAffinity, ValidateTolerations,
validateTopologySpreadConstraints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_label, dns_subdomain, label_value
from kplan.validation.check import (
    NOT_POSITIVE,
    Obj,
    Path,
    joined,
    label_key,
    label_selector,
    messages,
    objects,
    one_of,
    texts,
)
from kplan.validation.fault import Fault, duplicate, forbidden, invalid, required, unsupported
from kplan.validation.feature import dropped, on

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_WHEN = ("DoNotSchedule", "ScheduleAnyway")


def affinity(value: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """A pod's affinity."""
    nodes = value.get("nodeAffinity")
    if nodes:
        here = (*path, "nodeAffinity")
        if nodes.get(_REQUIRED) is not None:
            yield from node_selector(nodes[_REQUIRED], (*here, _REQUIRED), on("NodeAffinityValues", minor))
        for index, term in objects(nodes.get(_PREFERRED)):
            at = (*here, _PREFERRED, index)
            yield from _weight(term, at)
            yield from _node_term(term.get("preference") or {}, (*at, "preference"), check_values=False)
    for key in ("podAffinity", "podAntiAffinity"):
        if value.get(key):
            yield from _pod_affinity(value[key], (*path, key), minor)


def _weight(term: Obj, path: Path) -> Iterator[Fault]:
    weight = term.get("weight") or 0
    if not 1 <= weight <= 100:
        yield invalid((*path, "weight"), weight, "must be in the range 1-100")


def node_selector(selector: Obj, path: Path, check_values: bool) -> Iterator[Fault]:
    """A selector of nodes; `check_values`: values must be label values."""
    here = (*path, "nodeSelectorTerms")
    if not selector.get("nodeSelectorTerms"):
        yield required(here, "must have at least one node selector term")
    for index, term in objects(selector.get("nodeSelectorTerms")):
        yield from _node_term(term, (*here, index), check_values=check_values)


def _node_term(term: Obj, path: Path, *, check_values: bool) -> Iterator[Fault]:
    for index, expression in objects(term.get("matchExpressions")):
        yield from _node_requirement(expression, (*path, "matchExpressions", index), check_values)
    for index, field in objects(term.get("matchFields")):
        yield from _node_field(field, (*path, "matchFields", index))


def _node_requirement(expression: Obj, path: Path, check_values: bool) -> Iterator[Fault]:
    operator, values = expression.get("operator") or "", expression.get("values") or []
    at = (*path, "values")
    if operator in ("In", "NotIn"):
        if not values:
            yield required(at, "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    elif operator in ("Gt", "Lt"):
        if len(values) != 1:
            yield required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")
    else:
        yield invalid((*path, "operator"), operator, "not a valid selector operator")
    yield from label_key(expression.get("key"), (*path, "key"))
    if check_values:
        for index, value in texts(values):
            yield from messages((*at, index), value, label_value(value))


def _node_field(field: Obj, path: Path) -> Iterator[Fault]:
    operator, key = field.get("operator") or "", field.get("key") or ""
    if operator not in ("In", "NotIn"):
        yield invalid((*path, "operator"), operator, "not a valid selector operator")
    elif len(field.get("values") or ()) != 1:
        text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        yield required((*path, "values"), text)
    if key != "metadata.name":
        yield invalid((*path, "key"), key, "not a valid field selector key")
        return
    for index, value in texts(field.get("values")):
        yield from messages((*path, "values", index), value, dns_subdomain(value))


def _pod_affinity(value: Obj, path: Path, minor: int) -> Iterator[Fault]:
    for index, term in objects(value.get(_REQUIRED)):
        yield from _pod_term(term, (*path, _REQUIRED, index), minor)
    for index, weighted in objects(value.get(_PREFERRED)):
        at = (*path, _PREFERRED, index)
        yield from _weight(weighted, at)
        yield from _pod_term(weighted.get("podAffinityTerm") or {}, (*at, "podAffinityTerm"), minor)


def _pod_term(term: Obj, path: Path, minor: int) -> Iterator[Fault]:
    for key in ("labelSelector", "namespaceSelector"):
        yield from label_selector(term.get(key), (*path, key))
    for _, namespace in texts(term.get("namespaces")):
        yield from messages((*path, "namespace"), namespace, dns_label(namespace))
    if not dropped("core.PodAffinityTerm", "MatchLabelKeys", minor):
        yield from _match_keys(term, path)
    topology = term.get("topologyKey") or ""
    if not topology:
        yield required((*path, "topologyKey"), "can not be empty")
    yield from label_key(topology, (*path, "topologyKey"))


def _match_keys(term: Obj, path: Path) -> Iterator[Fault]:
    """Label keys whose values come from the pod itself."""
    selector = term.get("labelSelector")
    for name in ("matchLabelKeys", "mismatchLabelKeys"):
        if not term.get(name):
            continue
        if selector is None:
            yield forbidden((*path, name), "must not be specified when labelSelector is not set")
            continue
        for index, key in texts(term[name]):
            yield from label_key(key, (*path, name, index))
    matched = term.get("matchLabelKeys") or []
    if matched and selector:
        yield from _keys_selected_twice(matched, selector, path)
    for index, key in texts(matched):
        if key in (term.get("mismatchLabelKeys") or ()):
            text = "exists in both matchLabelKeys and mismatchLabelKeys"
            yield invalid((*path, "matchLabelKeys", index), key, text)


def _keys_selected_twice(matched: list[str], selector: Obj, path: Path) -> Iterator[Fault]:
    """The server adds an expression for every matched key the pod has: one that is there already is one too many."""
    seen = set(selector.get("matchLabels") or ())
    for _, expression in objects(selector.get("matchExpressions")):
        key = expression.get("key") or ""
        if key in matched and key in seen:
            yield invalid((*path, matched.index(key)), key, "exists in both matchLabelKeys and labelSelector")
        seen.add(key)


def tolerations(value: list[Any], path: Path, minor: int) -> Iterator[Fault]:
    """A pod's tolerations."""
    for index, toleration in objects(value):
        key, operator = toleration.get("key") or "", toleration.get("operator") or ""
        effect, here = toleration.get("effect") or "", (*path, index)
        if key:
            yield from label_key(key, (*here, "key"))
        elif operator != "Exists":
            text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield invalid((*here, "operator"), operator, text)
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            yield invalid((*here, "effect"), effect, text)
        yield from _toleration_value(operator, toleration.get("value") or "", (*here, "operator"))
        if effect:
            yield from one_of(effect, _EFFECTS, (*here, "effect"))


def _toleration_value(operator: str, value: str, path: Path) -> Iterator[Fault]:
    if operator in ("Equal", ""):
        if wrong := label_value(value):
            yield invalid(path, value, joined(wrong))
    elif operator == "Exists":
        if value:
            yield invalid(path, value, "value must be empty when `operator` is 'Exists'")
    else:
        yield unsupported(path, operator, ("Equal", "Exists"))


def spread_constraints(value: list[Any], path: Path, minor: int) -> Iterator[Fault]:
    """Topology spread constraints."""
    pairs = [(c.get("topologyKey") or "", c.get("whenUnsatisfiable") or "") for _, c in objects(value)]
    for index, constraint in objects(value):
        here, (key, when) = (*path, index), pairs[index]
        skew = constraint.get("maxSkew") or 0
        if skew <= 0:
            yield invalid((*here, "maxSkew"), skew, NOT_POSITIVE)
        if not key:
            yield required((*here, "topologyKey"), "can not be empty")
        yield from one_of(when, _WHEN, (*here, "whenUnsatisfiable"))
        if (key, when) in pairs[index + 1 :]:
            yield duplicate((*here, "{topologyKey, whenUnsatisfiable}"), f"{{{key}, {when}}}")
        yield from _spread_options(constraint, when, here, minor)
        yield from label_selector(constraint.get("labelSelector"), (*here, "labelSelector"))


def _spread_options(constraint: Obj, when: str, path: Path, minor: int) -> Iterator[Fault]:
    kind = "core.TopologySpreadConstraint"
    domains = constraint.get("minDomains")
    if domains is not None and not dropped(kind, "MinDomains", minor):
        if domains <= 0:
            yield invalid((*path, "minDomains"), domains, NOT_POSITIVE)
        if when != "DoNotSchedule":
            text = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {when}"
            yield invalid((*path, "minDomains"), domains, text)
    for key, field in (("nodeAffinityPolicy", "NodeAffinityPolicy"), ("nodeTaintsPolicy", "NodeTaintsPolicy")):
        if constraint.get(key) is not None and not dropped(kind, field, minor):
            yield from one_of(constraint[key], ("Honor", "Ignore"), (*path, key))
    if constraint.get("matchLabelKeys") and not dropped(kind, "MatchLabelKeys", minor):
        yield from _spread_keys(constraint, (*path, "matchLabelKeys"))


def _spread_keys(constraint: Obj, path: Path) -> Iterator[Fault]:
    selector = constraint.get("labelSelector")
    if selector is None:
        yield forbidden(path, "must not be specified when labelSelector is not set")
    selected = set((selector or {}).get("matchLabels") or ())
    selected.update(e.get("key") or "" for _, e in objects((selector or {}).get("matchExpressions")))
    for index, key in texts(constraint["matchLabelKeys"]):
        yield from label_key(key, (*path, index))
        if key in selected:
            yield invalid((*path, index), key, "exists in both matchLabelKeys and labelSelector")
