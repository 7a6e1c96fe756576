"""A cluster to try things on: apply objects, let the kubelet act, look at what comes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

from kplan.controllers.state import READY, Map, Obj, Pod
from kplan.errors import UsageError
from kplan.simulator.apply import apply_object
from kplan.simulator.kubelet import finish_job_pod
from kplan.simulator.quota import refuses_pod
from kplan.simulator.snapshot import Snapshot, snapshot
from kplan.simulator.step import Act, Applied, Step
from kplan.simulator.store import Scaled, Store

Policy = Literal["seq", "batch"]
_RUNAWAY = 500
"""So many reconciliations for each object without coming to rest mean that controllers fight."""


class World:
    """A cluster with virtual time; it changes only through its methods, and the same calls give the same results.

    `nodes` are names (or a number: `node-1`, `node-2`, ...), or a map from name to labels. A pod with an image that
    contains one of `never_ready` is bound but never runs. `job_fail` says how many of a Job's pods fail first.
    `namespace` is that of objects that name none. Each step takes `step_s` seconds of virtual time.
    `happened` are the acts of the last step, with their pods, and the changes of ReplicaSets' sizes in all namespaces.
    With `record=False` a step takes its snapshot only when asked, which must be before the next step.
    """

    def __init__(
        self,
        *,
        minor: int,
        nodes: Sequence[str] | Mapping[str, Map] | int = 3,
        never_ready: Collection[str] = (),
        job_fail: Mapping[str, int] | None = None,
        namespace: str = "default",
        step_s: float = 0.0,
        record: bool = True,
    ) -> None:
        if isinstance(nodes, int):
            nodes = [f"node-{number}" for number in range(1, nodes + 1)]
        labelled = dict(nodes) if isinstance(nodes, Mapping) else {name: {} for name in nodes}
        self.store = Store(minor, labelled, never_ready, refuses_pod)
        self.minor = minor
        self.namespace = namespace
        self.step_s = step_s
        self.record = record
        self.moves = 0
        self.acted: list[tuple[str, Pod]] = []
        self.happened: tuple[list[tuple[str, Pod]], list[Scaled]] = ([], [])
        self._job_fail = dict(job_fail or {})

    # Events

    def apply(
        self, objects: Sequence[Mapping[str, Any]], *, server_side: bool = False, force: bool = False
    ) -> list[Applied]:
        """Apply written objects in order as kubectl does, and settle. A refused one does not stop the others.

        `force` takes fields over from other managers in a server-side apply.
        """
        done = [
            apply_object(self.store, dict(obj), self.namespace, server_side=server_side, force=force) for obj in objects
        ]
        self.settle()
        return done

    def delete(self, kind: str, name: str, namespace: str | None = None, cascade: str = "background") -> bool:
        """Delete an object and what it owns (`cascade="orphan"` keeps that), and settle; False where there is none.

        A namespace goes with all that is in it; it need not have been applied.
        """
        space = self.namespace if namespace is None else namespace
        obj = self.store.get(kind, space, name) or self.store.get(kind, "", name)
        if obj is None:
            if kind != "Namespace" or not self.store.empty(name):
                return False
        elif isinstance(obj.memo, Pod):
            self.store.delete_pod(obj.memo)
        else:
            self.store.remove(obj, orphan=cascade == "orphan")
        self.settle()
        return True

    def wait(self, seconds: float) -> None:
        """Let virtual time pass; what comes due meanwhile happens at its time."""
        end_s = self.store.now_s + seconds
        while (at_s := self.store.next_deadline()) is not None and at_s <= end_s:
            self.store.now_s = max(self.store.now_s, at_s)
            self.settle()
        self.store.now_s = max(self.store.now_s, end_s)

    # The kubelet

    def step(self, policy: Policy = "batch") -> Step | None:
        """The next kubelet act (`seq`) or all that are due (`batch`), and what comes of it; None at the fixpoint."""
        act = self._act_once() if policy == "seq" else self._act_all()
        if act is None:
            return None
        self.settle()
        return self.report(act)

    def run(self, policy: Policy = "batch", max_steps: int = 100_000) -> Iterator[Step]:
        """Steps until nothing is left to do, at most `max_steps`."""
        for _ in range(max_steps):
            step = self.step(policy)
            if step is None:
                return
            yield step

    def settle_ready(self) -> None:
        """Go to the fixpoint without reporting steps: all that can run is up and ready."""
        while self._act_all() is not None:
            self.settle()
            self._clear_report()

    def pods(self, namespace: str | None = None) -> list[Pod]:
        """All pods of a namespace in the kubelet's order."""
        return sorted(self.store.all_pods(namespace or self.namespace), key=lambda pod: (pod.key, pod.uid))

    def set_never_ready(self, images: Collection[str]) -> None:
        """Replace the images that never become ready."""
        self.store.kubelet.set_never_ready(images, self.store.all_pods())

    def recover(self) -> None:
        """Sick pods may become ready again."""
        for pod in self.store.all_pods():
            pod.sick = False
        self.store.kubelet.look_again(self.store.all_pods())

    def _act_once(self) -> str | None:
        self._offer_again()
        while (due := self.store.kubelet.next_act()) is not None:
            if self._perform(*due):
                return f"{due[0]} {due[1].alias}"
        return None

    def _act_all(self) -> dict[str, list[str]] | None:
        self._offer_again()
        label: dict[str, list[str]] = {}
        for act, pod in self.store.kubelet.wave():
            if self._perform(act, pod):
                label.setdefault(act, []).append(pod.alias)
        return label or None

    def _offer_again(self) -> None:
        """Pods that had to wait for room or for a volume, and need not any more."""
        for pod in self.store.scheduler.offered_again():
            self.store.kubelet.note(pod)

    def _perform(self, act: str, pod: Pod) -> bool:
        """Do one act; False where it cannot be done: no node takes the pod, or its volume is elsewhere."""
        store = self.store
        if act == "finish":
            store.forget_pod(pod)
        elif act == "bind":
            node = store.scheduler.node_for(pod)
            if node is None:
                return False
            store.bind_pod(pod, node)
        elif act == "ready":
            if not store.scheduler.may_start(pod):
                return False
            store.set_pod(pod, READY)
        else:
            finish_job_pod(store, pod, self._job_fail)
        self.acted.append((act, pod))
        return True

    # Looking

    def settle(self) -> None:
        """Let the controllers act until none has anything to do; waits for pods that will soon count as available."""
        store = self.store
        store.wake_due()
        most = _RUNAWAY * (10 + sum(map(len, store.objects.values())))
        for _ in range(most):
            obj = store.next_dirty()
            if obj is not None:
                store.reconcile(obj)
            elif (at_s := store.next_wake()) is not None:
                store.now_s = max(store.now_s, at_s)
                store.wake_due()
            else:
                return
        raise UsageError("the controllers do not come to rest: two of them undo each other's work")

    def snapshot(self, namespace: str | None = None) -> Snapshot:
        """What there is now, in the form of the recordings."""
        return snapshot(self.store, namespace or self.namespace)

    def report(self, act: Act, *, event: int | None = None, rc: int | None = None, message: str = "") -> Step:
        """The step that ends after `step_s` more seconds, in which what comes due happens."""
        self.wait(self.step_s)
        self.moves += 1
        store = self.store
        scaled = tuple((name, before, after) for space, name, before, after in store.scaled if space == self.namespace)
        self.happened = (self.acted, list(store.scaled))
        step = Step(act, event, rc, scaled, store.peak, store.now_s, message, self._taken())
        self._clear_report()
        return step

    def _clear_report(self) -> None:
        store = self.store
        store.scaled.clear()
        self.acted = []
        store.peak = store.pods
        store.interval += 1

    def _taken(self) -> Any:
        if self.record:
            state = self.snapshot()
            return lambda: state
        moment = self.moves

        def late() -> Snapshot:
            if self.moves != moment:
                raise UsageError("the world has moved on: ask a step for its state before the next one, or record")
            return self.snapshot()

        return late

    def get(self, kind: str, name: str, namespace: str | None = None) -> Obj | None:
        """The stored object, or None."""
        return self.store.get(kind, namespace or self.namespace, name)
