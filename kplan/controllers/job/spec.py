"""What a Job asks for, with the values that the API server fills in."""

from __future__ import annotations

from typing import Final

from kplan.controllers.state import Map, Obj

REPLACEMENT_SINCE: Final = 29
"""The first minor that knows podReplacementPolicy and counts terminating pods."""
DELAYED_SINCE: Final = 31
"""The first minor in which a Job is Complete or Failed only when no pod terminates any more."""
CONTROLLER_NAME: Final = "kubernetes.io/job-controller"


def parallelism(job: Obj) -> int:
    """The most pods at a time."""
    value = job.spec.get("parallelism")
    return 1 if value is None else int(value)


def completions(job: Obj) -> int | None:
    """The number of pods that must succeed; None where the pods themselves know when the work is done."""
    value = job.spec.get("completions")
    return None if value is None else int(value)


def is_indexed(job: Obj) -> bool:
    """Whether each pod has a completion index."""
    return job.spec.get("completionMode") == "Indexed" and completions(job) is not None


def is_suspended(job: Obj) -> bool:
    """Whether the Job is to have no pods."""
    return bool(job.spec.get("suspend"))


def backoff_limit(job: Obj) -> int:
    """The number of failed pods that the Job survives."""
    value = job.spec.get("backoffLimit")
    return 6 if value is None else int(value)


def backoff_limit_per_index(job: Obj) -> int | None:
    """The number of failed pods that an index survives; None where indexes are not counted apart."""
    value = job.spec.get("backoffLimitPerIndex")
    return None if value is None or not is_indexed(job) else int(value)


def replaces_only_failed(job: Obj) -> bool:
    """Whether a pod is replaced when it has ended, and not when it begins to terminate.

    Source: kubernetes v1.36 pkg/controller/job onlyReplaceFailedPods.
    """
    return job.spec.get("podReplacementPolicy") == "Failed" or bool(failure_rules(job))


def failure_rules(job: Obj) -> list[Map]:
    """The rules of the pod failure policy."""
    return list((job.spec.get("podFailurePolicy") or {}).get("rules") or [])


def is_managed_elsewhere(job: Obj) -> bool:
    """Whether another controller than Kubernetes' own keeps the Job."""
    return job.spec.get("managedBy") not in (None, CONTROLLER_NAME)
