"""Two workloads that want the same port of the same node."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.admission import POD_KINDS
from kplan.rules.claim import Claims, gather, milder, rivals
from kplan.rules.context import Context
from kplan.rules.pod import dicts, pod_source
from kplan.rules.rule import rule

_ANY = ("", "0.0.0.0", "::")


@rule(severity=Severity.ERROR, kinds=POD_KINDS, since="0.1")
def check(workload: Resource, context: Context) -> Iterator[Problem]:
    claims = context.once(_all_claims)
    for what, path in _claims(workload, context):
        for other, there in rivals(what, workload, claims, context):
            if _share_address(workload, path, other, there) and _share_node(workload, other):
                yield Problem(
                    path,
                    f"port {workload.get(*path)} of the node is taken by {other.ref}, which runs on the same nodes",
                    help="the pods that come second are never scheduled there",
                    related=((other, there, f"taken by {other.ref}"),),
                    severity=milder(other, workload),
                )
                break


def _all_claims(context: Context) -> Claims:
    return gather(context, POD_KINDS, _claims)


def _claims(workload: Resource, _context: Context) -> Iterator[tuple[Hashable, FieldPath]]:
    """Number and protocol; in the host's network every port is one of the node's."""
    source = pod_source(workload)
    spec = workload.get(*source.path, "spec") if source else None
    if source is None or not isinstance(spec, dict) or workload.kind in ("CronJob", "Job"):
        return
    field = "containerPort" if spec.get("hostNetwork") is True else "hostPort"
    for number, container in enumerate(dicts(spec.get("containers"))):
        for index, port in enumerate(dicts(container.get("ports"))):
            if type(port.get(field)) is int and port[field]:
                path = (*source.path, "spec", "containers", number, "ports", index, field)
                yield (port[field], str(port.get("protocol") or "TCP")), path


def _share_address(one: Resource, path: FieldPath, other: Resource, there: FieldPath) -> bool:
    mine, theirs = (str(r.get(*p[:-1], "hostIP") or "") for r, p in ((one, path), (other, there)))
    return mine == theirs or mine in _ANY or theirs in _ANY


def _share_node(one: Resource, other: Resource) -> bool:
    """Whether pods of both come to one node for sure: a DaemonSet is on every node that it selects."""
    mine, theirs = _nodes(one), _nodes(other)
    if mine is None or theirs is None:
        return False
    if one.kind == "DaemonSet" and other.kind == "DaemonSet":
        return all(theirs.get(key, value) == value for key, value in mine.items())
    if "DaemonSet" not in (one.kind, other.kind):
        return mine == theirs and "kubernetes.io/hostname" in mine
    everywhere, somewhere = (mine, theirs) if one.kind == "DaemonSet" else (theirs, mine)
    return everywhere.items() <= somewhere.items()


def _nodes(workload: Resource) -> dict[str, Any] | None:
    """The labels of the nodes for the pods; None where more than labels decides."""
    source = pod_source(workload)
    spec = workload.get(*source.path, "spec") if source else None
    if not isinstance(spec, dict):
        return None
    if spec.get("nodeName"):
        return {"kubernetes.io/hostname": spec["nodeName"]}
    affinity, selector = spec.get("affinity"), spec.get("nodeSelector")
    if isinstance(affinity, dict) and (affinity.get("nodeAffinity") or affinity.get("podAntiAffinity")):
        return None
    return selector if isinstance(selector, dict) else {}
