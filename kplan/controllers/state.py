"""What a cluster holds while it is simulated: objects and pods, with the counts that controllers ask for.

Objects are few and hold plain dicts; pods are many and light: they share labels and template with the pods made
in the same way, and each such group (a cohort) counts its pods by condition, so that no controller has to.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kplan.k8s.selector import Selector, label_selector, map_selector

Map = dict[str, Any]

UNSCHEDULED: Final = 0
PENDING: Final = 1
READY: Final = 2
UNREADY: Final = 3
SUCCEEDED: Final = 4
FAILED: Final = 5
TERMINATING: Final = 6
"""A pod being deleted that has no address: it never ran, or it has ended."""
TERMINATING_UNREADY: Final = 7
TERMINATING_READY: Final = 8
"""A pod being deleted that still runs and passes its readiness check: endpoints show it as terminating."""

ACTIVE: Final = (UNSCHEDULED, PENDING, READY, UNREADY)
ENDING: Final = (TERMINATING, TERMINATING_UNREADY, TERMINATING_READY)
SHOWN: Final = (
    "unscheduled",
    "pending",
    "ready",
    "unready",
    "succeeded",
    "failed",
    "terminating",
    "terminating",
    "terminating",
)
"""The name that a pod's condition has in a snapshot, by condition."""


@dataclass(slots=True, eq=False)
class Obj:
    """A stored object that is no pod. `data` is replaced, never changed in place.

    `since` is the interval (between two kubelet acts) in which it appeared, `created_s` the virtual time.
    `owner` is the controller that owns it. `status` is the controller's own frozen value; `memo` is the controller's
    too: something costly that holds for as long as `data` is the same. `last_applied` and `managers` belong to apply.
    """

    kind: str
    namespace: str
    name: str
    uid: int
    data: Map
    since: int = 0
    created_s: float = 0.0
    generation: int = 1
    owner: Obj | None = None
    status: Any = None
    deleting: bool = False
    memo: Any = None
    last_applied: Map | None = None
    managers: Map = field(default_factory=dict)
    spec: Map = field(init=False)
    metadata: Map = field(init=False)
    annotations: dict[str, str] = field(init=False)
    replicas: int = field(init=False)

    def __post_init__(self) -> None:
        self.put(self.data)

    def put(self, data: Map) -> None:
        """Replace the data. `spec`, `metadata`, `annotations` are its parts, empty if absent; `replicas` is 1 then."""
        self.data = data
        self.spec = _map(data.get("spec"))
        self.metadata = _map(data.get("metadata"))
        self.annotations = _map(self.metadata.get("annotations"))
        replicas = self.spec.get("replicas")
        self.replicas = replicas if isinstance(replicas, int) else 1

    @property
    def labels(self) -> dict[str, str]:
        """The object's own labels."""
        return _map(self.metadata.get("labels"))

    @property
    def template(self) -> Map:
        """The pod template, shared."""
        return _map(self.spec.get("template"))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.namespace}/{self.name}>"


@dataclass(slots=True, eq=False)
class Cohort:
    """Pods of one owner with the same labels and template; `counts` is their number by condition."""

    namespace: str
    owner: Obj | None
    labels: dict[str, str]
    template: Map
    counts: list[int] = field(default_factory=lambda: [0] * len(SHOWN))
    pods: dict[int, Pod] = field(default_factory=dict)

    @property
    def active(self) -> int:
        """The number of pods that are neither ended nor being deleted."""
        counts = self.counts
        return counts[UNSCHEDULED] + counts[PENDING] + counts[READY] + counts[UNREADY]

    @property
    def images(self) -> list[str]:
        """The images of the containers, as strings."""
        containers = (self.template.get("spec") or {}).get("containers") or []
        return [str(c.get("image") or "") for c in containers if isinstance(c, dict)]


@dataclass(slots=True, eq=False)
class Pod:
    """One pod. `state` is its condition (UNSCHEDULED, PENDING, ...); times are virtual seconds, None for never.

    `ended_s` is when it succeeded or failed, when it vanished, or until then when its deletion began.
    `index` is its ordinal or completion index, `target` the node it must go to (a DaemonSet's), `alias` the name shown.
    `key` orders the kubelet's acts.
    """

    uid: int
    name: str
    cohort: Cohort
    since: int
    created_s: float
    state: int = UNSCHEDULED
    node: str | None = None
    ready_s: float | None = None
    ended_s: float | None = None
    index: int | None = None
    target: str | None = None
    sick: bool = False
    alias: str = ""
    generate_name: str | None = None
    annotations: dict[str, str] = field(default_factory=dict)
    key: tuple[Any, ...] = ()

    @property
    def owner(self) -> Obj | None:
        """The controller that owns the pod."""
        return self.cohort.owner

    @property
    def active(self) -> bool:
        """Whether it is neither ended nor being deleted."""
        return self.state <= UNREADY

    @property
    def ready(self) -> bool:
        """Whether it passes its readiness check, also while it is being deleted."""
        return self.state in (READY, TERMINATING_READY)

    def __repr__(self) -> str:
        return f"<Pod {self.alias or self.name} {SHOWN[self.state]}>"


