"""A workload whose selector selects the pods of another one."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.selector import Selector, label_selector, map_selector
from kplan.model import Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.pod import PodSource, pod_source
from kplan.rules.rule import rule

_KINDS = ("apps/DaemonSet", "apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "ReplicationController")
_ENOUGH = 2
_PLAIN = frozenset(kind.rpartition("/")[2] for kind in _KINDS)


@rule(severity=Severity.WARNING, kinds=_KINDS, since="0.1")
def check(workload: Resource, context: Context) -> Iterator[Problem]:
    mine = _selector(workload)
    own = pod_source(workload)
    if own is None or not mine.requirements or not mine.matches(own.labels):
        return
    others, seen = [], False
    for source in context.selected_pods(mine, workload.ref.namespace):
        if source.owner is workload:
            seen = True
        elif _counts(source.owner, workload, context):
            mutual = _selector(source.owner).matches(own.labels)
            if not (seen and mutual):  # of two that select each other, the second is reported on
                others.append(source)
        if len(others) == _ENOUGH:
            break
    if others:
        yield _problem(others, mine)


def _counts(other: Resource, workload: Resource, context: Context) -> bool:
    return (
        other.kind in _PLAIN
        and other.ref != workload.ref
        and {other.kind, workload.kind} != {"Deployment", "ReplicaSet"}
        and context.build_of(other) == context.build_of(workload)
    )


def _problem(others: list[PodSource], mine: Selector) -> Problem:
    source = others[0]
    more = " and of others" if len(others) > 1 else ""
    return Problem(
        ("spec", "selector"),
        f"selector `{mine}` selects the pods of {source.owner.ref}{more} too",
        help="give each workload a label of its own, in its selector and its template",
        related=((source.owner, (*source.path, "metadata", "labels"), f"labels of {source.owner.ref}"),),
    )


def _selector(workload: Resource) -> Selector:
    written = workload.get("spec", "selector")
    return map_selector(written) if workload.kind == "ReplicationController" else label_selector(written)
