"""Changes of Jobs. A CronJob may change in any way: it acts on the next Job that it makes.

Source: kubernetes v1.36 pkg/apis/batch/validation ValidateJobSpecUpdate; pkg/registry/batch/job strategy.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model.path import FieldPath
from kplan.validation.fault import invalid
from kplan.validation.update.refusal import (
    IMMUTABLE,
    Obj,
    Refusal,
    at,
    differs,
    fixed_value,
    immutable,
    without,
    wrong_value,
)

_TEMPLATE = ("spec", "template")
_POD: FieldPath = (*_TEMPLATE, "spec")
_DIRECTIVES: tuple[FieldPath, ...] = (
    (*_TEMPLATE, "metadata", "labels"),
    (*_TEMPLATE, "metadata", "annotations"),
    (*_POD, "nodeSelector"),
    (*_POD, "tolerations"),
    (*_POD, "schedulingGates"),
    (*_POD, "affinity", "nodeAffinity"),
)
_RESOURCES: tuple[FieldPath, ...] = tuple((*_POD, name, "*", "resources") for name in ("containers", "initContainers"))
_DIRECTIVES_FROM = 23
_GATES_FROM = 27
_ELASTIC_FROM = 27
_RESOURCES_FROM = 36


def job(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A Job keeps its pods' form and its way to count them; while it waits, their size and place may change."""
    yield from _completions(before, after, minor)
    yield from immutable(before, after, "spec", "selector")
    yield from _template(before, after, minor)
    for name in ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"):
        yield from immutable(before, after, "spec", name)


def _completions(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    path = ("spec", "completions")
    if not differs(before, after, *path):
        return
    if minor < _ELASTIC_FROM or at(after, "spec", "completionMode") != "Indexed":
        yield fixed_value(path, at(after, *path), IMMUTABLE)
    elif at(after, *path) != at(after, "spec", "parallelism"):
        text = "can only be modified in tandem with spec.parallelism"
        yield wrong_value(path, at(after, *path), text)


def _template(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    old, new = (at(data, *_TEMPLATE) or {} for data in (before, after))
    directives, resources = _is_open(before, minor, _DIRECTIVES_FROM), _is_open(before, minor, _RESOURCES_FROM)
    if directives:
        old, new = _without_directives(old, minor), _without_directives(new, minor)
    if resources:
        old, new = _without_resources(old, new), _without_resources(new, old)
    if old != new:
        free = (*(_DIRECTIVES if directives else ()), *(_RESOURCES if resources else ()))
        path = _POD if resources else _TEMPLATE
        yield Refusal("immutable-field", invalid(path, new, IMMUTABLE), IMMUTABLE, (_TEMPLATE,), free)


def _is_open(before: Obj, minor: int, since: int) -> bool:
    """Whether parts of the template may change: the Job is suspended, and no pod of it runs or has run.

    Since 1.36 it may have run before, if the controller says that all of it is stopped.
    """
    if minor < since or not at(before, "spec", "suspend"):
        return False
    never = at(before, "status", "startTime") is None
    if minor < _RESOURCES_FROM:
        return never
    stopped = any(
        condition.get("type") == "Suspended" and condition.get("status") == "True"
        for condition in at(before, "status", "conditions") or ()
    )
    return (never or stopped) and not at(before, "status", "active")


def _without_directives(template: Obj, minor: int) -> Obj:
    names = ("nodeSelector", "tolerations", "schedulingGates")[: 3 if minor >= _GATES_FROM else 2]
    pod = without(template.get("spec") or {}, *names)
    affinity = without(pod.pop("affinity", None) or {}, "nodeAffinity")
    if affinity:
        pod["affinity"] = affinity
    meta = without(template.get("metadata") or {}, "labels", "annotations")
    return {**template, "metadata": meta, "spec": pod}


def _without_resources(template: Obj, other: Obj) -> Obj:
    """The template without its containers' resources, where both sides have as many containers."""
    pod = dict(template.get("spec") or {})
    for name in ("containers", "initContainers"):
        if len(pod.get(name) or ()) == len(at(other, "spec", name) or ()) and pod.get(name):
            pod[name] = [without(container, "resources") for container in pod[name]]
    return {**template, "spec": pod}


CHECKS = {"Job": job}
