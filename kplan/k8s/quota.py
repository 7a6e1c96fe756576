"""What objects count for in ResourceQuotas.

Amounts are by the names that a quota's `spec.hard` uses. Objects are plain JSON.

Source: kubernetes v1.36 pkg/quota/v1/evaluator/core, apiserver pkg/admission/plugin/resourcequota.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from kplan.k8s.quantity import Quantity, add, negate, parse_quantity
from kplan.k8s.resource import aggregate

Map: TypeAlias = dict[str, Any]
Amounts: TypeAlias = dict[str, Quantity]

_ONE = parse_quantity("1")
_ZERO = parse_quantity("0")
_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_STORAGE = "requests.storage"
_OF_CLASS = ".storageclass.storage.k8s.io/"
_COUNTED = {
    "ConfigMap": "configmaps",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "ReplicationController": "replicationcontrollers",
    "ResourceQuota": "resourcequotas",
    "Secret": "secrets",
    "Service": "services",
}
"""Kinds of the core group that a quota counts by their resource's own name too."""


def pod_usage(spec: Map, names: Iterable[str]) -> Amounts:
    """What one pod with this spec counts for, of the names of a quota.

    >>> spec = {"containers": [{"name": "c", "resources": {"requests": {"cpu": "250m"}}}]}
    >>> {name: str(amount) for name, amount in pod_usage(spec, ["pods", "cpu", "limits.cpu", "secrets"]).items()}
    {'pods': '1', 'cpu': '250m'}

    Raises ValueError for text that is no quantity.
    """
    requests = _with_overhead(spec, aggregate(spec, "requests"))
    limits = _with_overhead(spec, aggregate(spec, "limits"))
    found: Amounts = {}
    for name in names:
        if name in ("pods", "count/pods"):
            found[name] = _ONE
        elif (part := pod_part(name)) is not None:
            amount = (requests if part[0] == "requests" else limits).get(part[1])
            if amount is not None:
                found[name] = amount
    return found


def _with_overhead(spec: Map, amounts: Amounts) -> Amounts:
    over = {name: parse_quantity(value) for name, value in (spec.get("overhead") or {}).items()}
    return {name: add(amount, over[name]) if name in over else amount for name, amount in amounts.items()}


def pod_part(name: str) -> tuple[str, str] | None:
    """What a quota's name counts of a pod: `requests` or `limits`, of which resource; None for anything else.

    >>> pod_part("memory"), pod_part("limits.cpu"), pod_part("requests.nvidia.com/gpu"), pod_part("requests.storage")
    (('requests', 'memory'), ('limits', 'cpu'), ('requests', 'nvidia.com/gpu'), None)
    """
    side, dot, resource = name.partition(".")
    if not dot or side not in ("requests", "limits"):
        return ("requests", name) if name in _COMPUTE or name.startswith("hugepages-") else None
    if resource in _COMPUTE or resource.startswith("hugepages-"):
        return side, resource
    return (side, resource) if side == "requests" and "/" in resource else None


def unspecified(spec: Map, names: Iterable[str]) -> str:
    """Which of the quota's names containers do not specify, in the server's words; "" where all is said.

    Only cpu and memory must be said.

    >>> unspecified({"containers": [{"name": "a"}, {"name": "b"}]}, ["limits.cpu", "pods"])
    'limits.cpu for: a,b'

    Source: kubernetes v1.36 pkg/quota/v1/evaluator/core podEvaluator.Constraints.
    """
    missing: dict[str, list[str]] = {}
    for name in sorted(names):
        part = pod_part(name)
        if part is not None and part[1] in ("cpu", "memory"):
            silent = sorted(str(c.get("name")) for c in _containers(spec) if not _says(c, *part))
            if silent:
                missing[name] = silent
    return "; ".join(f"{name} for: {','.join(silent)}" for name, silent in missing.items())


def _containers(spec: Map) -> list[Map]:
    return [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]


def _says(container: Map, side: str, resource: str) -> bool:
    resources = container.get("resources") or {}
    sides = ("requests", "limits") if side == "requests" else ("limits",)
    return any(resource in (resources.get(one) or {}) for one in sides)


def claim_usage(spec: Map) -> Amounts:
    """What a PersistentVolumeClaim with this spec counts for.

    Raises ValueError for text that is no quantity.
    """
    asked = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    amounts = {"persistentvolumeclaims": _ONE, "count/persistentvolumeclaims": _ONE}
    if asked is not None:
        amounts[_STORAGE] = parse_quantity(asked)
    if name := spec.get("storageClassName"):
        amounts |= {
            f"{name}{_OF_CLASS}{key}": amounts[key] for key in (_STORAGE, "persistentvolumeclaims") if key in amounts
        }
    return amounts


def object_usage(group: str, kind: str, spec: Map) -> Amounts:
    """What an object counts for that is no pod: itself, and what a Service or claim takes.

    >>> {name: str(n) for name, n in object_usage("", "Service", {"type": "LoadBalancer", "ports": [{}]}).items()}
    {'count/services': '1', 'services': '1', 'services.nodeports': '1', 'services.loadbalancers': '1'}
    """
    if kind == "PersistentVolumeClaim" and not group:
        return claim_usage(spec)
    plural = resource_name(kind)
    amounts = {f"count/{plural}.{group}" if group else f"count/{plural}": _ONE}
    if not group and kind in _COUNTED:
        amounts[_COUNTED[kind]] = _ONE
    if kind == "Service" and not group:
        amounts |= _service_usage(spec)
    return amounts


