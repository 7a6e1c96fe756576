"""The cluster as it changes: applies what controllers and the kubelet do, and remembers whom each change concerns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from heapq import heappop, heappush
from typing import Any

from kplan.controllers.action import (
    Action,
    Create,
    CreatePods,
    Delete,
    DeletePods,
    Own,
    Scale,
    Seed,
    SetStatus,
    Update,
    Wake,
)
from kplan.controllers.registry import Controller, controllers
from kplan.controllers.state import (
    FAILED,
    PENDING,
    READY,
    SUCCEEDED,
    TERMINATING,
    TERMINATING_READY,
    TERMINATING_UNREADY,
    UNREADY,
    Cohort,
    Map,
    Obj,
    Pod,
    State,
)
from kplan.controllers.volume_claim import disowned_claims
from kplan.simulator.kubelet import Kubelet
from kplan.simulator.scheduler.live import Scheduler

Admission = Callable[["Store", str, Map, dict[str, str]], str | None]
Scaled = tuple[str, str, int | None, int | None]
"""A change of a ReplicaSet's size: namespace, name, before, after; None where it is not there."""

_ROOM = ("ResourceQuota", "LimitRange")
_ENDING = {PENDING: TERMINATING, UNREADY: TERMINATING_UNREADY, READY: TERMINATING_READY}


