"""Which pods and other objects a namespace refuses: LimitRanges by their size, ResourceQuotas by what is left."""

from __future__ import annotations

from kplan.controllers.state import FAILED, SUCCEEDED, Cohort, Map, Obj
from kplan.k8s.limit_range import claim_excesses, pod_excesses, with_limit_range
from kplan.k8s.quantity import Quantity, add, parse_quantity
from kplan.k8s.quota import exceeded, growth, in_scope, object_usage, pod_usage, total, unspecified
from kplan.kinds import owning_group, split_api_version
from kplan.simulator.store import Store


def refuses_pod(store: Store, namespace: str, template: Map, _labels: dict[str, str]) -> str | None:
    """Why a pod of this template may not be made now, or None."""
    limits = [item for one in store.of_kind("LimitRange", namespace) for item in one.spec.get("limits") or ()]
    quotas = list(store.of_kind("ResourceQuota", namespace))
    if not limits and not quotas:
        return None
    spec = with_limit_range(template.get("spec") or {}, limits)
    for excess in pod_excesses(spec, limits):
        return excess.message
    reasons = (_quota_refusal(store, quota, limits, spec) for quota in quotas)
    return next((reason for reason in reasons if reason), None)


_CHANGED = ("PersistentVolumeClaim", "Service")
"""Kinds of the core group that a quota measures again when they change. All others count when they are made, and
LimitRanges do not look at pods that change."""


def refuses_object(store: Store, live: Obj | None, stored_kind: str, namespace: str, new: Map) -> str | None:
    """Why an object that is no pod may not be made now, or take the place of `live`; None where it may.

    `stored_kind` is the kind under which the store holds it.

    Source: kubernetes v1.36 plugin/pkg/admission/limitranger SupportsAttributes; apiserver
    pkg/admission/plugin/resourcequota CheckRequest; pkg/quota/v1/evaluator Handles.
    """
    group, kind, spec = _group(new), str(new.get("kind")), new.get("spec") or {}
    if not group and kind == "PersistentVolumeClaim":
        limits = [item for one in store.of_kind("LimitRange", namespace) for item in one.spec.get("limits") or ()]
        for excess in claim_excesses(spec, limits):
            return excess.message
    if not namespace or (live is not None and (group or kind not in _CHANGED)):
        return None
    asked = object_usage(group, kind, spec)
    if live is not None:
        asked = growth(object_usage(group, kind, live.spec), asked)
    for quota in store.of_kind("ResourceQuota", namespace):
        if not quota.spec.get("scopes") and not quota.spec.get("scopeSelector"):  # scopes are about pods
            hard = {name: parse_quantity(value) for name, value in (quota.spec.get("hard") or {}).items()}
            wanted = {name: amount for name, amount in asked.items() if name in hard and amount.sign}
            used = [(object_usage(group, kind, one.spec), 1) for one in store.of_kind(stored_kind, namespace)]
            if wanted and (reason := exceeded(quota.name, hard, total(used), wanted)):
                return reason
    return None


def _group(data: Map) -> str:
    return owning_group(split_api_version(str(data.get("apiVersion") or ""))[0], str(data.get("kind")))


def _quota_refusal(store: Store, quota: Obj, limits: list[Map], spec: Map) -> str | None:
    if not in_scope(spec, quota.spec):
        return None
    hard = {name: parse_quantity(value) for name, value in (quota.spec.get("hard") or {}).items()}
    if missing := unspecified(spec, hard):
        return f"failed quota: {quota.name}: must specify {missing}"
    used = _used(store, quota, limits, hard)
    for name, amount in pod_usage(spec, hard).items():
        if hard[name] < (add(used[name], amount) if name in used else amount):
            return f"exceeded quota: {quota.name}: {name} is limited to {hard[name]}"
    return None


def _used(store: Store, quota: Obj, limits: list[Map], hard: dict[str, Quantity]) -> dict[str, Quantity]:
    """What the pods of a namespace use; terminating ones count until they are gone."""
    parts = []
    for cohort in store.cohorts.get(quota.namespace, {}).values():
        spec = with_limit_range(cohort.template.get("spec") or {}, limits)
        if in_scope(spec, quota.spec):
            parts += [({name: one}, _counted(cohort, name)) for name, one in pod_usage(spec, hard).items()]
    return total(parts)


def _counted(cohort: Cohort, name: str) -> int:
    """Ended pods count only as objects."""
    ended = cohort.counts[SUCCEEDED] + cohort.counts[FAILED]
    return len(cohort.pods) - (0 if name == "count/pods" else ended)
