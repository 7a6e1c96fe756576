"""Which changes the API server refuses, and of which fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kplan.model import Resource
from kplan.model.path import FieldPath

if TYPE_CHECKING:
    from kplan.validation.fault import Fault
    from kplan.validation.update import Refusal

_CLAIM = "PersistentVolumeClaim"


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that the API server refuses of a change.

    `anew` says that an object made anew in this form would be taken: it must be deleted first. Otherwise its new form
    is no good by itself.
    """

    refusal: Refusal
    anew: bool = True


def refused(
    before: Resource,
    after: Resource,
    live: dict[str, Any],
    new: dict[str, Any],
    minor: int,
    sides: tuple[Sequence[Resource], Sequence[Resource]] = ((), ()),
) -> tuple[Refused, ...]:
    """What is refused of the change of one object; `live` and `new` are its stored forms, `sides` all objects of both.

    Source: kubernetes v1.36 pkg/registry/*/strategy.go ValidateUpdate.
    """
    from kplan.validation.update import refusals

    if (before.api_version, before.data) == (after.api_version, after.data):
        return ()
    known = _with_status(before, live, sides[0])
    found = [Refused(refusal) for refusal in refusals(known, new, minor)]
    if after.kind == _CLAIM:
        found += [Refused(refusal) for refusal in _growth(after, known, new, sides)]
    return (*found, *_faults(after, live, new, minor))


def _with_status(before: Resource, live: dict[str, Any], others: Iterable[Resource]) -> dict[str, Any]:
    """The live object with the status that its manifest shows; a claim that pods mount is bound."""
    status = before.data.get("status")
    status = dict(status) if isinstance(status, dict) else {}
    if before.kind == _CLAIM and "phase" not in status and is_mounted(before, others):
        status["phase"] = "Bound"
    return {**live, "status": {**(live.get("status") or {}), **status}} if status else live


def is_mounted(claim: Resource, others: Iterable[Resource]) -> bool:
    """Whether a pod, or a workload's pod template, has a volume of this claim."""
    from kplan.kinds import pod_spec_path

    for resource in others:
        path = pod_spec_path(resource.kind)
        volumes = resource.get(*path, "volumes") if path and resource.ref.namespace == claim.ref.namespace else None
        for volume in volumes if isinstance(volumes, list) else ():
            source = volume.get("persistentVolumeClaim") if isinstance(volume, dict) else None
            if isinstance(source, dict) and source.get("claimName") == claim.ref.name:
                return True
    return False


def _growth(
    after: Resource,
    known: dict[str, Any],
    new: dict[str, Any],
    sides: tuple[Sequence[Resource], Sequence[Resource]],
) -> Iterator[Refusal]:
    """Bound claims may grow if their StorageClass says so; one that is not among the objects is taken to."""
    from kplan.validation.update.core_storage import expansion

    name = after.get("spec", "storageClassName")
    classes = [r for side in sides for r in side if r.kind == "StorageClass" and r.ref.name == name]
    if classes and (known.get("status") or {}).get("phase") == "Bound":
        yield from expansion(known, new, classes[-1].data)


def _faults(after: Resource, live: dict[str, Any], new: dict[str, Any], minor: int) -> Iterator[Refused]:
    """What is wrong with the object that comes of the change, and whether it is with the manifest alone."""
    from kplan.validation import validate
    from kplan.validation.update import Refusal

    faults = list(validate(new, minor, live))
    if not faults:
        return
    alone = {(fault.rule, fault.path) for fault in validate(after.data, minor)}
    for fault in faults:
        known = (fault.rule, fault.path) in alone
        yield Refused(Refusal("forbidden-update", fault, fault.message, (fault.path,)), not known)


def for_fields(found: Iterable[Refused], paths: Sequence[FieldPath]) -> list[Refusal | None]:
    """For the paths of the fields that differ: what the API server refuses there, None where it takes the change.

    A fault of no field that differs is that of the nearest one.
    """
    answers: list[Refusal | None] = [None] * len(paths)
    for each in found:
        refusal = each.refusal
        covered = [index for index, path in enumerate(paths) if refusal.covers(path)]
        for index in covered or [_nearest(refusal.fault, paths)]:
            answers[index] = answers[index] or refusal
    return answers


def _nearest(fault: Fault, paths: Sequence[FieldPath]) -> int:
    """The place of the path that shares most with the fault's."""

    def shared(path: FieldPath) -> int:
        same = [first == second for first, second in zip(path, fault.path, strict=False)]
        return same.index(False) if False in same else len(same)

    return max(range(len(paths)), key=lambda index: (shared(paths[index]), -index))
