"""What is on each node, so that it is quick to say whether one more pod fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from kplan.controllers.node import fit, matches, node_labels
from kplan.controllers.state import Map
from kplan.simulator.node import allocatable
from kplan.simulator.scheduler.ask import Ask, Port
from kplan.simulator.scheduler.claim import Claims, no_claims
from kplan.simulator.scheduler.tally import Tally
from kplan.simulator.scheduler.term import NamespaceLabels, Spread, Term


class Entry(NamedTuple):
    """A placed pod."""

    ask: Ask
    node: str
    ending: bool


class NodeUse:
    """One node, and what its pods take of it. Amounts are as `whole` counts them; `pods` is their number."""

    __slots__ = ("allocatable", "data", "labels", "name", "pods", "ports", "used")

    def __init__(self, name: str, data: Map) -> None:
        self.name = name
        self.data = data
        self.labels = node_labels(name, data)
        self.allocatable = allocatable(data)
        self.used: dict[str, int] = {}
        self.ports: Counter[Port] = Counter()
        self.pods = 0


class Ledger:
    """The nodes and the pods placed on them. `version` grows with every change.

    `claims` looks up what is known of a PersistentVolumeClaim, `namespace_labels` a namespace's labels.
    """

    def __init__(
        self,
        nodes: Mapping[str, Map],
        namespace_labels: NamespaceLabels = lambda _: {},
        claims: Claims = no_claims,
    ) -> None:
        self.nodes = {name: NodeUse(name, data) for name, data in nodes.items()}
        self.namespace_labels = namespace_labels
        self.claims = claims
        self.version = 0
        self._entries: dict[int, Entry] = {}
        self._claimed: Counter[tuple[str, str]] = Counter()
        self._repelling: dict[Ask, int] = {}
        self._repelled: dict[Ask, tuple[int, list[Tally]]] = {}
        self._tallies: dict[tuple[object, ...], Tally] = {}
        self._of_ask: dict[Ask, list[Tally]] = {}
        self._for_ask: dict[tuple[str, Ask], list[Tally]] = {}
        self._fits: dict[Ask, dict[str, str | None]] = {}

    # Placed pods

    def put(self, uid: int, ask: Ask, node: str, ending: bool = False) -> None:
        """A pod is on a node, or is there in another way than before."""
        entry = Entry(ask, node, ending)
        held = self._entries.get(uid)
        if held == entry:
            return
        if held is not None:
            self._weigh(held, -1)
        self._entries[uid] = entry
        self._weigh(entry, 1)

    def drop(self, uid: int) -> None:
        """A pod takes nothing any more; one that is not there is passed over."""
        entry = self._entries.pop(uid, None)
        if entry is not None:
            self._weigh(entry, -1)

    def entries(self) -> Iterator[tuple[int, Entry]]:
        """All placed pods."""
        yield from self._entries.items()

    def _weigh(self, entry: Entry, number: int) -> None:
        ask, name, ending = entry
        self.version += 1
        if ask.apart:
            self._repelling[ask] = self._repelling.get(ask, 0) + number
        for claim in ask.claims:
            self._claimed[ask.namespace, claim] += number
        for tally in self._tallies_of(ask):
            if tally.with_ending or not ending:
                tally.add(name, number)
        use = self.nodes.get(name)
        if use is None:
            return
        use.pods += number
        for resource, amount in ask.requests:
            use.used[resource] = use.used.get(resource, 0) + number * amount
        for port in ask.ports:
            use.ports[port] += number

    # What there is

    def uses(self, namespace: str, claim: str) -> int:
        """How many pods use a PersistentVolumeClaim."""
        return self._claimed[namespace, claim]

    def fits(self, ask: Ask) -> dict[str, str | None]:
        """For each node that was asked about, why the pod may not run there whatever else runs; None where it may."""
        return self._fits.setdefault(ask, {})

    def repelled(self, ask: Ask) -> list[Tally]:
        """Counts of placed pods that want no such pod near them, each by the label that says what is near."""
        if not self._repelling:
            return []
        known = self._repelled.get(ask)
        if known is None or known[0] != len(self._repelling):
            known = self._repelled[ask] = (len(self._repelling), list(self._repelled_by(ask)))
        return known[1]

    def _repelled_by(self, ask: Ask) -> Iterator[Tally]:
        for other in list(self._repelling):
            for term in other.apart:
                if self.meets(term, ask):
                    key = ("is", other, term.topology_key)
                    yield self._tally(key, lambda one, it=other: one is it, term.topology_key)  # type: ignore[misc]

    def apart(self, ask: Ask) -> list[Tally]:
        """Counts of the pods that each term of the pod's anti-affinity takes."""
        return self._once("apart", ask, lambda: [self._taken((term,), term.topology_key) for term in ask.apart])

    def near(self, ask: Ask) -> list[Tally]:
        """Counts of the pods that all terms of the pod's affinity take, for each term by its topology."""
        return self._once("near", ask, lambda: [self._taken(ask.near, term.topology_key) for term in ask.near])

    def spread(self, ask: Ask) -> list[Tally]:
        """Counts of the pods that each spread constraint of the pod counts, on the nodes that it looks at."""
        return self._once("spread", ask, lambda: [self._spread(ask, rule) for rule in ask.spread])

    def _once(self, what: str, ask: Ask, work_out: Callable[[], list[Tally]]) -> list[Tally]:
        known = self._for_ask.get((what, ask))
        if known is None:
            known = self._for_ask[what, ask] = work_out()
        return known

    def _taken(self, terms: tuple[Term, ...], topology_key: str) -> Tally:
        """The pods that all of the terms take."""
        return self._tally(
            ("taken", terms, topology_key), lambda one: all(self.meets(term, one) for term in terms), topology_key
        )

    def _spread(self, ask: Ask, rule: Spread) -> Tally:
        """Source: kubernetes v1.36 pkg/scheduler/framework/plugins/podtopologyspread calPreFilterState."""
        keys = [one.topology_key for one in ask.spread]
        domains = {
            name: use.labels[rule.topology_key]
            for name, use in self.nodes.items()
            if all(one in use.labels for one in keys) and _is_looked_at(ask, rule, use)
        }

        def takes(one: Ask) -> bool:
            return one.namespace == ask.namespace and rule.selector.matches(one.labels)

        return self._new(("spread", ask, rule), Tally(takes, domains, with_ending=False))

    def meets(self, term: Term, ask: Ask) -> bool:
        """Whether a term takes a pod."""
        return term.matches(ask.namespace, ask.labels, self.namespace_labels)

    def _tally(self, key: tuple[object, ...], takes: Callable[[Ask], bool], topology_key: str) -> Tally:
        found = self._tallies.get(key)
        if found is not None:
            return found
        domains = {name: use.labels[topology_key] for name, use in self.nodes.items() if topology_key in use.labels}
        return self._new(key, Tally(takes, domains, with_ending=True))

    def _new(self, key: tuple[object, ...], tally: Tally) -> Tally:
        self._tallies[key] = tally
        for ask, known in self._of_ask.items():
            if tally.takes(ask):
                known.append(tally)
        for entry in self._entries.values():
            if (tally.with_ending or not entry.ending) and tally.takes(entry.ask):
                tally.add(entry.node, 1)
        return tally

    def _tallies_of(self, ask: Ask) -> list[Tally]:
        known = self._of_ask.get(ask)
        if known is None:
            known = self._of_ask[ask] = [tally for tally in self._tallies.values() if tally.takes(ask)]
        return known


def _is_looked_at(ask: Ask, rule: Spread, use: NodeUse) -> bool:
    if rule.honor_affinity and not matches(ask.spec, use.name, use.data):
        return False
    return not rule.honor_taints or fit({"tolerations": ask.spec.get("tolerations")}, use.name, use.data).may_start