def _service_usage(spec: Map) -> Amounts:
    type_, ports = spec.get("type"), len(spec.get("ports") or ())
    if type_ == "NodePort":
        return {"services.nodeports": parse_quantity(ports)}
    if type_ != "LoadBalancer":
        return {}
    if spec.get("allocateLoadBalancerNodePorts") is False:
        ports = sum(1 for port in spec.get("ports") or () if port.get("nodePort"))
    return {"services.nodeports": parse_quantity(ports), "services.loadbalancers": _ONE}


def resource_name(kind: str) -> str:
    """The plural under which the API serves a built-in kind.

    >>> [resource_name(kind) for kind in ("Deployment", "Ingress", "NetworkPolicy", "Endpoints")]
    ['deployments', 'ingresses', 'networkpolicies', 'endpoints']
    """
    word = kind.lower()
    if word == "endpoints":
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x")) else "s")


def in_scope(spec: Map, quota: Map) -> bool:
    """Whether a quota (its spec) counts pods with this spec, by its scopes.

    >>> in_scope({"containers": [{}]}, {"scopes": ["NotBestEffort"]})
    False
    """
    expressions = [{"scopeName": scope, "operator": "Exists"} for scope in quota.get("scopes") or ()]
    expressions += (quota.get("scopeSelector") or {}).get("matchExpressions") or ()
    return all(_matches(spec, expression) for expression in expressions)


def _matches(spec: Map, expression: Map) -> bool:
    name, operator = expression.get("scopeName"), expression.get("operator")
    if name == "PriorityClass":
        return _has_priority(spec, str(operator), expression.get("values") or [])
    if name == "CrossNamespacePodAffinity":
        return _asks_other_namespaces(spec)
    ends, effort = spec.get("activeDeadlineSeconds") is not None, _is_best_effort(spec)
    scopes = {"Terminating": ends, "NotTerminating": not ends, "BestEffort": effort, "NotBestEffort": not effort}
    return scopes.get(str(name), True)


def _has_priority(spec: Map, operator: str, values: list[Any]) -> bool:
    name = spec.get("priorityClassName") or ""
    if operator in ("In", "NotIn"):
        return (name in values) == (operator == "In")
    return bool(name) == (operator == "Exists")


def _is_best_effort(spec: Map) -> bool:
    resources = [spec.get("resources") or {}, *(c.get("resources") or {} for c in _containers(spec))]
    return not any(
        parse_quantity(amount).sign
        for one in resources
        for side in ("requests", "limits")
        for name, amount in (one.get(side) or {}).items()
        if name in ("cpu", "memory")
    )


def _asks_other_namespaces(spec: Map) -> bool:
    affinity = spec.get("affinity") or {}
    for kind in ("podAffinity", "podAntiAffinity"):
        part = affinity.get(kind) or {}
        terms = list(part.get("requiredDuringSchedulingIgnoredDuringExecution") or ())
        preferred = part.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [weighted.get("podAffinityTerm") or {} for weighted in preferred]
        if any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms):
            return True
    return False


def total(parts: Iterable[tuple[Mapping[str, Quantity], int]]) -> Amounts:
    """The sum of amounts, each taken so many times."""
    found: Amounts = {}
    for amounts, times in parts:
        for name, amount in amounts.items():
            many = Quantity(amount.unscaled * times, amount.scale, amount.format)
            found[name] = add(found.get(name, _ZERO), many)
    return found


def growth(before: Mapping[str, Quantity], after: Mapping[str, Quantity]) -> Amounts:
    """How much more an object counts for than before, of what it counts for more of.

    >>> before, after = claim_usage({}), claim_usage({"resources": {"requests": {"storage": "1Gi"}}})
    >>> {name: str(amount) for name, amount in growth(before, after).items()}
    {'requests.storage': '1Gi'}
    """
    grown = {name: add(amount, negate(before.get(name, _ZERO))) for name, amount in after.items()}
    return {name: amount for name, amount in grown.items() if amount.sign > 0}


def exceeded(
    name: str, hard: Mapping[str, Quantity], used: Mapping[str, Quantity], asked: Mapping[str, Quantity]
) -> str:
    """Why a quota refuses what is asked for on top of what is used, in the server's words; "" where it does not.

    >>> one = {"pods": parse_quantity("1")}
    >>> exceeded("q", one, one, one)
    'exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'
    """
    over = sorted(key for key in asked if key in hard and hard[key] < add(used.get(key, _ZERO), asked[key]))
    if not over:
        return ""
    parts = (("requested", asked), ("used", used), ("limited", hard))
    return f"exceeded quota: {name}, " + ", ".join(
        f"{word}: " + ",".join(f"{key}={amounts.get(key, _ZERO)}" for key in over) for word, amounts in parts
    )
