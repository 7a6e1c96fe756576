"""Changes of Deployments, ReplicaSets, StatefulSets, DaemonSets and ControllerRevisions.

Source: kubernetes v1.36 pkg/apis/apps/validation, pkg/registry/apps/*/strategy.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model.path import FieldPath
from kplan.validation.update.refusal import Obj, Refusal, fixed, fixed_field, immutable, without

_LOOSE_VERSIONS = ("extensions/v1beta1", "apps/v1beta1")
"""In these a selector could be changed."""


def selector(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A workload keeps its selector: its pods would be nobody's."""
    del minor
    if after.get("apiVersion") not in _LOOSE_VERSIONS:
        yield from immutable(before, after, "spec", "selector")


_FREE = (
    ("replicas", 0),
    ("ordinals", 26),
    ("template", 0),
    ("updateStrategy", 0),
    ("revisionHistoryLimit", 33),
    ("persistentVolumeClaimRetentionPolicy", 23),
    ("minReadySeconds", 22),
)
"""Fields of a StatefulSet that may change, and the first minor in which they may."""


def stateful_set(before: Obj, after: Obj, minor: int) -> Iterator[Refusal]:
    """A StatefulSet keeps all of its spec but what says how many pods there are, of what form, and how they change."""
    names = [name for name, since in _FREE if minor >= since]
    old, new = (without(data.get("spec") or {}, *names) for data in (before, after))
    if old != new:
        listed = ", ".join(f"'{name}'" for name in names[:-1])
        text = f"updates to statefulset spec for fields other than {listed} and '{names[-1]}' are forbidden"
        free: tuple[FieldPath, ...] = tuple(("spec", name) for name in names)
        yield fixed_field(("spec",), text, free=free)


CHECKS = {
    "Deployment": selector,
    "ReplicaSet": selector,
    "DaemonSet": selector,
    "StatefulSet": stateful_set,
    "ControllerRevision": fixed(("data",)),
}
