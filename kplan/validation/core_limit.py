"""LimitRanges and ResourceQuotas.

Source: kubernetes v1.36 pkg/apis/core/validation ValidateLimitRange, ValidateResourceQuotaSpec.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.name import qualified_name
from kplan.k8s.quantity import Quantity, parse_quantity
from kplan.validation.check import Obj, Path, messages, objects, texts
from kplan.validation.core_resource import (
    amount,
    container_resource_name,
    is_quota_resource,
    overcommits,
    quantity,
    resource_name,
)
from kplan.validation.fault import Fault, Key, duplicate, forbidden, invalid, required
from kplan.validation.meta import object_meta

_LIMIT_TYPES = ("Pod", "Container", "PersistentVolumeClaim")
_LISTS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_ONE = parse_quantity("1")
_MAX_MILLI = (2**63 - 1) // 1000


def limit_range(data: Obj, minor: int) -> Iterator[Fault]:
    """A LimitRange; the server makes up a name where there is none."""
    meta: Obj = data.get("metadata") or {}
    named = meta.get("name") or meta.get("generateName")
    yield from object_meta(data if named else {"metadata": {**meta, "name": "made-up"}})
    seen: set[str] = set()
    for index, limit in objects((data.get("spec") or {}).get("limits")):
        here: Path = ("spec", "limits", index)
        kind = limit.get("type") or ""
        if wrong := qualified_name(kind):
            yield from messages((*here, "type"), kind, wrong)
        elif "/" not in kind and kind not in _LIMIT_TYPES:
            yield invalid((*here, "type"), kind, "must be a standard limit type or fully qualified")
        if kind in seen:
            yield duplicate((*here, "type"), kind)
        seen.add(kind)
        yield from _limit(limit, kind, here)


def _limit(limit: Obj, kind: str, path: Path) -> Iterator[Fault]:
    lists: dict[str, dict[str, Quantity]] = {}
    for key in _LISTS:
        given: Obj = limit.get(key) or {}
        if kind == "Pod" and key in ("default", "defaultRequest"):
            if given:
                yield forbidden((*path, key), "may not be specified when `type` is 'Pod'")
            given = {}
        check = container_resource_name if kind in ("Pod", "Container") else resource_name
        for name in given:
            yield from check(name, (*path, key, Key(name)))
        lists[key] = {name: quantity(value) for name, value in given.items()}
    if kind == "PersistentVolumeClaim" and "storage" not in lists["min"] and "storage" not in lists["max"]:
        text = "either minimum or maximum storage value is required, but neither was provided"
        yield required((*path, "limits"), text)
    filled = _filled(lists) if kind == "Container" else lists
    for name in dict.fromkeys(name for entries in filled.values() for name in entries):
        yield from _bounds({key: entries.get(name) for key, entries in filled.items()}, name, path)


def _filled(lists: dict[str, dict[str, Quantity]]) -> dict[str, dict[str, Quantity]]:
    """The defaults of containers: the default limit is the maximum, the default request the limit, then the minimum."""
    default = {**lists["max"], **lists["default"]}
    request = {**lists["min"], **default, **lists["defaultRequest"]}
    return {**lists, "default": default, "defaultRequest": request}


def _bounds(entry: dict[str, Quantity | None], name: str, path: Path) -> Iterator[Fault]:
    low, high, default, request = (entry[key] for key in ("min", "max", "default", "defaultRequest"))

    def above(key: str, left: Quantity | None, right: Quantity | None, text: str) -> Iterator[Fault]:
        if left is not None and right is not None and right < left:
            yield invalid((*path, key, Key(name)), str(left), text.format(left, right))

    yield from above("min", low, high, "min value {} is greater than max value {}")
    yield from above("defaultRequest", low, request, "min value {} is greater than default request value {}")
    yield from above("defaultRequest", request, high, "default request value {} is greater than max value {}")
    text = "default request value {} is greater than default limit value {}"
    yield from above("defaultRequest", request, default, text)
    yield from above("default", low, default, "min value {} is greater than default value {}")
    yield from above("default", default, high, "default value {} is greater than max value {}")
    yield from _ratio(entry["maxLimitRequestRatio"], low, high, (*path, "maxLimitRequestRatio", Key(name)))
    if not overcommits(name) and default is not None and request is not None and default != request:
        text = f"default value {default} must equal to defaultRequest value {request} in {name}"
        yield invalid((*path, "defaultRequest", Key(name)), str(request), text)


def _ratio(ratio: Quantity | None, low: Quantity | None, high: Quantity | None, path: Path) -> Iterator[Fault]:
    if ratio is None:
        return
    if ratio < _ONE:
        yield invalid(path, str(ratio), f"ratio {ratio} is less than 1")
    if low is None or high is None or low.sign == 0:
        return
    value, least, most = float(ratio.value()), low.value(), high.value()
    if max(ratio.value(), least, most) < _MAX_MILLI:
        value, least, most = ratio.milli() / 1000, low.milli(), high.milli()
    if least and value > most / least:
        yield invalid(path, str(ratio), f"ratio {ratio} is greater than max/min = {most / least:f}")


_SCOPES = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
)
_EXISTS_ONLY = frozenset(_SCOPES) - {"PriorityClass", "VolumeAttributesClass"}
_COMPUTE = frozenset(["pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"])
_CONFLICTS = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))


def resource_quota(data: Obj, minor: int) -> Iterator[Fault]:
    """A ResourceQuota."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data)
    yield from _amounts(spec.get("hard") or {}, ("spec", "hard"))
    yield from _scopes(spec, ("spec", "scopes"))
    if spec.get("scopeSelector") is not None:
        yield from _scope_selector(spec, ("spec", "scopeSelector", "matchExpressions"))
    status: Obj = data.get("status") or {}
    for key in ("hard", "used"):
        yield from _amounts(status.get(key) or {}, ("status", key))


