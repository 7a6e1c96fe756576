"""Pods and claims as admission sees them: with what a namespace's LimitRanges fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kplan.k8s.limit_range import with_limit_range
from kplan.model import FieldPath, Resource
from kplan.rules.context import Context
from kplan.rules.pod import dicts, pod_source

Map = dict[str, Any]

POD_KINDS = (
    "Pod",
    "ReplicationController",
    "apps/DaemonSet",
    "apps/Deployment",
    "apps/ReplicaSet",
    "apps/StatefulSet",
    "batch/CronJob",
    "batch/Job",
)
"""The built-in kinds that make pods."""


class Asked(NamedTuple):
    """The pods that one object asks for: their spec, where that is, and how many (0 where that is not known)."""

    owner: Resource
    spec: Map
    path: FieldPath
    replicas: int


def limit_items(limit_range: Resource) -> list[Map]:
    """The items of a LimitRange."""
    return list(dicts(limit_range.get("spec", "limits")))


def together(one: Resource, other: Resource, context: Context) -> bool:
    """Whether two objects live in one namespace and are applied together."""
    return one.ref.namespace == other.ref.namespace and context.build_of(one) == context.build_of(other)


def asked_pods(owner: Resource, context: Context) -> Asked | None:
    """The pods that a built-in object asks for, None for one that makes none."""
    source = pod_source(owner)
    spec = owner.get(*source.path, "spec") if source else None
    if source is None or not isinstance(spec, dict) or owner.ref.group not in ("", "apps", "batch"):
        return None
    limits = [item for r in context.of_kinds(("LimitRange",)) if together(r, owner, context) for item in limit_items(r)]
    return Asked(owner, with_limit_range(spec, limits), (*source.path, "spec"), pod_count(owner))


def pod_count(owner: Resource) -> int:
    """How many pods an object asks for at once; 0 where the nodes, an autoscaler or the clock decide."""
    if owner.kind == "Pod":
        return 1
    field = {"Job": "parallelism", "DaemonSet": None, "CronJob": None}.get(owner.kind, "replicas")
    if field is None or (owner.kind == "Job" and owner.get("spec", "suspend") is True):
        return 0
    count = owner.get("spec", field)
    return count if isinstance(count, int) and not isinstance(count, bool) else 1


def asked_claims(owner: Resource) -> Iterator[tuple[Map, FieldPath, int]]:
    """The claims that an object is or makes: spec, where that is, and how many."""
    if owner.kind == "PersistentVolumeClaim" and not owner.ref.group:
        yield owner.get("spec") or {}, ("spec",), 1
    elif owner.kind == "StatefulSet":
        for index, claim in enumerate(dicts(owner.get("spec", "volumeClaimTemplates"))):
            if isinstance(claim.get("spec"), dict):
                yield claim["spec"], ("spec", "volumeClaimTemplates", index, "spec"), pod_count(owner)