class State:
    """All objects and pods, indexed the ways controllers look for them. Reading only: a store changes it.

    `minor` is the Kubernetes minor, `now_s` the virtual time in seconds, `interval` the number of kubelet acts so far.
    """

    def __init__(self, minor: int, nodes: dict[str, Map]) -> None:
        self.minor = minor
        self.nodes = nodes
        self.now_s = 0.0
        self.interval = 0
        self.objects: dict[str, dict[tuple[str, str], Obj]] = {}
        self.owned: dict[int, dict[int, Obj]] = {}
        self.orphans: dict[tuple[str, str], dict[int, Obj]] = {}
        self.cohorts: dict[str, dict[tuple[int, int, int], Cohort]] = {}
        self.labelled: dict[str, dict[tuple[str, str], dict[int, Cohort]]] = {}
        self.cohorts_of: dict[int, list[Cohort]] = {}
        self.unowned: dict[str, list[Cohort]] = {}
        self._selectors: dict[int, tuple[Any, Selector]] = {}
        self._fingerprints: dict[int, tuple[Map, str]] = {}

    def get(self, kind: str, namespace: str, name: str) -> Obj | None:
        """The object of that name, or None."""
        return self.objects.get(kind, {}).get((namespace, name))

    def of_kind(self, kind: str, namespace: str | None = None) -> Iterator[Obj]:
        """All objects of a kind, in the order they were made; of one namespace where it is given."""
        for obj in self.objects.get(kind, {}).values():
            if namespace is None or obj.namespace == namespace:
                yield obj

    def children(self, owner: Obj, kind: str) -> list[Obj]:
        """The objects of a kind that `owner` controls, oldest first."""
        return [child for child in self.owned.get(owner.uid, {}).values() if child.kind == kind]

    def orphans_of(self, kind: str, namespace: str) -> list[Obj]:
        """The objects of a kind that no controller owns, oldest first."""
        return list(self.orphans.get((kind, namespace), {}).values())

    def pods_of(self, owner: Obj) -> Iterator[Pod]:
        """All pods that `owner` controls, whatever their condition."""
        for cohort in self.cohorts_of.get(owner.uid, ()):
            yield from cohort.pods.values()

    def cohorts_like(self, namespace: str, labels: Mapping[str, str]) -> Collection[Cohort]:
        """The pods of a namespace, by cohort, that may carry all of these labels: they do carry one of them."""
        known = self.labelled.get(namespace, {})
        groups: list[dict[int, Cohort]] = [known.get(pair, {}) for pair in labels.items()]
        if not groups:
            return self.cohorts.get(namespace, {}).values()
        return min(groups, key=len).values()

    def orphan_cohorts(self, namespace: str) -> list[Cohort]:
        """The pods of a namespace that no controller owns, by cohort."""
        return list(self.unowned.get(namespace, ()))

    def count(self, owner: Obj, conditions: tuple[int, ...]) -> int:
        """How many of the owner's pods are in one of these conditions."""
        total = 0
        for cohort in self.cohorts_of.get(owner.uid, ()):
            counts = cohort.counts
            for condition in conditions:
                total += counts[condition]
        return total

    def available(self, owner: Obj, min_ready_s: int) -> int:
        """How many of the owner's pods have been ready for at least `min_ready_s` seconds.

        Source: kubernetes v1.36 pkg/api/v1/pod IsPodAvailable.
        """
        if not min_ready_s:
            return self.count(owner, (READY,))
        return sum(1 for pod in self.pods_of(owner) if pod.state == READY and self.is_available(pod, min_ready_s))

    def is_available(self, pod: Pod, min_ready_s: int) -> bool:
        """Whether a pod is ready and has been so for long enough."""
        if not pod.ready or pod.ready_s is None:
            return False
        return not min_ready_s or pod.ready_s + min_ready_s <= self.now_s

    def selector(self, owner: Obj) -> Selector:
        """The label selector in an object's spec; a ReplicationController's is a plain map."""
        written = owner.spec.get("selector")
        known = self._selectors.get(id(written))
        if known is None or known[0] is not written:
            read = map_selector if owner.kind == "ReplicationController" else label_selector
            known = self._selectors[id(written)] = (written, read(written))
        return known[1]

    def fingerprint(self, template: Map) -> str:
        """A text that two stored pod templates share exactly when they differ at most in their pod-template-hash label.

        Source: kubernetes v1.36 pkg/controller/deployment/util EqualIgnoreHash.
        """
        known = self._fingerprints.get(id(template))
        if known is None or known[0] is not template:
            known = self._fingerprints[id(template)] = (template, _fingerprint(template))
        return known[1]


def _map(value: Any) -> Map:
    """The value if it is a map; custom resources may hold anything."""
    return value if isinstance(value, dict) else {}


def _fingerprint(template: Map) -> str:
    metadata = dict(template.get("metadata") or {})
    metadata["labels"] = {k: v for k, v in (metadata.get("labels") or {}).items() if k != "pod-template-hash"}
    metadata.pop("creationTimestamp", None)
    cleaned = {**template, "metadata": {k: v for k, v in metadata.items() if v}}
    return json.dumps(cleaned, sort_keys=True, separators=(",", ":"))
