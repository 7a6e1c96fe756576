"""Jobs and CronJobs.

Source: kubernetes v1.36 pkg/apis/batch/validation; pkg/registry/batch/job generateSelector.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.name import dns_label, dns_subdomain, domain_prefixed_path, label_value
from kplan.k8s.selector import label_selector as matcher
from kplan.validation.batch_policy import pod_failure_policy, success_policy
from kplan.validation.check import (
    Obj,
    Path,
    is_good_selector,
    joined,
    label_selector,
    messages,
    nonnegative,
    one_of,
)
from kplan.validation.core_pod import template_spec
from kplan.validation.fault import Fault, Key, invalid, required, too_long, unsupported
from kplan.validation.feature import dropped, on
from kplan.validation.meta import object_meta

_SPEC: Path = ("spec",)
_LIMIT = 100_000
_HIGH_LIMIT = 10_000
_UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
_NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_RESTARTS = '"OnFailure", "Never"'


def job(data: Obj, minor: int) -> Iterator[Fault]:
    """A Job."""
    spec: Obj = data.get("spec") or {}
    meta: Obj = data.get("metadata") or {}
    name = meta.get("name") or (f"{meta['generateName']}xxxxx" if meta.get("generateName") else "")
    yield from object_meta(data)
    if spec.get("manualSelector"):
        yield from _manual_selector(spec)
    else:
        yield from _generated(spec, name)
    yield from job_spec(spec, _SPEC, minor)
    completions = spec.get("completions") or 0
    if spec.get("completionMode") == "Indexed" and completions > 0:
        host = f"{name}-{int(completions) - 1}"
        if wrong := dns_label(host):
            text = f"will not able to create pod with invalid DNS label: {host}"
            yield invalid(("metadata", "name"), name, text + (f" ({joined(wrong)})" if not name else ""))


def _generated(spec: Obj, name: str) -> Iterator[Fault]:
    """The labels and the selector that the server adds, next to those that were written."""
    here: Path = ("spec", "template", "metadata", "labels")
    given: Obj = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    for key in _UID_LABELS:
        if key in given:
            yield invalid((*here, Key(key)), given, "must be the uid of the Job")
    for key in _NAME_LABELS:
        if key in given and given[key] != name:
            yield invalid((*here, Key(key)), given, f"must be '{name}'")
    yield from messages(("spec", "template", "labels"), name, label_value(name))
    selector = spec.get("selector")
    if not selector:
        return
    yield from label_selector(selector, ("spec", "selector"))
    if not is_good_selector(selector):
        return
    added = {**dict.fromkeys(_UID_LABELS, "\0uid"), **dict.fromkeys(_NAME_LABELS, name)}
    if not matcher(selector).matches(added):
        yield invalid(("spec", "selector"), selector, "`selector` not auto-generated")
    if not matcher(selector).matches({**added, **{k: v or "" for k, v in given.items()}}):
        yield invalid(here, given, "`selector` does not match template `labels`")


def _manual_selector(spec: Obj) -> Iterator[Fault]:
    selector = spec.get("selector")
    if selector is None:
        yield required((*_SPEC, "selector"))
    yield from label_selector(selector, (*_SPEC, "selector"))
    labels: Obj = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if is_good_selector(selector) and not matcher(selector).matches({k: v or "" for k, v in labels.items()}):
        at = (*_SPEC, "template", "metadata", "labels")
        yield invalid(at, labels, "`selector` does not match template `labels`")


def job_spec(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    """The spec of a Job, but for its selector."""
    for key in ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"):
        yield from nonnegative(spec, key, path)
    kind = "batch.JobSpec"
    if not dropped(kind, "BackoffLimitPerIndex", minor):
        yield from _per_index(spec, path)
    manager = spec.get("managedBy")
    if manager is not None and not dropped(kind, "ManagedBy", minor):
        yield from messages((*path, "managedBy"), manager, domain_prefixed_path(manager))
        if len(manager.encode()) > 63:
            yield too_long((*path, "managedBy"), 63)
    if spec.get("completionMode") is not None:
        yield from one_of(spec["completionMode"], ("NonIndexed", "Indexed"), (*path, "completionMode"))
    if spec.get("completionMode") == "Indexed":
        yield from _indexed(spec, path)
    elif spec.get("completionMode") in (None, "NonIndexed"):
        yield from _not_indexed(spec, path, minor)
    if spec.get("podFailurePolicy") is not None:
        yield from pod_failure_policy(spec, (*path, "podFailurePolicy"))
    if spec.get("successPolicy") is not None and not dropped(kind, "SuccessPolicy", minor):
        yield from success_policy(spec, (*path, "successPolicy"))
    yield from _replacement(spec, path, minor)
    yield from template_spec(spec.get("template"), (*path, "template"), minor)
    yield from _restart(spec, (*path, "template", "spec", "restartPolicy"))


def _replacement(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    policy, here = spec.get("podReplacementPolicy"), (*path, "podReplacementPolicy")
    if policy is None or dropped("batch.JobSpec", "PodReplacementPolicy", minor):
        return
    if spec.get("podFailurePolicy") is not None:
        yield from one_of(policy, ("Failed",), here)
    else:
        yield from one_of(policy, ("Failed", "TerminatingOrFailed"), here)


def _per_index(spec: Obj, path: Path) -> Iterator[Fault]:
    yield from nonnegative(spec, "backoffLimitPerIndex", path)
    yield from nonnegative(spec, "maxFailedIndexes", path)
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        yield required((*path, "backoffLimitPerIndex"), "when maxFailedIndexes is specified")


def _indexed(spec: Obj, path: Path) -> Iterator[Fault]:
    completions, parallelism = spec.get("completions"), spec.get("parallelism")
    if completions is None:
        yield required((*path, "completions"), "when completion mode is Indexed")
    if parallelism is not None and parallelism > _LIMIT:
        text = f"must be less than or equal to {_LIMIT} when completion mode is Indexed"
        yield invalid((*path, "parallelism"), parallelism, text)
    if completions is not None:
        yield from _failed_indexes(spec, path)


def _failed_indexes(spec: Obj, path: Path) -> Iterator[Fault]:
    completions, failed, here = spec["completions"], spec.get("maxFailedIndexes"), (*path, "maxFailedIndexes")
    if failed is not None and failed > completions:
        yield invalid(here, failed, "must be less than or equal to completions")
    if failed is not None and failed > _LIMIT:
        yield invalid(here, failed, f"must be less than or equal to {_LIMIT}")
    if completions <= _LIMIT or spec.get("backoffLimitPerIndex") is None:
        return
    when = "when completions are above 100000 and used with backoff limit per index"
    if failed is None:
        yield required(here, "must be specified when completions is above 100000")
    elif failed > _HIGH_LIMIT:
        yield invalid(here, failed, f"must be less than or equal to {_HIGH_LIMIT} {when}")
    parallelism = spec.get("parallelism")
    if parallelism is not None and parallelism > _HIGH_LIMIT:
        yield invalid((*path, "parallelism"), parallelism, f"must be less than or equal to {_HIGH_LIMIT} {when}")


def _not_indexed(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    text, kind = "requires indexed completion mode", "batch.JobSpec"
    for key, field in (
        ("backoffLimitPerIndex", "BackoffLimitPerIndex"),
        ("maxFailedIndexes", "MaxFailedIndexes"),
        ("successPolicy", "SuccessPolicy"),
    ):
        if spec.get(key) is not None and not dropped(kind, field, minor):
            yield invalid((*path, key), spec[key], text)


def _restart(spec: Obj, path: Path) -> Iterator[Fault]:
    policy = ((spec.get("template") or {}).get("spec") or {}).get("restartPolicy") or "Always"
    if policy == "Always":
        yield required(path, f"valid values: {_RESTARTS}")
    elif policy not in ("OnFailure", "Never"):
        yield unsupported(path, policy, ("OnFailure", "Never"))
    elif policy != "Never" and spec.get("podFailurePolicy") is not None:
        yield invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')


def cron_job(data: Obj, minor: int) -> Iterator[Fault]:
    """A CronJob."""
    spec: Obj = data.get("spec") or {}
    name = (data.get("metadata") or {}).get("name") or ""
    yield from object_meta(data, dns_subdomain)
    if len(name) > 52:
        yield invalid(("metadata", "name"), name, "must be no more than 52 characters")
    if not spec.get("schedule"):
        yield required((*_SPEC, "schedule"))
    else:
        yield from _schedule(spec, (*_SPEC, "schedule"), minor)
    yield from nonnegative(spec, "startingDeadlineSeconds", _SPEC)
    if spec.get("concurrencyPolicy"):
        yield from one_of(spec["concurrencyPolicy"], ("Allow", "Forbid", "Replace"), (*_SPEC, "concurrencyPolicy"))
    for key in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        yield from nonnegative(spec, key, _SPEC)
    if spec.get("timeZone") is not None and not dropped("batch.CronJobSpec", "TimeZone", minor):
        yield from _time_zone(spec["timeZone"], (*_SPEC, "timeZone"))
    yield from _job_template((spec.get("jobTemplate") or {}).get("spec") or {}, minor)


def _job_template(spec: Obj, minor: int) -> Iterator[Fault]:
    here: Path = ("spec", "jobTemplate", "spec")
    yield from job_spec(spec, here, minor)
    if spec.get("selector") is not None:
        yield invalid((*here, "selector"), spec["selector"], "`selector` will be auto-generated")
    if spec.get("manualSelector"):
        yield unsupported((*here, "manualSelector"), True, ("nil", "false"))


def _schedule(spec: Obj, path: Path, minor: int) -> Iterator[Fault]:
    from kplan.k8s.cron import schedule_error

    schedule = spec["schedule"]
    if error := schedule_error(schedule):
        yield invalid(path, schedule, error)
    if "TZ" in schedule and spec.get("timeZone") is not None:
        yield invalid(path, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule")
    elif "TZ" in schedule and on("CronTimeZonePrefix", minor):
        yield invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")


def _time_zone(name: Any, path: Path) -> Iterator[Fault]:
    from kplan.k8s.cron import is_time_zone

    if not name:
        yield invalid(path, name, "timeZone must be nil or non-empty string")
    elif name.lower() == "local":
        text = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        yield invalid(path, name, text)
    elif not is_time_zone(name):
        yield invalid(path, name, f"unknown time zone {name}")


CHECKS = {"Job": job, "CronJob": cron_job}
