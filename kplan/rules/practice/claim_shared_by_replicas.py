"""Replicas that share a claim which only one node, or one pod, may hold."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Problem, Resource, Severity
from kplan.rules.admission import pod_count
from kplan.rules.container import Map, pods_of, value_at
from kplan.rules.context import Context
from kplan.rules.pod import dicts
from kplan.rules.rule import rule
from kplan.rules.scaling import least_replicas

_KINDS = ("apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet")
_SHARED = ("ReadWriteMany", "ReadOnlyMany")
_NODE = "kubernetes.io/hostname"


@rule(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    pods = pods_of(resource, context)
    count = least_replicas(resource.ref, context) or pod_count(resource)
    if pods is None or count is None or count < 2 or _is_on_one_node(pods.spec):
        return
    volumes = pods.spec.get("volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        name = value_at(volume, "persistentVolumeClaim", "claimName")
        ref = ObjectRef("", "PersistentVolumeClaim", resource.ref.namespace, name if isinstance(name, str) else "")
        for claim in context.by_ref.get(ref, [])[:1]:
            mode = _narrow_mode(claim)
            if mode:
                one = "pod" if mode == "ReadWriteOncePod" else "node"
                yield Problem(
                    (*pods.path, "volumes", index, "persistentVolumeClaim", "claimName"),
                    f"{count} pods share claim `{name}`, which only one {one} may hold: the others wait for it",
                    help="make it ReadWriteMany, or give each pod a claim of its own with a StatefulSet",
                    related=((claim, ("spec", "accessModes"), "it may be held once"),),
                    severity=Severity.ERROR if one == "pod" else None,
                )


def _narrow_mode(claim: Resource) -> str | None:
    """The mode that ties the volume to a node or pod; None where it has a wider one, or none."""
    written = claim.get("spec", "accessModes")
    modes = {str(mode) for mode in written} if isinstance(written, list) else set()
    return None if modes.intersection(_SHARED) else min(modes & {"ReadWriteOnce", "ReadWriteOncePod"}, default=None)


def _is_on_one_node(spec: Map) -> bool:
    """Whether all pods are sent to one node: by its name, or to where another one of them is."""
    terms = value_at(spec, "affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    selector = spec.get("nodeSelector")
    pinned = isinstance(selector, dict) and _NODE in selector
    return bool(spec.get("nodeName")) or pinned or any(term.get("topologyKey") == _NODE for term in dicts(terms))
