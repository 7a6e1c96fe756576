"""What a rule about rollouts may ask of a plan: both manifests, what changes, and how it goes, state by state."""

# ruff: noqa: D102  what Moment and Course hold is documented where the plan has them

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

from kplan.k8s.selector import Selector
from kplan.model import FieldPath, ObjectRef, Resource, Severity
from kplan.model.change import Change, Verb
from kplan.rules.template import labels, template

Map = dict[str, Any]


class Hazard(NamedTuple):
    """What a risk rule yields: what goes wrong, at which step, and what helps.

    `path` is the field to point at, in the object as it is after (before, where it goes). `severity` is for the rare
    hazard that is worse or milder than its rule.
    """

    message: str
    step: int | None = None
    help: str | None = None
    path: FieldPath = ("metadata", "name")
    at: Literal["key", "value"] = "value"
    severity: Severity | None = None


class Moment(Protocol):
    """One step of a workload: ready pods of the old and the new revision, available ones, and all there are."""

    @property
    def number(self) -> int: ...
    @property
    def old(self) -> int: ...
    @property
    def new(self) -> int: ...
    @property
    def available(self) -> int: ...
    @property
    def pods(self) -> int: ...


class Course(Protocol):
    """What happens to the pods of one workload: its rollout in the plan."""

    @property
    def effect(self) -> str: ...
    @property
    def finished(self) -> bool: ...
    @property
    def steps(self) -> tuple[Moment, ...]: ...
    @property
    def old_names(self) -> tuple[str, ...]: ...
    @property
    def new_name(self) -> str | None: ...
    @property
    def removed(self) -> tuple[str, ...]: ...
    @property
    def replicas_before(self) -> int | None: ...
    @property
    def replicas_after(self) -> int | None: ...
    @property
    def most_pods(self) -> int | None: ...
    @property
    def least_available(self) -> int | None: ...


class Obstacle(NamedTuple):
    """Why `pods` pods of a workload cannot go on: they are `refused`, `unschedulable`, or wait for a `volume`."""

    pods: int
    why: str
    message: str


ROLLS = ("roll", "replace")
"""The effects that replace running pods."""


@dataclass(frozen=True)
class Scene:
    """Related objects and all states they go through, as snapshots: the first is the one before the apply.

    `obstacles` are what workloads' pods cannot get past at the end.
    """

    refs: tuple[ObjectRef, ...] = ()
    states: tuple[Map, ...] = ()
    obstacles: Mapping[ObjectRef, Obstacle] = field(default_factory=dict)

    def shown(self, section: str, name: str) -> list[Map | None]:
        """One object in every state, None where it is not there."""
        return [(state.get(section) or {}).get(name) for state in self.states]

    def pods(self, state: int, owner: str) -> Map:
        """The pods of an owner by condition, in one state."""
        found: Map = (self.states[state].get("pods") or {}).get(owner) or {}
        return found

    @cached_property
    def _replica_sets(self) -> dict[str, str]:
        """Whose ReplicaSets they are."""
        return {
            name: str(shown.get("owner"))
            for state in self.states
            for name, shown in (state.get("replicasets") or {}).items()
            if shown.get("owner")
        }

    @cached_property
    def _by_name(self) -> dict[str, ObjectRef]:
        named: dict[str, ObjectRef] = {}
        for ref in self.refs:
            if ref.kind in POD_OWNERS:
                named.setdefault(ref.name, ref)
        return named

    def workload(self, owner: str) -> ObjectRef | None:
        """The workload behind an owner of pods; None for one that no manifest names."""
        deployment = self._replica_sets.get(owner)
        if deployment is not None:
            return next((r for r in self.refs if r.kind == "Deployment" and r.name == deployment), None)
        return self._by_name.get(owner)

    def shares(self, state: int, service: str) -> dict[ObjectRef, int]:
        """The ready endpoints of a Service in one state, by workload."""
        shown = (self.states[state].get("services") or {}).get(service) or {}
        found: dict[ObjectRef, int] = {}
        for owner, count in (shown.get("by") or {}).items():
            ref = self.workload(owner)
            if ref is not None:
                found[ref] = found.get(ref, 0) + int(count)
        return found


POD_OWNERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "Pod")


