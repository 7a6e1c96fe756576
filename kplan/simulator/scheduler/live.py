"""The scheduler of a simulated cluster: told of every change to a pod, it knows what each node has left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kplan.controllers.state import ENDING, FAILED, PENDING, SUCCEEDED, UNSCHEDULED, Cohort, Pod, State
from kplan.controllers.volume_claim import claim_names
from kplan.simulator.node import is_lost, is_modelled
from kplan.simulator.scheduler import Placement, Unschedulable, choose
from kplan.simulator.scheduler.ask import Ask, ask_of
from kplan.simulator.scheduler.claim import find_claim
from kplan.simulator.scheduler.filter import taint_reason
from kplan.simulator.scheduler.ledger import Ledger
from kplan.simulator.scheduler.load import Load

FORCE_DETACH_S = 360.0
"""So long after the deletion of a pod on a lost node its volumes are taken from that node.

Source: kubernetes v1.36 pkg/controller/volume/attachdetach ReconcilerMaxWaitForUnmountDuration.
"""


class Scheduler:
    """Binds the pods of a State to its nodes. Where nothing but names is known of the nodes, all pods fit all of them.

    `waiting` are the pods that fit no node, and why; they are offered again as soon as something has changed.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._asks: dict[tuple[str, int, int, frozenset[str]], tuple[Cohort, Ask]] = {}
        self._ending_s: dict[int, float] = {}
        self._attached: dict[tuple[str, str], dict[int, Pod]] = {}
        self._failed: dict[tuple[Ask, str | None], tuple[int, Unschedulable]] = {}
        self.waiting: dict[int, tuple[Pod, Unschedulable]] = {}
        self.blocked: dict[int, tuple[Pod, str]] = {}
        self._seen = -1
        self.modelled = False
        self.load = Load(())
        self.ledger = Ledger({})
        self.look_at_nodes()

    def look_at_nodes(self, pods: Iterable[Pod] = ()) -> None:
        """The nodes have changed; `pods` are all pods there are."""
        state = self._state
        self.modelled = is_modelled(state.nodes)
        self.load = Load(state.nodes)
        version = self.ledger.version
        self.ledger = Ledger(state.nodes, self._namespace_labels, lambda *name: find_claim(state, *name))
        self.ledger.version = version + 1
        for pod in pods:
            if pod.node is not None:
                self.load.add(pod.cohort.namespace, pod.node, 1)
                self.note(pod)

    # Told by the store

    def bound(self, pod: Pod) -> None:
        """A pod got its node."""
        if pod.node is None:
            return
        self.load.add(pod.cohort.namespace, pod.node, 1)
        for key in self._shared_claims(pod):
            self._attached.setdefault(key, {})[pod.uid] = pod

    def note(self, pod: Pod) -> None:
        """The condition, labels or owner of a pod that has a node may have changed."""
        if not self.modelled or pod.node is None:
            return
        ending = pod.state in ENDING
        if ending:
            self._ending_s.setdefault(pod.uid, self._state.now_s)
        if pod.state in (SUCCEEDED, FAILED):
            self.ledger.drop(pod.uid)
        else:
            self.ledger.put(pod.uid, self.ask(pod), pod.node, ending)

    def gone(self, pod: Pod) -> None:
        """A pod is no more."""
        self.waiting.pop(pod.uid, None)
        self.blocked.pop(pod.uid, None)
        if pod.node is None:
            return
        self.load.add(pod.cohort.namespace, pod.node, -1)
        if self.modelled:
            self.ledger.drop(pod.uid)
            self._ending_s.pop(pod.uid, None)
            for key in self._shared_claims(pod):
                self._attached.get(key, {}).pop(pod.uid, None)

    # Asked by the kubelet's acts

    def node_for(self, pod: Pod) -> str | None:
        """The node that a pod goes to; None where it has to wait: `waiting` says why."""
        spec = pod.cohort.template.get("spec") or {}
        if named := spec.get("nodeName"):
            return str(named)  # such a pod passes the scheduler by
        if not self.modelled:
            found: Placement | Unschedulable = self._open(pod)
        else:
            found = self._chosen(pod)
        if isinstance(found, Placement):
            self.waiting.pop(pod.uid, None)
            return found.node
        self.waiting[pod.uid] = (pod, found)
        return None

    def may_start(self, pod: Pod) -> bool:
        """Whether a bound pod gets its volumes; else `blocked` says why not."""
        for key in self._shared_claims(pod):
            holder = self._holder(key)
            if holder is not None and holder.node != pod.node:
                self.blocked[pod.uid] = (pod, f'Multi-Attach error for volume of "{key[1]}": {holder.node} has it')
                return False
        self.blocked.pop(pod.uid, None)
        return True

    def offered_again(self) -> list[Pod]:
        """The waiting pods that fit now, and the bound ones whose volumes have become free."""
        found = [pod for pod, _ in list(self.blocked.values()) if pod.state == PENDING and self.may_start(pod)]
        if self._seen == self.ledger.version:
            return found
        self._seen = self.ledger.version
        for pod, _ in list(self.waiting.values()):
            if pod.state == UNSCHEDULED and self.node_for(pod) is not None:
                found.append(pod)
        return found

    def ask(self, pod: Pod) -> Ask:
        """What the pod asks for, the same object for pods that are alike."""
        cohort = pod.cohort
        claims = frozenset(claim_names(cohort))
        key = (cohort.namespace, id(cohort.labels), id(cohort.template), claims)
        known = self._asks.get(key)
        if known is None:
            spec: dict[str, Any] = cohort.template.get("spec") or {}
            known = self._asks[key] = (cohort, ask_of(cohort.namespace, cohort.labels, spec, claims))
        return known[1]

    def _chosen(self, pod: Pod) -> Placement | Unschedulable:
        """The answer for pods that are alike stays the same until something changes."""
        key = (self.ask(pod), pod.target)
        known = self._failed.get(key)
        if known is not None and known[0] == self.ledger.version:
            return known[1]
        found = choose(self.ledger, self.load, key[0], pod.target)
        if isinstance(found, Unschedulable):
            self._failed[key] = (self.ledger.version, found)
        return found

    def _open(self, pod: Pod) -> Placement | Unschedulable:
        """Nodes of which nothing is known take everything, unless they are lost or cordoned."""
        if pod.target is not None:
            return Placement(pod.target)
        reasons: dict[str, int] = {}
        for name in self.load.order(pod.cohort.namespace):
            use = self.ledger.nodes[name]
            reason = taint_reason(self.ask(pod), use) if "spec" in use.data else None
            if reason is None:
                return Placement(name)
            reasons[reason] = reasons.get(reason, 0) + 1
        return Unschedulable(len(self.ledger.nodes), tuple(sorted(reasons.items())))

    def _shared_claims(self, pod: Pod) -> Iterator[tuple[str, str]]:
        """The pod's claims whose volume only one node may hold."""
        if not self.modelled or "PersistentVolumeClaim" not in self._state.objects:
            return
        namespace = pod.cohort.namespace
        for name in sorted(claim_names(pod.cohort)):
            claim = find_claim(self._state, namespace, name)
            if claim is not None and claim.one_node:
                yield namespace, name

    def _holder(self, key: tuple[str, str]) -> Pod | None:
        """The pod for which the volume is attached: the first that came; one on a lost node holds it for a while."""
        for pod in self._attached.get(key, {}).values():
            if pod.state in (SUCCEEDED, FAILED):
                continue
            deleted_s = self._ending_s.get(pod.uid)
            node = self._state.nodes.get(pod.node or "")
            overdue = deleted_s is not None and deleted_s + FORCE_DETACH_S <= self._state.now_s
            if not (overdue and node is not None and is_lost(node)):
                return pod
        return None

    def _namespace_labels(self, name: str) -> dict[str, str]:
        found = self._state.get("Namespace", "", name)
        return {"kubernetes.io/metadata.name": name, **(found.labels if found else {})}
