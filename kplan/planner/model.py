"""A plan: what an apply changes, and every step of the rollouts that follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from kplan.model import FieldPath, Finding, Manifest, ObjectRef, Span
from kplan.model.change import Change, Verb

Policy = Literal["batch", "seq"]


class Effect(StrEnum):
    """What an apply does to the pods of a workload."""

    CREATE = "create"
    ROLL = "roll"
    SCALE = "scale"
    DELETE = "delete"
    REPLACE = "replace"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Demand:
    """Pods at one moment and what they request: `cpu_m` millicores, `memory_b` bytes."""

    pods: int = 0
    cpu_m: int = 0
    memory_b: int = 0


@dataclass(frozen=True, slots=True)
class RolloutStep:
    """A workload when its cluster has come to rest after one event or wave. Bare counts are pods.

    `what` says what happened, `old` and `new` are the ready pods of the old and the new revision, `pods` all there are,
    with the `terminating` ones.
    """

    number: int
    what: str
    old: int
    new: int
    available: int
    pods: int
    terminating: int = 0


@dataclass(frozen=True, slots=True)
class Rollout:
    """What happens to one workload's pods, step by step; step 0 is the state before.

    `because` are the fields that make pods roll. `old_names` and `new_name` are a Deployment's ReplicaSets, and
    revisions of others. `most_pods` and `least_available` are what the strategy allows, None where there is no limit;
    `peak` and `fewest_available` are what it comes to. `finished` says whether it ends as asked for, `removed` which
    ReplicaSets the revision history drops. `summary` is one sentence.
    """

    ref: ObjectRef
    effect: Effect
    summary: str
    because: tuple[str, ...] = ()
    strategy: str = ""
    old_names: tuple[str, ...] = ()
    new_name: str | None = None
    replicas_before: int | None = None
    replicas_after: int | None = None
    most_pods: int | None = None
    least_available: int | None = None
    steps: tuple[RolloutStep, ...] = ()
    peak: Demand = Demand()
    fewest_available: int | None = None
    finished: bool = True
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """The ready endpoints of a Service over the same steps; `at_zero` are the steps in which it has none.

    `shares` are the owners of the pods behind it at the end, with their number.
    """

    ref: ObjectRef
    endpoints: tuple[int, ...]
    at_zero: tuple[int, ...] = ()
    shares: tuple[tuple[str, int], ...] = ()

    @property
    def fewest(self) -> int:
        """The fewest endpoints at any step."""
        return min(self.endpoints)


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing about one object that its fields do not say."""

    ref: ObjectRef
    text: str


@dataclass(frozen=True, slots=True)
class Risk:
    """What can go wrong, and the step at which it bites; None where it is not a matter of steps.

    `path` is the field to look at, of the object as it is after (before, where it goes), and `span` where it stands.
    """

    rule: str
    severity: str
    message: str
    ref: ObjectRef | None = None
    step: int | None = None
    help: str | None = None
    path: FieldPath = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Stuck:
    """Pods of one workload that cannot go on, and why in the words of Kubernetes.

    `why`: the API server refuses to make them (`refused`), no node takes them (`unschedulable`), or a volume of theirs
    is on another node (`volume`).
    """

    ref: ObjectRef
    pods: int
    why: Literal["refused", "unschedulable", "volume"]
    message: str


@dataclass(frozen=True, slots=True)
class WhatIfStep:
    """A moment `at_s` seconds after it happened. `counts` are the ready endpoints or pods that have changed.

    Each of them is an object with its numbers before and after.
    """

    at_s: float
    what: str
    counts: tuple[tuple[ObjectRef, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would come of something that may go wrong: in sentences, step by step, and what to do about it.

    `outages` are the Services and workloads that have nothing ready at some moment.
    """

    kind: Literal["lose-node", "bad-image"]
    title: str
    text: tuple[str, ...] = ()
    steps: tuple[WhatIfStep, ...] = ()
    outages: tuple[ObjectRef, ...] = ()
    help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """The revision that a workload goes back to; `kept` says whether it is taken up again or has to be made anew."""

    ref: ObjectRef
    name: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """What the way back does not bring back."""

    ref: ObjectRef
    text: str


@dataclass(frozen=True, slots=True)
class Undo:
    """A plan that is a way back: in how many steps, to which revisions, and what stays lost."""

    steps: int
    returns: tuple[Return, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an apply of `after` does to a cluster that was given `before`.

    `findings` are the errors in `after`, which the plan leaves out. `complete` is false where something could not be
    predicted, and `unknown` says what and why. `undo` is there where the plan is the way back from an apply.
    """

    minor: int
    policy: Policy
    before: Manifest
    after: Manifest
    changes: tuple[Change, ...]
    rollouts: tuple[Rollout, ...] = ()
    services: tuple[ServicePlan, ...] = ()
    notes: tuple[Note, ...] = ()
    risks: tuple[Risk, ...] = ()
    complete: bool = True
    unknown: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    what_ifs: tuple[WhatIf, ...] = ()
    undo: Undo | None = None

    def count(self, verb: Verb) -> int:
        """How many objects this happens to."""
        return sum(change.verb == verb for change in self.changes)

    @property
    def replaced(self) -> frozenset[ObjectRef]:
        """The objects that are deleted and made anew."""
        return frozenset(change.ref for change in self.changes if change.verb == Verb.REPLACE)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return all(change.verb == Verb.KEEP for change in self.changes)
