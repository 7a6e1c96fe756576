"""A simulated component, frame by frame: the event or wave, and what there is when it has come to rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Map = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment. `act` is None for the state before the apply and for the apply itself.

    `acts` are the pods that something was done to, by kind of act, and `done` their number by the name of their owner;
    `scaled` the net change of each ReplicaSet's size. `replica_sets` are their names by that of their owner.
    """

    number: int
    acts: Mapping[str, tuple[str, ...]]
    scaled: Mapping[str, tuple[int, int]]
    state: Map
    done: Mapping[str, Mapping[str, int]] = field(init=False, compare=False)
    replica_sets: Mapping[str, tuple[str, ...]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "done", {act: Counter(map(_owner, pods)) for act, pods in self.acts.items()})
        owned: dict[str, tuple[str, ...]] = {}
        for name, shown in (self.state.get("replicasets") or {}).items():
            if owner := shown.get("owner"):
                owned[owner] = (*owned.get(owner, ()), name)
        object.__setattr__(self, "replica_sets", owned)

    def objects(self, section: str) -> Map:
        """The objects of one section of the snapshot, by name."""
        found: Map = self.state.get(section) or {}
        return found

    def pods(self, owner: str) -> Map:
        """The pods of an owner by condition."""
        found: Map = self.objects("pods").get(owner) or {}
        return found


def frame(number: int, act: Any, rs_scaled: Any, state: Map) -> Frame:
    """A frame of a step in the form of the simulator."""
    return Frame(number, _acts(act), _net(rs_scaled), state)


def _acts(act: Any) -> dict[str, tuple[str, ...]]:
    if isinstance(act, dict):
        return {kind: tuple(pods) for kind, pods in act.items()}
    kind, _, pod = str(act or "").partition(" ")
    return {kind: (pod,)} if kind in ("bind", "ready", "finish", "complete") else {}


def _net(rs_scaled: Any) -> dict[str, tuple[int, int]]:
    """Size before and after, of each ReplicaSet whose size changed."""
    sizes: dict[str, tuple[int, int]] = {}
    for name, old, new in rs_scaled or ():
        first = sizes[name][0] if name in sizes else old or 0
        sizes[name] = (first, new or 0)
    return {name: pair for name, pair in sizes.items() if pair[0] != pair[1]}


def _owner(pod: str) -> str:
    """Whose pod it is: of `web-7874c6d779#2` what stands before `#`, of `db-0` what stands before the ordinal."""
    return pod.partition("#")[0] if "#" in pod else pod.rpartition("-")[0]
