"""What a rule may ask about the other objects: indexes, each made once and only when a rule asks for it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

from kplan.k8s.label import format_labels
from kplan.k8s.selector import Selector, near_miss
from kplan.kinds.external import NO_EXTERNALS, Externals
from kplan.kinds.reference import has_hole
from kplan.model import Manifest, ObjectRef, Resource
from kplan.rules.access import accounts_that_change_pods
from kplan.rules.misread import NOTHING_MISREAD, Misread
from kplan.rules.operator import may_run_pods
from kplan.rules.pod import ADDED_LABELS, PodSource, pod_source

_KUSTOMIZATIONS = {"kustomization.yaml", "kustomization.yml", "Kustomization"}
_MOST_COMPARED = 200

Answer = TypeVar("Answer")


class Context:
    """A manifest, its files in order, with indexes over it. Every answer is in the order of the manifest."""

    def __init__(
        self,
        manifest: Manifest,
        minor: int,
        externals: Externals = NO_EXTERNALS,
        misread: Misread = NOTHING_MISREAD,
    ) -> None:
        self.manifest = manifest
        self.minor = minor
        self.externals = externals
        self.misread = misread
        self._answers: dict[Callable[[Context], Any], Any] = {}

    def once(self, ask: Callable[[Context], Answer]) -> Answer:
        """What a function says of the whole manifest; it is called once, however many rules ask."""
        if ask not in self._answers:
            self._answers[ask] = ask(self)
        answer: Answer = self._answers[ask]
        return answer

    def of_kinds(self, kinds: Iterable[str]) -> Iterable[Resource]:
        """The objects of the kinds, written as `Service` or `apps/Deployment`; all objects where none is named."""
        kinds = tuple(kinds)
        return [r for k in kinds for r in self._by_kind.get(k, ())] if kinds else self.manifest.resources

    @cached_property
    def _by_kind(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.manifest.resources:
            ref = resource.ref
            index[f"{ref.group}/{ref.kind}" if ref.group else ref.kind].append(resource)
        return dict(index)

    @cached_property
    def by_ref(self) -> dict[ObjectRef, list[Resource]]:
        """The objects of each identity: more than one is a collision."""
        index: dict[ObjectRef, list[Resource]] = defaultdict(list)
        for resource in self.manifest.resources:
            index[resource.ref].append(resource)
        return dict(index)

    @cached_property
    def pods(self) -> dict[str, list[PodSource]]:
        """What makes pods, by namespace."""
        index: dict[str, list[PodSource]] = defaultdict(list)
        for resource in self.manifest.resources:
            if (source := pod_source(resource)) is not None:
                index[source.namespace].append(source)
        return dict(index)

    @cached_property
    def _pods_by_label(self) -> dict[tuple[str | None, str, str], list[PodSource]]:
        """By namespace, key and value; the namespace None stands for all of them."""
        index: dict[tuple[str | None, str, str], list[PodSource]] = defaultdict(list)
        for namespace, sources in self.pods.items():
            for source in sources:
                for key, value in source.labels.items():
                    index[namespace, key, value].append(source)
                    index[None, key, value].append(source)
        return dict(index)

    @cached_property
    def _pods_by_value(self) -> dict[tuple[str, str], list[PodSource]]:
        """By namespace and the value of any label."""
        index: dict[tuple[str, str], list[PodSource]] = defaultdict(list)
        for namespace, sources in self.pods.items():
            for source in sources:
                for value in set(source.labels.values()):
                    index[namespace, value].append(source)
        return dict(index)

    def pods_with(self, wanted: Mapping[str, str], namespace: str | None = None) -> list[PodSource]:
        """What makes pods that carry all of the wanted labels, in one namespace (or in any, where it is None)."""
        lists = []
        for key, value in wanted.items():
            sources = self._pods_by_label.get((namespace, key, value))
            if sources is not None:
                lists.append(sources)
            elif key not in ADDED_LABELS:
                return []
        candidates = min(lists, key=len) if lists else self._all_pods(namespace)
        return [s for s in candidates if s.carries(wanted)]

    def selected_pods(self, selector: Selector, namespace: str) -> list[PodSource]:
        """What makes pods that a label selector selects in a namespace."""
        others = [r for r in selector.requirements if r.key not in selector.pairs]
        if not selector.requirements:
            return self.pods.get(namespace, []) if selector.everything else []
        found = self.pods_with(selector.pairs, namespace)
        return [s for s in found if all(r.matches(s.labels) for r in others)] if others else found

    def may_be_filled_in(self, wanted: Mapping[str, str], namespace: str) -> bool:
        """Whether pods with the wanted labels may be there all the same.

        A tool still puts in a part of them, or of those of the namespace's pods; or pods could not be read.
        """
        sources = self.pods.get(namespace, ())
        return (
            any(map(has_hole, wanted.values()))
            or any(has_hole(source.labels.get(key, "")) for source in sources for key in wanted)
            or any(self.misread.labels_of(source) for source in sources)
            or (bool(wanted) and self.misread.words.issuperset(wanted.values()))
        )

    def nearest_pods(self, wanted: Mapping[str, str], namespace: str) -> PodSource | None:
        """What makes the pods of the namespace that come closest to carrying the wanted labels, if any come close.

        Of many pods only some are compared: first those that have one of the pairs or values, the rarest first.
        """
        found = [self._pods_by_label.get((namespace, *pair), []) for pair in wanted.items()]
        found += [self._pods_by_value.get((namespace, value), []) for value in wanted.values() if value]
        candidates: dict[str, PodSource] = {}
        for source in chain(*sorted(found, key=len), self.pods.get(namespace, ())):
            candidates.setdefault(format_labels(source.labels), source)
            if len(candidates) == _MOST_COMPARED:
                break
        labels = near_miss(wanted, (s.labels for s in candidates.values()))
        return candidates[format_labels(labels)] if labels is not None else None

    def _all_pods(self, namespace: str | None) -> list[PodSource]:
        if namespace is not None:
            return self.pods.get(namespace, [])
        return [source for sources in self.pods.values() for source in sources]

    @cached_property
    def operated_namespaces(self) -> frozenset[str]:
        """The namespaces where an operator may run pods that no manifest shows; "" stands for every one."""
        return frozenset(ns for r in self.manifest.resources if (ns := may_run_pods(r.ref)) is not None)

    @cached_property
    def pods_that_label_themselves(self) -> dict[str, list[PodSource]]:
        """What makes pods that may change their own labels, by namespace."""
        accounts = accounts_that_change_pods(self)
        return {
            namespace: [s for s in sources if (namespace, s.service_account) in accounts]
            for namespace, sources in self.pods.items()
        }

    def build_of(self, resource: Resource) -> str | None:
        """The innermost folder above the object's file that kustomize builds by itself; None where there is none.

        What is built apart is applied apart.
        """
        folder = os.path.dirname(resource.source.file) if self._kustomization_folders else ""
        while folder not in self._kustomization_folders:
            parent = os.path.dirname(folder)
            if parent == folder:
                return None
            folder = parent
        return folder

    @property
    def is_kustomized(self) -> bool:
        """Whether kustomize builds some of it, and may make ConfigMaps and Secrets that no file shows."""
        return bool(self._kustomization_folders)

    @cached_property
    def _kustomization_folders(self) -> frozenset[str]:
        return frozenset(os.path.dirname(f) for f in self.manifest.files if os.path.basename(f) in _KUSTOMIZATIONS)
