"""Which pods a namespace refuses: LimitRanges by their size, ResourceQuotas by what is left.

Source: kubernetes v1.36 staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota, pkg/quota/v1/evaluator/core.
"""

from __future__ import annotations

from kplan.controllers.state import FAILED, SUCCEEDED, Cohort, Map, Obj
from kplan.k8s.quantity import parse_quantity
from kplan.simulate.admission import MOST_PODS
from kplan.simulate.limit_range import Needs, limit_refusal, pod_needs
from kplan.simulate.store import Store

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_SCALE, _ONE = -9, 10**9
"""Amounts are added up in billionths."""


def refuses_pod(store: Store, namespace: str, template: Map, _labels: dict[str, str]) -> str | None:
    """Why a pod of this template may not be made now, or None."""
    if store.pods >= MOST_PODS:
        return f"more than {MOST_PODS} pods are not simulated"
    if not (store.objects.get("LimitRange") or store.objects.get("ResourceQuota")):
        return None
    ranges = list(store.of_kind("LimitRange", namespace))
    quotas = list(store.of_kind("ResourceQuota", namespace))
    needs = pod_needs(template, ranges)
    if reason := limit_refusal(needs, ranges):
        return reason
    reasons = (_quota_refusal(store, quota, ranges, template, needs) for quota in quotas)
    return next((reason for reason in reasons if reason), None)


def _quota_refusal(store: Store, quota: Obj, ranges: list[Obj], template: Map, needs: list[Needs]) -> str | None:
    if not _is_in_scope(quota, template, needs):
        return None
    hard = {name: parse_quantity(value) for name, value in (quota.spec.get("hard") or {}).items()}
    wanted = {name: amount for name in hard if (amount := _amount(name, needs)) is not None}
    missing = sorted(name for name in hard if name not in wanted and _resource(name))
    if missing:
        return f"failed quota: {quota.name}: must specify {','.join(missing)}"
    for name, amount in wanted.items():
        used = _used(store, quota, ranges, name)
        if used + amount > hard[name].scaled(_SCALE):
            return f"exceeded quota: {quota.name}: {name} is limited to {hard[name]}"
    return None


def _resource(name: str) -> tuple[str, str] | None:
    """What a quota's name counts of a pod's containers: requests or limits, of which resource; None for anything else.

    >>> _resource("requests.cpu"), _resource("memory"), _resource("pods")
    (('requests', 'cpu'), ('requests', 'memory'), None)
    """
    side, dot, resource = name.partition(".")
    if not dot:
        side, resource = "requests", name
    return (side, resource) if side in ("requests", "limits") and resource in _COMPUTE else None


def _amount(name: str, needs: list[Needs]) -> int | None:
    """What one pod counts for, in billionths; None where it counts for nothing or a container does not say."""
    if name in ("pods", "count/pods"):
        return _ONE
    found = _resource(name)
    if found is None:
        return None
    side, resource = found
    amounts = [(one.requests if side == "requests" else one.limits).get(resource) for one in needs]
    if any(amount is None for amount in amounts):
        return None
    return sum(int(amount.scaled(_SCALE)) for amount in amounts if amount is not None)


def _used(store: Store, quota: Obj, ranges: list[Obj], name: str) -> int:
    """What the pods of a namespace use; terminating ones count until they are gone."""
    total = 0
    for cohort in store.cohorts.get(quota.namespace, {}).values():
        needs = pod_needs(cohort.template, ranges)
        amount = _amount(name, needs)
        if amount is not None and _is_in_scope(quota, cohort.template, needs):
            total += amount * _counted(cohort, name)
    return total


def _counted(cohort: Cohort, name: str) -> int:
    """Ended pods count only as objects."""
    ended = cohort.counts[SUCCEEDED] + cohort.counts[FAILED]
    return len(cohort.pods) - (0 if name == "count/pods" else ended)


def _is_in_scope(quota: Obj, template: Map, needs: list[Needs]) -> bool:
    spec = template.get("spec") or {}
    best_effort = not any(one.requests or one.limits for one in needs)
    terminating = spec.get("activeDeadlineSeconds") is not None
    scopes = {
        "BestEffort": best_effort,
        "NotBestEffort": not best_effort,
        "Terminating": terminating,
        "NotTerminating": not terminating,
    }
    wanted = [*(quota.spec.get("scopes") or [])]
    for expression in (quota.spec.get("scopeSelector") or {}).get("matchExpressions") or []:
        if expression.get("scopeName") == "PriorityClass":
            if not _has_priority(spec, expression):
                return False
        else:
            wanted.append(expression.get("scopeName"))
    return all(scopes.get(scope, True) for scope in wanted)


def _has_priority(spec: Map, expression: Map) -> bool:
    name, values = spec.get("priorityClassName") or "", expression.get("values") or []
    operator = expression.get("operator")
    if operator in ("In", "NotIn"):
        return bool((name in values) == (operator == "In"))
    return bool(name) == bool(operator == "Exists")
