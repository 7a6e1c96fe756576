"""Defaults of the group batch.

Source: kubernetes v1.36 pkg/apis/batch/v1 defaults.go; pkg/registry/batch/job strategy.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from kplan.defaults.pod import default_template

Value: TypeAlias = dict[str, Any]

_COMPLETION_MODE = 22
_SUSPEND = 22
_POD_REPLACEMENT = 29
_MANUAL_SELECTOR = 29
_NAME_LABELS = 27
_TRACKING = range(25, 27)
_UNLIMITED = 2**31 - 1


def default_job(value: Value, minor: int) -> None:
    """Job; the labels and the selector that hold its uid are left out."""
    spec = value.setdefault("spec", {})
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", _UNLIMITED if "backoffLimitPerIndex" in spec else 6)
    if minor >= _COMPLETION_MODE:
        spec.setdefault("completionMode", "NonIndexed")
    if minor >= _SUSPEND:
        spec.setdefault("suspend", False)
    if minor >= _POD_REPLACEMENT:
        spec.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed")
    if minor >= _MANUAL_SELECTOR:
        spec.setdefault("manualSelector", False)
    _default_labels(value, minor)
    if minor in _TRACKING:
        value["metadata"].setdefault("annotations", {})["batch.kubernetes.io/job-tracking"] = ""
    default_job_spec(spec, minor)


def default_job_spec(spec: Value, minor: int) -> None:
    """What a Job's spec and that in a CronJob's template have in common."""
    for rule in spec.get("podFailurePolicy", {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            pattern.setdefault("status", "True")
    default_template(spec.setdefault("template", {}), minor)


def _default_labels(value: Value, minor: int) -> None:
    """The template wears the Job's name; the Job wears its template's labels where it has none."""
    spec, metadata = value["spec"], value.setdefault("metadata", {})
    labels = spec.setdefault("template", {}).setdefault("metadata", {}).setdefault("labels", {})
    if not spec.get("manualSelector"):
        names = ("job-name", "batch.kubernetes.io/job-name") if minor >= _NAME_LABELS else ("job-name",)
        for name in names:
            labels.setdefault(name, metadata.get("name", ""))
    if not metadata.get("labels"):
        metadata["labels"] = dict(labels)


def default_cron_job(value: Value, minor: int) -> None:
    """CronJob; the Jobs that it makes are filled in when they are made."""
    spec = value.setdefault("spec", {})
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    default_job_spec(spec.setdefault("jobTemplate", {}).setdefault("spec", {}), minor)


DEFAULTS = {
    "batch/v1.Job": default_job,
    "batch/v1.CronJob": default_cron_job,
    "batch/v1beta1.CronJob": default_cron_job,
}
