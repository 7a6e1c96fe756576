"""Changes of Pods.

Source: kubernetes v1.36 pkg/apis/core/validation ValidatePodUpdate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kplan.k8s.qos import qos_class
from kplan.model.path import FieldPath
from kplan.validation.update.meta import pod_annotations
from kplan.validation.update.refusal import (
    Obj,
    Refusal,
    at,
    fixed_field,
    fixed_value,
    without,
    wrong_field,
    wrong_value,
)

_UPDATABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_LISTS = ("containers", "initContainers")
_FREE: tuple[FieldPath, ...] = (
    *(("spec", name, "*", "image") for name in _LISTS),
    *(("spec", name) for name in ("activeDeadlineSeconds", "tolerations", "schedulingGates")),
)
_NODE_AFFINITY: FieldPath = ("spec", "affinity", "nodeAffinity")
_QOS_IMMUTABLE = range(27, 32)


def pod(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A Pod keeps what it is; images may change, and what is asked of scheduler and kubelet in one direction."""
    yield from pod_annotations(before, after)
    old, new = _spec(before), _spec(after)
    if minor in _QOS_IMMUTABLE and (qos := qos_class(new)) != qos_class(old):
        resources = [("spec", name, "*", "resources") for name in _LISTS]
        yield fixed_value(("metadata",), qos, "Pod QoS is immutable", *resources)
    for name in _LISTS:
        if len(old.get(name, ())) != len(new.get(name, ())):
            yield fixed_field(("spec", name), "pod updates may not add or remove containers")
            return
    yield from _deadline(old.get("activeDeadlineSeconds"), new.get("activeDeadlineSeconds"))
    yield from _tolerations(old.get("tolerations", []), new.get("tolerations", []))
    yield from _gates(old.get("schedulingGates", []), new.get("schedulingGates", []))
    gated = bool(old.get("schedulingGates"))
    if gated:
        yield from _node_selector(old.get("nodeSelector", {}), new.get("nodeSelector", {}))
        yield from _node_affinity(at(old, "affinity", "nodeAffinity"), at(new, "affinity", "nodeAffinity"))
    if _fixed_part(old, old, gated) != _fixed_part(new, old, gated):
        free = (*_FREE, ("spec", "nodeSelector"), _NODE_AFFINITY) if gated else _FREE
        yield fixed_field(("spec",), _UPDATABLE, free=free)


def _spec(data: Obj) -> Obj:
    """A pod's spec as the server has it inside: a grace period below 0 is 1."""
    spec: Obj = data.get("spec") or {}
    grace = spec.get("terminationGracePeriodSeconds")
    return {**spec, "terminationGracePeriodSeconds": 1} if grace is not None and grace < 0 else spec


def _fixed_part(spec: Obj, old: Obj, gated: bool) -> Obj:
    """What may not change at all, with the fields that other rules are for taken away."""
    found = without(spec, "activeDeadlineSeconds", "tolerations", "schedulingGates")
    for name in _LISTS:
        if name in found:
            found[name] = [without(container, "image") for container in found[name]]
    if gated:
        found.pop("nodeSelector", None)
        affinity = without(found.pop("affinity", None) or {}, "nodeAffinity")
        if affinity or _is_odd(spec, old):
            found["affinity"] = affinity
    return found


def _is_odd(spec: Obj, old: Obj) -> bool:
    """An affinity that says nothing is not no affinity, unless node affinity came with it or was there before."""
    same = at(spec, "affinity", "nodeAffinity") == at(old, "affinity", "nodeAffinity")
    return "affinity" in spec and same and ("affinity" in old) is not ("affinity" in spec)


def _deadline(old: int | None, new: int | None) -> Iterator[Refusal]:
    path = ("spec", "activeDeadlineSeconds")
    if old is None:
        return
    if new is None:
        yield wrong_value(path, None, "must not update from a positive integer to nil value")
    elif new > old:
        yield wrong_value(path, new, "must be less than or equal to previous value")


def _tolerations(old: list[Obj], new: list[Obj]) -> Iterator[Refusal]:
    kept = [without(toleration, "tolerationSeconds") for toleration in new]
    if any(without(toleration, "tolerationSeconds") not in kept for toleration in old):
        text = "existing toleration can not be modified except its tolerationSeconds"
        yield wrong_field(("spec", "tolerations"), text)


def _gates(old: list[Obj], new: list[Obj]) -> Iterator[Refusal]:
    known = {gate.get("name") for gate in old}
    for index, gate in enumerate(new):
        if gate.get("name") not in known:
            text = f"only deletion is allowed, but found new scheduling gate '{gate.get('name', '')}'"
            yield wrong_field(("spec", "schedulingGates", index, "name"), text, ("spec", "schedulingGates"))


def _node_selector(old: dict[str, str], new: dict[str, str]) -> Iterator[Refusal]:
    if any(new.get(key) != value for key, value in old.items()):
        text = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        yield wrong_value(("spec", "nodeSelector"), new, text)


def _node_affinity(old: Any, new: Any) -> Iterator[Refusal]:
    """Requirements of a gated pod may get more, and not fewer or others."""
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    terms, found = (at(each, required, "nodeSelectorTerms") or [] for each in (old, new))
    path: FieldPath = (*_NODE_AFFINITY, required, "nodeSelectorTerms")
    if terms and len(terms) != len(found):
        text = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        yield wrong_value(path, found, text, _NODE_AFFINITY)
        return
    for index, (before, after) in enumerate(zip(terms, found, strict=False)):
        if not _only_adds(before, after):
            yield wrong_value((*path, index), after, "only additions are allowed (no mutations or deletions)")


def _only_adds(old: Obj, new: Obj) -> bool:
    names = ("matchExpressions", "matchFields")
    if not any(old.get(name) for name in names):
        return not any(new.get(name) for name in names)
    return all((new.get(name) or [])[: len(old.get(name) or ())] == (old.get(name) or []) for name in names)


CHECKS = {"Pod": pod}
