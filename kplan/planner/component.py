"""Objects that can touch each other in a simulation, group by group: a group by itself goes as it goes among all.

Related are a Service, a PodDisruptionBudget or a controller and the pods that its selector takes, an autoscaler and its
target, and everything in a namespace that has a ResourceQuota.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kplan.k8s.selector import Selector, label_selector, map_selector
from kplan.kinds import pod_template_path
from kplan.model import ObjectRef, Resource

_MAP_SELECTORS = {"Service", "ReplicationController"}
_LABEL_SELECTORS = {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "PodDisruptionBudget"}
_SHARED = {"ResourceQuota", "LimitRange", "Namespace"}


@dataclass(frozen=True, slots=True)
class Component:
    """Related objects of one namespace, as they are before and after, each in the order of its manifest."""

    namespace: str
    before: tuple[Resource, ...] = ()
    after: tuple[Resource, ...] = ()

    @property
    def refs(self) -> frozenset[ObjectRef]:
        """The identities of all objects in it."""
        return frozenset(resource.ref for resource in (*self.before, *self.after))


def components(before: Sequence[Resource], after: Sequence[Resource]) -> list[Component]:
    """The groups, in the order in which their first objects stand in `after`, then in `before`."""
    groups = _Groups()
    spaces: dict[str, _Space] = {}
    for resource in (*after, *before):
        groups.add(resource.ref)
        spaces.setdefault(resource.ref.namespace, _Space()).add(resource)
    for space in spaces.values():
        for one, other in space.links():
            groups.join(one, other)
    found: dict[ObjectRef, tuple[list[Resource], list[Resource]]] = {}
    for side, resources in ((1, after), (0, before)):
        for resource in resources:
            found.setdefault(groups.root(resource.ref), ([], []))[side].append(resource)
    return [Component(root.namespace, tuple(old), tuple(new)) for root, (old, new) in found.items()]


class _Groups:
    """Disjoint sets of identities; a group's root is its member that was added first."""

    def __init__(self) -> None:
        self._parent: dict[ObjectRef, ObjectRef] = {}
        self._age: dict[ObjectRef, int] = {}

    def add(self, ref: ObjectRef) -> None:
        self._parent.setdefault(ref, ref)
        self._age.setdefault(ref, len(self._age))

    def root(self, ref: ObjectRef) -> ObjectRef:
        while self._parent[ref] != ref:
            self._parent[ref] = self._parent[self._parent[ref]]
            ref = self._parent[ref]
        return ref

    def join(self, one: ObjectRef, other: ObjectRef) -> None:
        first, second = sorted((self.root(one), self.root(other)), key=self._age.__getitem__)
        self._parent[second] = first


@dataclass(slots=True)
class _Space:
    """One namespace: what carries labels, by label, and what selects."""

    labelled: dict[tuple[str, str], list[tuple[ObjectRef, dict[str, str]]]] = field(default_factory=dict)
    everything: list[tuple[ObjectRef, dict[str, str]]] = field(default_factory=list)
    selectors: list[tuple[ObjectRef, Selector]] = field(default_factory=list)
    targets: list[tuple[ObjectRef, ObjectRef]] = field(default_factory=list)
    refs: dict[ObjectRef, None] = field(default_factory=dict)
    shared: list[ObjectRef] = field(default_factory=list)

    def add(self, resource: Resource) -> None:
        ref = resource.ref
        self.refs[ref] = None
        for labels in _labels(resource):
            entry = (ref, labels)
            self.everything.append(entry)
            for pair in labels.items():
                self.labelled.setdefault(pair, []).append(entry)
        selector = _selector(resource)
        if selector is not None:
            self.selectors.append((ref, selector))
        if ref.kind == "HorizontalPodAutoscaler":
            self.targets.append((ref, _target(resource)))
        if ref.kind in _SHARED:
            self.shared.append(ref)

    def links(self) -> Iterator[tuple[ObjectRef, ObjectRef]]:
        """Pairs of objects that belong together."""
        for ref, selector in self.selectors:
            for other, labels in self._candidates(selector):
                if other != ref and selector.matches(labels):
                    yield ref, other
        for ref, target in self.targets:
            if target in self.refs:
                yield ref, target
        if self.shared:
            yield from ((self.shared[0], ref) for ref in self.refs)

    def _candidates(self, selector: Selector) -> list[tuple[ObjectRef, dict[str, str]]]:
        """What may be selected: the fewest that share one of the labels it asks for."""
        lists = [self.labelled.get(pair, []) for pair in selector.pairs.items()]
        return min(lists, key=len) if lists else self.everything


def _labels(resource: Resource) -> Iterator[dict[str, str]]:
    """The labels of the pods that come of an object, and of a ReplicaSet itself, which a Deployment may adopt."""
    kind = resource.ref.kind
    template = pod_template_path(kind)
    paths = [(*template, "metadata", "labels")] if template is not None else []
    if kind in ("Pod", "ReplicaSet"):
        paths.append(("metadata", "labels"))
    for path in paths:
        labels = resource.get(*path)
        if isinstance(labels, dict):
            yield {str(key): str(value) for key, value in labels.items()}


def _selector(resource: Resource) -> Selector | None:
    written: Any = resource.get("spec", "selector")
    if resource.ref.kind in _MAP_SELECTORS:
        return map_selector(written)
    if resource.ref.kind in _LABEL_SELECTORS:
        return label_selector(written) if written else None
    return None


def _target(resource: Resource) -> ObjectRef:
    from kplan.kinds import split_api_version

    target = resource.get("spec", "scaleTargetRef")
    target = target if isinstance(target, dict) else {}
    group, _ = split_api_version(str(target.get("apiVersion") or "apps/v1"))
    return ObjectRef(group, str(target.get("kind")), resource.ref.namespace, str(target.get("name")))