class Store(State):
    """A State that can be changed. `admit` says why the API server refuses a pod, or None."""

    def __init__(
        self, minor: int, nodes: dict[str, Map], never_ready: Collection[str] = (), admit: Admission | None = None
    ) -> None:
        super().__init__(minor, nodes)
        self.kubelet = Kubelet(never_ready)
        self.scheduler = Scheduler(self)
        self.scaled: list[Scaled] = []
        self.pods = 0
        self.peak = 0
        self._admit = admit
        self._refused: dict[int, Obj] = {}
        self._uid = 0
        self._named: dict[tuple[str, str], int] = {}
        self._dirty: dict[int, dict[int, Obj]] = {}
        self._changed: dict[int, Cohort] = {}
        self._alarms: dict[bool, list[tuple[float, int, Obj]]] = {False: [], True: []}
        self._alarm_of: dict[tuple[int, bool], float] = {}
        self._controllers: dict[str, Controller] = controllers()
        self._pod_watchers = [c.woken_by_pods for c in self._controllers.values() if c.woken_by_pods]
        self._ranks = sorted({c.rank for c in self._controllers.values()})

    # Objects

    def add(self, kind: str, namespace: str, name: str, data: Map, owner: Obj | None = None) -> Obj:
        """Store a new object."""
        obj = Obj(kind, namespace, name, self._next_uid(), data, self.interval, self.now_s)
        self.objects.setdefault(kind, {})[(namespace, name)] = obj
        self._index(obj, owner)
        if kind == "ReplicaSet":
            self.scaled.append((namespace, name, None, obj.replicas))
        self.touch(obj)
        return obj

    def replace(self, obj: Obj, data: Map) -> None:
        """Replace an object's data; its generation goes up where the spec changes."""
        before = obj.replicas
        spec = obj.spec
        obj.put(data)
        if obj.spec is not spec and obj.spec != spec:
            obj.generation += 1
        if obj.kind == "ReplicaSet" and obj.replicas != before:
            self.scaled.append((obj.namespace, obj.name, before, obj.replicas))
        self.touch(obj)

    def remove(self, obj: Obj, *, orphan: bool = False) -> None:
        """Delete an object, and what it owns unless it is to be orphaned."""
        if obj.deleting:
            return
        obj.deleting = True
        self.objects[obj.kind].pop((obj.namespace, obj.name), None)
        self._unindex(obj)
        if obj.kind == "ReplicaSet":
            self.scaled.append((obj.namespace, obj.name, obj.replicas, None))
        if orphan:
            for claim, data in disowned_claims(self, obj):
                self.replace(claim, data)
        self._wake_watchers(obj)
        if obj.kind in _ROOM:
            self._retry_refused()
        for child in list(self.owned.get(obj.uid, {}).values()):
            if orphan:
                self.own(child, None)
            else:
                self.remove(child)
        for pod in list(self.pods_of(obj)):
            if orphan:
                self.own(pod, None)
            else:
                self.delete_pod(pod)
        if obj.kind == "Namespace":
            self.empty(obj.name)

    def empty(self, namespace: str) -> bool:
        """Delete all objects and pods of a namespace; pods that run terminate first. False where there are none.

        Source: kubernetes v1.36 pkg/controller/namespace/deletion deleteAllContent.
        """
        found = [obj for of_kind in self.objects.values() for obj in of_kind.values() if obj.namespace == namespace]
        pods = self.pods
        for obj in found:
            if not isinstance(obj.memo, Pod):
                self.remove(obj)
        for pod in list(self.all_pods(namespace)):
            self.delete_pod(pod)
        return bool(found) or self.pods < pods

    def own(self, thing: Obj | Pod, owner: Obj | None) -> None:
        """Make `owner` the controller of an object or pod, or nobody."""
        if isinstance(thing, Pod):
            self._concern(thing.cohort)
            cohort = thing.cohort
            self._leave(thing)
            self._enter(thing, self._cohort(cohort.namespace, owner, cohort.labels, cohort.template))
            return
        self._wake_watchers(thing)
        self._unindex(thing)
        self._index(thing, owner)
        self.touch(thing)

    def _index(self, obj: Obj, owner: Obj | None) -> None:
        obj.owner = owner
        if owner is None:
            self.orphans.setdefault((obj.kind, obj.namespace), {})[obj.uid] = obj
        else:
            self.owned.setdefault(owner.uid, {})[obj.uid] = obj

    def _unindex(self, obj: Obj) -> None:
        if obj.owner is None:
            self.orphans.get((obj.kind, obj.namespace), {}).pop(obj.uid, None)
        else:
            self.owned.get(obj.owner.uid, {}).pop(obj.uid, None)

    # Pods

    def create_pod(self, namespace: str, owner: Obj | None, template: Map, labels: dict[str, str], seed: Seed) -> Pod:
        """Make one pod, unscheduled."""
        uid = self._next_uid()
        cohort = self._cohort(namespace, owner, labels, template)
        prefix = owner.name if owner else ""
        number = self._named[(namespace, prefix)] = self._named.get((namespace, prefix), 0) + 1
        name = seed.name or f"{prefix}-{number:06d}"
        pod = Pod(uid, name, cohort, self.interval, self.now_s, index=seed.index, target=seed.target)
        pod.alias = seed.name or f"{prefix}#{number}" + (f"[{seed.index}]" if seed.index is not None else "")
        if seed.target and owner:
            pod.alias += f"@{seed.target}"
        stem = prefix if seed.index is None else f"{prefix}-{seed.index}"
        pod.generate_name = None if seed.name else f"{stem}-"
        pod.annotations = (template.get("metadata") or {}).get("annotations") or {}
        if seed.annotations:
            pod.annotations = {**pod.annotations, **dict(seed.annotations)}
        self.pods += 1
        self.peak = max(self.peak, self.pods)
        self._enter(pod, cohort)
        return pod

    def delete_pod(self, pod: Pod) -> None:
        """Delete a pod: at once where it has no node or has ended, else it terminates first."""
        if pod.state >= TERMINATING:
            return
        spec = pod.cohort.template.get("spec") or {}
        if pod.node is None or pod.state in (SUCCEEDED, FAILED) or spec.get("terminationGracePeriodSeconds") == 0:
            self.forget_pod(pod)
        else:
            self.set_pod(pod, _ENDING[pod.state])

    def forget_pod(self, pod: Pod) -> None:
        """The pod is gone."""
        self.scheduler.gone(pod)
        if pod.state not in (SUCCEEDED, FAILED):
            pod.ended_s = self.now_s
        self.pods -= 1
        self._leave(pod)
        pod.key = ()  # no act is due for it any more
        self._retry_refused()
        if pod.generate_name is None and pod.owner is None:
            self.objects.get("Pod", {}).pop((pod.cohort.namespace, pod.name), None)

    def set_pod(self, pod: Pod, state: int) -> None:
        """Change a pod's condition."""
        cohort = pod.cohort
        cohort.counts[pod.state] -= 1
        cohort.counts[state] += 1
        if state == READY and pod.state != READY:
            pod.ready_s = self.now_s
        if state >= SUCCEEDED:
            pod.ended_s = self.now_s
        pod.state = state
        self.kubelet.note(pod)
        self.scheduler.note(pod)
        self._concern(cohort)

    def bind_pod(self, pod: Pod, node: str) -> None:
        """Give a pod its node."""
        pod.node = node
        self.scheduler.bound(pod)
        self.set_pod(pod, PENDING)

    def relabel_pod(self, pod: Pod, labels: dict[str, str]) -> None:
        """Give a pod other labels."""
        cohort = pod.cohort
        self._leave(pod)
        self._enter(pod, self._cohort(cohort.namespace, cohort.owner, labels, cohort.template))

    def all_pods(self, namespace: str | None = None) -> Iterator[Pod]:
        """Every pod, of one namespace where it is given."""
        spaces = self.cohorts if namespace is None else {namespace: self.cohorts.get(namespace, {})}
        for cohorts in spaces.values():
            for cohort in cohorts.values():
                yield from cohort.pods.values()

    def _cohort(self, namespace: str, owner: Obj | None, labels: dict[str, str], template: Map) -> Cohort:
        key = (owner.uid if owner else 0, id(labels), id(template))
        space = self.cohorts.setdefault(namespace, {})
        cohort = space.get(key)
        if cohort is None:
            cohort = space[key] = Cohort(namespace, owner, labels, template)
            self._cohorts_beside(cohort).append(cohort)
            labelled = self.labelled.setdefault(namespace, {})
            for pair in labels.items():
                labelled.setdefault(pair, {})[id(cohort)] = cohort
        return cohort

    def _cohorts_beside(self, cohort: Cohort) -> list[Cohort]:
        """The cohorts of the same owner, or those of the namespace that have none."""
        if cohort.owner is None:
            return self.unowned.setdefault(cohort.namespace, [])
        return self.cohorts_of.setdefault(cohort.owner.uid, [])

    def _enter(self, pod: Pod, cohort: Cohort) -> None:
        pod.cohort = cohort
        cohort.pods[pod.uid] = pod
        cohort.counts[pod.state] += 1
        self.kubelet.note(pod)
        self.scheduler.note(pod)
        self._concern(cohort)

    def _leave(self, pod: Pod) -> None:
        cohort = pod.cohort
        del cohort.pods[pod.uid]
        cohort.counts[pod.state] -= 1
        self._concern(cohort)
        if not cohort.pods:
            owner = cohort.owner
            del self.cohorts[cohort.namespace][(owner.uid if owner else 0, id(cohort.labels), id(cohort.template))]
            self._cohorts_beside(cohort).remove(cohort)
            for pair in cohort.labels.items():
                del self.labelled[cohort.namespace][pair][id(cohort)]

    def _concern(self, cohort: Cohort) -> None:
        """Pods of this cohort changed: their owner and who else watches pods will be woken."""
        self._changed[id(cohort)] = cohort

    def _wake_for_pods(self) -> None:
        for cohort in self._changed.values():
            if cohort.owner is not None:
                self._mark(cohort.owner)
            for watch in self._pod_watchers:
                for obj in watch(self, cohort):
                    self._mark(obj)
        self._changed.clear()

    # Who has to act

    def touch(self, obj: Obj) -> None:
        """An object changed: wake its controller, its owner's, and who else watches its kind."""
        self._mark(obj)
        self._wake_watchers(obj)
        if obj.kind in _ROOM:
            self._retry_refused()

    def _wake_watchers(self, obj: Obj) -> None:
        if obj.owner is not None:
            self._mark(obj.owner)
        for controller in self._controllers.values():
            if watch := controller.woken_by.get(obj.kind):
                for other in watch(self, obj):
                    self._mark(other)

    def _mark(self, obj: Obj) -> None:
        controller = self._controllers.get(obj.kind)
        if controller is not None and controller.sync is not None and not obj.deleting:
            self._dirty.setdefault(controller.rank, {})[obj.uid] = obj

    def next_dirty(self) -> Obj | None:
        """The object to reconcile next: of the lowest rank, and there the one longest waiting."""
        if self._changed:
            self._wake_for_pods()
        for rank in self._ranks:
            waiting = self._dirty.get(rank)
            while waiting:
                obj = waiting.pop(next(iter(waiting)))
                if not obj.deleting:
                    return obj
        return None

    def reconcile(self, obj: Obj) -> None:
        """Run one object's controller once."""
        sync = self._controllers[obj.kind].sync
        if sync is None:
            return
        effects = sync(self, obj)
        outcome: Any = None
        while True:
            try:
                action = effects.send(outcome)
            except StopIteration:
                return
            outcome = self.perform(action)

    def wake_due(self) -> None:
        """Wake what asked to be woken by now."""
        for waited_for in self._alarms:
            while (at_s := self._next_alarm(waited_for)) is not None and at_s <= self.now_s:
                obj = heappop(self._alarms[waited_for])[2]
                del self._alarm_of[(obj.uid, waited_for)]
                self._mark(obj)

    def next_wake(self) -> float | None:
        """The next time that something waits for before anything else should happen, or None."""
        return self._next_alarm(True)

    def next_deadline(self) -> float | None:
        """The next time at which something happens by itself if nothing else does, or None."""
        return self._next_alarm(False)

    def _next_alarm(self, waited_for: bool) -> float | None:
        heap = self._alarms[waited_for]
        while heap:
            at_s, _, obj = heap[0]
            if not obj.deleting and self._alarm_of.get((obj.uid, waited_for)) == at_s:
                return at_s
            heappop(heap)
        return None

    def _set_alarm(self, obj: Obj, at_s: float, waited_for: bool) -> None:
        if self._alarm_of.get((obj.uid, waited_for)) != at_s:
            self._alarm_of[(obj.uid, waited_for)] = at_s
            heappush(self._alarms[waited_for], (at_s, self._next_uid(), obj))

    # Actions

    def perform(self, action: Action) -> Any:
        """Do what a controller asks for; the outcome is what its action documents."""
        match action:
            case SetStatus(obj, status):
                if obj.status == status:
                    return False
                obj.status = status
                if self._controllers[obj.kind].reads_own_status:
                    self._mark(obj)
                self._wake_watchers(obj)
                return True
            case Scale(obj, replicas, _, annotations):
                self._scale(obj, _scaled(obj, replicas, annotations))
            case CreatePods():
                return self._create_pods(action)
            case DeletePods(pods):
                for pod in pods:
                    self.delete_pod(pod)
            case Own(thing, owner):
                self.own(thing, owner)
            case Update(obj, data):
                self.replace(obj, data)
            case Create(kind, namespace, name, data, owner):
                return None if self.get(kind, namespace, name) else self.add(kind, namespace, name, data, owner)
            case Delete(obj):
                self.remove(obj)
            case Wake(obj, at_s, waited_for):
                self._set_alarm(obj, at_s, waited_for)
        return None

    def _scale(self, obj: Obj, data: Map) -> None:
        """Where server-side apply keeps owners of fields, the size is the controller's from now on."""
        if obj.managers:
            from kplan.differ.ownership import updated

            obj.managers = dict(updated(obj.data, data, obj.managers, "kube-controller-manager", self.minor))
        self.replace(obj, data)

    def _retry_refused(self) -> None:
        """There may be room now for pods that were refused."""
        for owner in self._refused.values():
            self._mark(owner)
        self._refused.clear()

    def _create_pods(self, action: CreatePods) -> str | None:
        owner = action.owner
        for seed in action.seeds:
            refused = self._admit and self._admit(self, owner.namespace, action.template, action.labels)
            if refused:
                self._refused[owner.uid] = owner
                return refused
            self.create_pod(owner.namespace, owner, action.template, action.labels, seed)
        return None

    def _next_uid(self) -> int:
        self._uid += 1
        return self._uid


def _scaled(obj: Obj, replicas: int, annotations: tuple[tuple[str, str], ...]) -> Map:
    data = {**obj.data, "spec": {**obj.spec, "replicas": replicas}}
    if annotations:
        data["metadata"] = {**obj.metadata, "annotations": {**obj.annotations, **dict(annotations)}}
    return data
