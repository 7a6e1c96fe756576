"""Deployments, ReplicaSets, StatefulSets and DaemonSets.

Source: kubernetes v1.36 pkg/apis/apps/validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.name import dns_label, dns_label_1035, dns_subdomain
from kplan.k8s.selector import label_selector as matcher
from kplan.validation.check import (
    Obj,
    Path,
    int_or_percent,
    int_or_percent_value,
    is_good_selector,
    label_selector,
    messages,
    nonnegative,
    not_above_100_percent,
    objects,
    one_of,
)
from kplan.validation.core_claim import claim_spec
from kplan.validation.core_pod import template_spec
from kplan.validation.fault import Fault, forbidden, invalid, required, unsupported
from kplan.validation.feature import dropped, on
from kplan.validation.meta import object_meta, template_meta

_SPEC: Path = ("spec",)
_TEMPLATE: Path = ("spec", "template")


def deployment(data: Obj, minor: int) -> Iterator[Fault]:
    """A Deployment."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data)
    yield from nonnegative(spec, "replicas", _SPEC)
    yield from _selector(spec, "deployment")
    yield from _replica_template(spec, minor)
    yield from _strategy(spec.get("strategy") or {}, (*_SPEC, "strategy"))
    for key in ("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"):
        yield from nonnegative(spec, key, _SPEC)
    rollback = spec.get("rollbackTo")
    if rollback:
        yield from nonnegative(rollback, "revision", (*_SPEC, "rollbackTo"))
    deadline, ready = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds") or 0
    if deadline is None:
        deadline = 600
    if deadline <= ready:
        yield invalid((*_SPEC, "progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds")


def replica_set(data: Obj, minor: int) -> Iterator[Fault]:
    """A ReplicaSet."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data)
    yield from nonnegative(spec, "replicas", _SPEC)
    yield from nonnegative(spec, "minReadySeconds", _SPEC)
    yield from _selector(spec, "deployment")
    yield from _replica_template(spec, minor)


def _selector(spec: Obj, kind: str) -> Iterator[Fault]:
    selector, here = spec.get("selector"), (*_SPEC, "selector")
    if selector is None:
        yield required(here)
        return
    yield from label_selector(selector, here)
    if _is_empty(selector):
        yield invalid(here, selector, f"empty selector is invalid for {kind}")
    if not _can_match(selector):
        yield invalid(here, selector, "invalid label selector")


def _is_empty(selector: Obj) -> bool:
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def _can_match(selector: Obj) -> bool:
    """Whether the server can make a matcher of the selector."""
    return is_good_selector(selector)


def _mismatch(spec: Obj) -> Iterator[Fault]:
    """The selector must match the template's labels."""
    selector = spec.get("selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if selector is not None:
        if _is_empty(selector) or not _can_match(selector):
            return
        if matcher(selector).matches({key: value or "" for key, value in labels.items()}):
            return
    text = "`selector` does not match template `labels`"
    yield invalid((*_TEMPLATE, "metadata", "labels"), labels, text)


def _replica_template(spec: Obj, minor: int) -> Iterator[Fault]:
    if spec.get("selector") is not None and not _can_match(spec["selector"]):
        return
    yield from _mismatch(spec)
    yield from template_spec(spec.get("template"), _TEMPLATE, minor)
    pod: Obj = (spec.get("template") or {}).get("spec") or {}
    yield from _always_restarts(pod, "ReplicaSet")


def _always_restarts(pod: Obj, kind: str) -> Iterator[Fault]:
    policy = pod.get("restartPolicy") or "Always"
    if policy != "Always":
        yield unsupported((*_TEMPLATE, "spec", "restartPolicy"), policy, ("Always",))
    if pod.get("activeDeadlineSeconds") is not None:
        text = f"activeDeadlineSeconds in {kind} is not Supported"
        yield forbidden((*_TEMPLATE, "spec", "activeDeadlineSeconds"), text)


def _strategy(strategy: Obj, path: Path) -> Iterator[Fault]:
    kind, rolling = strategy.get("type") or "RollingUpdate", strategy.get("rollingUpdate")
    here = (*path, "rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            yield forbidden(here, "may not be specified when strategy `type` is 'Recreate'")
    elif kind != "RollingUpdate":
        yield unsupported(path, strategy, ("Recreate", "RollingUpdate"))
    elif rolling:
        unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
        yield from int_or_percent(unavailable, (*here, "maxUnavailable"))
        yield from int_or_percent(surge, (*here, "maxSurge"))
        both_given = unavailable is not None and surge is not None
        if both_given and int_or_percent_value(unavailable) == 0 == int_or_percent_value(surge):
            yield invalid((*here, "maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0")
        yield from not_above_100_percent(unavailable, (*here, "maxUnavailable"))


def daemon_set(data: Obj, minor: int) -> Iterator[Fault]:
    """A DaemonSet."""
    spec: Obj = data.get("spec") or {}
    selector, here = spec.get("selector"), (*_SPEC, "selector")
    yield from object_meta(data)
    yield from label_selector(selector, here)
    if selector is None or _can_match(selector):
        yield from _mismatch(spec)
    if selector is not None and _is_empty(selector):
        yield invalid(here, selector, "empty selector is invalid for daemonset")
    yield from template_spec(spec.get("template"), _TEMPLATE, minor)
    yield from _always_restarts((spec.get("template") or {}).get("spec") or {}, "DaemonSet")
    yield from nonnegative(spec, "minReadySeconds", _SPEC)
    yield from _daemon_strategy(spec.get("updateStrategy") or {}, (*_SPEC, "updateStrategy"))
    yield from nonnegative(spec, "revisionHistoryLimit", _SPEC)


def _daemon_strategy(strategy: Obj, path: Path) -> Iterator[Fault]:
    kind, rolling = strategy.get("type") or "RollingUpdate", strategy.get("rollingUpdate")
    here = (*path, "rollingUpdate")
    if kind not in ("RollingUpdate", "OnDelete"):
        yield unsupported(path, strategy, ("RollingUpdate", "OnDelete"))
    if kind != "RollingUpdate" or not rolling:
        return
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    unavailable = 1 if unavailable is None else unavailable
    surge = 0 if surge is None else surge
    yield from int_or_percent(unavailable, (*here, "maxUnavailable"))
    yield from not_above_100_percent(unavailable, (*here, "maxUnavailable"))
    yield from int_or_percent(surge, (*here, "maxSurge"))
    yield from not_above_100_percent(surge, (*here, "maxSurge"))
    if int_or_percent_value(unavailable) == 0 == int_or_percent_value(surge):
        yield required((*here, "maxUnavailable"), "cannot be 0 when maxSurge is 0")
    if int_or_percent_value(unavailable) != 0 and int_or_percent_value(surge) != 0:
        yield invalid((*here, "maxSurge"), surge, "may not be set when maxUnavailable is non-zero")


def stateful_set(data: Obj, minor: int) -> Iterator[Fault]:
    """A StatefulSet."""
    spec: Obj = data.get("spec") or {}
    yield from object_meta(data, dns_label if on("StatefulSetLabelName", minor) else dns_subdomain)
    if spec.get("podManagementPolicy") and spec["podManagementPolicy"] not in ("OrderedReady", "Parallel"):
        text = "must be 'OrderedReady' or 'Parallel'"
        yield invalid((*_SPEC, "podManagementPolicy"), spec["podManagementPolicy"], text)
    yield from _stateful_strategy(spec.get("updateStrategy") or {}, (*_SPEC, "updateStrategy"))
    yield from _claim_retention(spec, minor)
    yield from nonnegative(spec, "replicas", _SPEC)
    yield from nonnegative(spec, "minReadySeconds", _SPEC)
    if spec.get("ordinals") and not dropped("apps.StatefulSetSpec", "Ordinals", minor):
        yield from nonnegative(spec["ordinals"], "start", (*_SPEC, "ordinals"))
    yield from _selector(spec, "statefulset")
    if spec.get("selector") is None or _can_match(spec["selector"]):
        yield from _mismatch(spec)
        if on("StatefulSetPodTemplate", minor):
            yield from template_spec(_as_made(spec), _TEMPLATE, minor)
        else:
            meta = (spec.get("template") or {}).get("metadata")
            yield from template_meta(meta, _TEMPLATE)
    yield from _always_restarts((spec.get("template") or {}).get("spec") or {}, "StatefulSet")
    name = spec.get("serviceName")
    if name and on("StatefulSetServiceName", minor):
        rule = dns_label if on("RelaxedServiceNameValidation", minor) else dns_label_1035
        yield from messages((*_SPEC, "serviceName"), name, rule(name))
    if on("StatefulSetClaimTemplates", minor):
        for index, claim in objects(spec.get("volumeClaimTemplates")):
            yield from _claim_template(claim, (*_SPEC, "volumeClaimTemplates", index), minor)


def _as_made(spec: Obj) -> Obj:
    """The template as the controller makes pods of it: it sets the names, and puts its claims before the volumes."""
    template: Obj = spec.get("template") or {}
    pod: Obj = template.get("spec") or {}
    claims = spec.get("volumeClaimTemplates")
    if not claims and "hostname" not in pod and "subdomain" not in pod:
        return template
    names = dict.fromkeys((claim.get("metadata") or {}).get("name") or "" for _, claim in objects(claims))
    made = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]
    kept = [volume for _, volume in objects(pod.get("volumes")) if (volume.get("name") or "") not in names]
    rest = {key: value for key, value in pod.items() if key not in ("hostname", "subdomain")}
    return {**template, "spec": {**rest, "volumes": made + kept}}


def _claim_template(claim: Obj, path: Path, minor: int) -> Iterator[Fault]:
    yield from template_meta(claim.get("metadata"), (*path, "metadata"))
    yield from claim_spec(claim.get("spec") or {}, (*path, "spec"), minor)


def _stateful_strategy(strategy: Obj, path: Path) -> Iterator[Fault]:
    kind, rolling = strategy.get("type") or "RollingUpdate", strategy.get("rollingUpdate")
    here = (*path, "rollingUpdate")
    if kind == "OnDelete":
        if rolling is not None:
            yield invalid(here, rolling, "only allowed for updateStrategy 'RollingUpdate'")
    elif kind == "RollingUpdate":
        yield from nonnegative(rolling or {}, "partition", here)
    else:
        yield invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")


def _claim_retention(spec: Obj, minor: int) -> Iterator[Fault]:
    policy = spec.get("persistentVolumeClaimRetentionPolicy")
    if not policy or dropped("apps.StatefulSetSpec", "PersistentVolumeClaimRetentionPolicy", minor):
        return
    for key in ("whenDeleted", "whenScaled"):
        at = (*_SPEC, "persistentVolumeClaimRetentionPolicy", key)
        yield from one_of(policy.get(key) or "Retain", ("Delete", "Retain"), at)


CHECKS = {
    "Deployment": deployment,
    "ReplicaSet": replica_set,
    "DaemonSet": daemon_set,
    "StatefulSet": stateful_set,
}