@dataclass(frozen=True)
class Outlook:
    """A plan as risk rules see it. Every answer is in the order of the plan's changes.

    `stored` gives an object as the API server holds it after the apply (before, with True), {} where it is not there.
    """

    minor: int
    before: Mapping[ObjectRef, Resource]
    after: Mapping[ObjectRef, Resource]
    changes: Mapping[ObjectRef, Change]
    courses: Mapping[ObjectRef, Course]
    scenes: Mapping[ObjectRef, Scene]
    stored: Callable[[ObjectRef, bool], Map]
    never_ready: tuple[str, ...] = ()
    nodes: int | None = None
    indexes: dict[str, Any] = field(default_factory=dict, compare=False)

    def of_kinds(self, kinds: Iterable[str]) -> Iterator[ObjectRef]:
        """The objects of kinds written as `Service` or `apps/Deployment`; all of them for none."""
        if not (wanted := tuple(kinds)):
            yield from self.changes
        for kind in wanted:
            yield from self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, list[ObjectRef]]:
        found: dict[str, list[ObjectRef]] = {}
        for ref in self.changes:
            found.setdefault(f"{ref.group}/{ref.kind}" if ref.group else ref.kind, []).append(ref)
        return found

    def scene(self, ref: ObjectRef) -> Scene:
        """The states of an object and its relations; an empty scene where nothing of them moves."""
        return self.scenes.get(ref) or _EMPTY

    def verb(self, ref: ObjectRef) -> Verb:
        """What happens to the object."""
        return self.changes[ref].verb

    def is_left_behind(self, ref: ObjectRef) -> bool:
        """Whether the object is no longer in the manifests and stays all the same, since nothing is pruned."""
        return ref not in self.after and ref in self.before and self.verb(ref) == Verb.KEEP

    def rolls(self, ref: ObjectRef) -> bool:
        """Whether running pods of the workload are replaced."""
        course = self.courses.get(ref)
        return course is not None and course.effect in ROLLS

    def resource(self, ref: ObjectRef) -> Resource | None:
        """The object as written: after the apply, or before where it goes."""
        return self.after.get(ref) or self.before.get(ref)

    def workloads_with(self, selector: Selector, namespace: str) -> list[ObjectRef]:
        """The workloads, there after the apply, whose pods a selector takes."""
        lists = [self._by_label.get((namespace, *pair), []) for pair in selector.pairs.items()]
        found = min(lists, key=len) if lists else self._by_label.get((namespace, "", ""), [])
        return [ref for ref, carried in found if selector.matches(carried)]

    @cached_property
    def _by_label(self) -> dict[tuple[str, str, str], list[tuple[ObjectRef, dict[str, str]]]]:
        """Workloads with the labels of their pods, by namespace and label; all of a namespace under an empty one."""
        index: dict[tuple[str, str, str], list[tuple[ObjectRef, dict[str, str]]]] = {}
        for ref in self.changes:
            if ref.kind in POD_OWNERS and self.verb(ref) != Verb.DELETE:
                carried = labels(template(self.stored(ref, ref not in self.after), ref.kind))
                for pair in (("", ""), *carried.items()):
                    index.setdefault((ref.namespace, *pair), []).append((ref, carried))
        return index

    @cached_property
    def left_behind(self) -> dict[tuple[str, str], list[ObjectRef]]:
        """The objects that stay though no manifest has them any more, by namespace and kind."""
        found: dict[tuple[str, str], list[ObjectRef]] = {}
        for ref in self.changes:
            if self.is_left_behind(ref):
                found.setdefault((ref.namespace, ref.kind), []).append(ref)
        return found

    def spec(self, ref: ObjectRef, before: bool = False) -> Map:
        """The object's spec as stored, {} where there is none."""
        found = self.stored(ref, before).get("spec")
        return found if isinstance(found, dict) else {}


_EMPTY = Scene()


def spell(numbers: Iterable[int]) -> str:
    """Steps in words.

    >>> spell([3]), spell([1, 2, 3, 7])
    ('step 3', 'steps 1 to 3 and 7')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    listed = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return ("step " if sum(map(len, runs)) == 1 else "steps ") + listed


def plural(count: int, noun: str) -> str:
    """The count with its noun: `1 pod`, `3 pods`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