def _amounts(hard: Obj, path: Path) -> Iterator[Fault]:
    for name, value in hard.items():
        at = (*path, Key(name))
        yield from resource_name(name, at)
        if "/" not in name and not is_quota_resource(name):
            yield invalid(at, name, "must be a standard resource for quota")
        yield from amount(name, value, at)


def _scopes(spec: Obj, path: Path) -> Iterator[Fault]:
    scopes = spec.get("scopes") or []
    for _, scope in texts(scopes):
        yield from _fits(scope, spec, path, path, scopes)
    yield from _conflicts({*scopes}, scopes, path)


def _fits(scope: str, spec: Obj, path: Path, at: Path, shown: object) -> Iterator[Fault]:
    if scope not in _SCOPES:
        yield invalid(at, shown, "unsupported scope")
    for name in spec.get("hard") or ():
        if is_quota_resource(name) and not _scope_counts(scope, name):
            yield invalid(path, shown, "unsupported scope applied to resource")


def _scope_counts(scope: str, resource: str) -> bool:
    """Whether a quota with this scope can count the resource."""
    if scope == "BestEffort":
        return resource == "pods"
    if scope in ("Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"):
        return resource in _COMPUTE or resource in (
            "ephemeral-storage",
            "requests.ephemeral-storage",
            "limits.ephemeral-storage",
        )
    if scope == "VolumeAttributesClass":
        return resource in ("persistentvolumeclaims", "requests.storage")
    return True


def _scope_selector(spec: Obj, path: Path) -> Iterator[Fault]:
    selector = spec["scopeSelector"]
    names: set[str] = set()
    for _, expression in objects(selector.get("matchExpressions")):
        name, operator = expression.get("scopeName") or "", expression.get("operator") or ""
        names.add(name)
        yield from _fits(name, spec, path, (*path, "scopeName"), name)
        if name in _EXISTS_ONLY and operator != "Exists":
            listed = (
                "ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
                "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
            )
            yield invalid((*path, "operator"), operator, f"must be 'Exists' when scope is any of {listed}")
        yield from _scope_values(operator, expression.get("values") or [], path)
    yield from _conflicts(names, spec.get("scopes"), path)


def _scope_values(operator: str, values: list[str], path: Path) -> Iterator[Fault]:
    if operator in ("In", "NotIn"):
        if not values:
            text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            yield required((*path, "values"), text)
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            yield invalid((*path, "values"), values, text)
    else:
        yield invalid((*path, "operator"), operator, "not a valid selector operator")


def _conflicts(names: set[str], shown: object, path: Path) -> Iterator[Fault]:
    for pair in _CONFLICTS:
        if names.issuperset(pair):
            yield invalid(path, shown, "conflicting scopes")


CHECKS = {"LimitRange": limit_range, "ResourceQuota": resource_quota}
