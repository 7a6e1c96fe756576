"""Deployments, DaemonSets, ReplicaSets, StatefulSets and CronJobs from their betas to their v1.

Source: kubernetes v1.16 pkg/apis/{extensions,apps}/{v1beta1,v1beta2} defaults.go and conversion.go.
"""

from __future__ import annotations

from typing import Any, Final

from kplan.fixer.tree import Map, plain
from kplan.kinds import pod_spec_path

_UNLIMITED: Final = 2147483647
_ROLLBACK: Final = "deprecated.deployment.rollback.to"
_GENERATION: Final = "deprecated.daemonset.template.generation"
_BEFORE: Final = ("revisionHistoryLimit", "minReadySeconds", "replicas")
_AFTER: Final = ("selector", "strategy", "template")

_DEPLOYMENT_LIMITS: Final = {
    "extensions/v1beta1": {"revisionHistoryLimit": _UNLIMITED, "progressDeadlineSeconds": _UNLIMITED},
    "apps/v1beta1": {"revisionHistoryLimit": 2},
}
"""What the old version filled in where the new one fills in something else."""


def deployment(it: Map, old: str, notes: list[str]) -> None:
    """A Deployment of extensions/v1beta1, apps/v1beta1 or apps/v1beta2."""
    _rollback(it, notes)
    spec = _workload(it, old)
    if spec is None:
        return
    for name, limit in _DEPLOYMENT_LIMITS.get(old, {}).items():
        if not spec.has(name):
            spec.set(name, limit, after=_BEFORE, before=_AFTER)
    strategy = spec.map("strategy")
    kind = strategy.value("type") if strategy else None
    rolls = kind in (None, "", "RollingUpdate") or (strategy is not None and strategy.map("rollingUpdate") is not None)
    if old == "extensions/v1beta1" and rolls:
        rolling = spec.ensure("strategy", before=("template",)).ensure("rollingUpdate")
        _fill(rolling, {"maxSurge": 1, "maxUnavailable": 1})


def daemon_set(it: Map, old: str, notes: list[str]) -> None:
    """A DaemonSet of extensions/v1beta1 or apps/v1beta2."""
    spec = _workload(it, old)
    if spec is None or old != "extensions/v1beta1":
        return
    if not spec.value("updateStrategy", "type"):
        spec.ensure("updateStrategy", before=("template",)).set("type", "OnDelete")
    generation = spec.entry("templateGeneration")
    if generation is not None:
        _to_annotation(it, spec, "templateGeneration", _GENERATION, plain(generation.value))


def replica_set(it: Map, old: str, notes: list[str]) -> None:
    """A ReplicaSet of extensions/v1beta1 or apps/v1beta2."""
    _workload(it, old)


def stateful_set(it: Map, old: str, notes: list[str]) -> None:
    """A StatefulSet of apps/v1beta1 or apps/v1beta2."""
    spec = _workload(it, old)
    if spec is None:
        return
    if old == "apps/v1beta1" and not spec.value("updateStrategy", "type"):
        spec.ensure("updateStrategy", before=("template",)).set("type", "OnDelete")
    rolling = spec.map("updateStrategy", "rollingUpdate")
    if rolling is not None:
        _fill(rolling, {"partition": 0})


def cron_job(it: Map, old: str, notes: list[str]) -> None:
    """A CronJob of batch/v1beta1 or batch/v2alpha1."""
    _service_account(it)


def _workload(it: Map, old: str) -> Map | None:
    """What all workloads have in common: the service account, and selector and labels from the template."""
    _service_account(it)
    spec = it.map("spec")
    labels = spec.map("template", "metadata", "labels") if spec else None
    if spec is None or labels is None or old == "apps/v1beta2" or not plain(labels):
        return spec
    if not spec.has("selector"):
        spec.set("selector", {"matchLabels": plain(labels)}, before=("strategy", "updateStrategy", "template"))
    if not it.value("metadata", "labels"):
        it.ensure("metadata").set("labels", plain(labels), after=("labels", "namespace", "name"))
    return spec


def _service_account(it: Map) -> None:
    spec = it.map(*map(str, pod_spec_path(str(it.value("kind"))) or ("spec",)))
    if spec is not None and spec.has("serviceAccount") and not spec.value("serviceAccountName"):
        spec.set("serviceAccountName", spec.value("serviceAccount"), after=("serviceAccount",))


def _rollback(it: Map, notes: list[str]) -> None:
    spec = it.map("spec")
    if spec is None or not spec.has("rollbackTo"):
        return
    revision = spec.value("rollbackTo", "revision") or 0
    _to_annotation(it, spec, "rollbackTo", _ROLLBACK, revision)
    notes.append(
        f"`rollbackTo` is an order that nothing acts on in apps/v1: it is kept as the annotation `{_ROLLBACK}`"
    )


def _to_annotation(it: Map, spec: Map, field: str, key: str, value: Any) -> None:
    annotations = it.ensure("metadata").ensure("annotations")
    spec.drop(field)
    annotations.set(key, str(value))


def _fill(here: Map, defaults: dict[str, Any]) -> None:
    for name, value in defaults.items():
        if not here.has(name):
            here.set(name, value)
