"""One workload in a frame: how many pods of the old and the new revision, and what has just happened to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from kplan.planner.frame import Frame, Map
from kplan.planner.model import RolloutStep

_ORDER = ("finish", "bind", "ready", "complete")
_DONE = {"finish": "gone", "bind": "scheduled", "ready": "ready", "complete": "done"}


class View(Protocol):
    """How one kind of workload is read out of frames; `owners` are the pod owners' names that belong to it."""

    @property
    def old(self) -> tuple[str, ...]:
        """The old ReplicaSets or revisions."""

    @property
    def new(self) -> str | None:
        """The new ReplicaSet or revision; None where there is none."""

    def step(self, frame: Frame) -> RolloutStep:
        """The workload in a frame; no pods where it is not there."""

    def owners(self, frame: Frame) -> tuple[str, ...]:
        """The names under which its pods are counted."""


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """A Deployment: its pods belong to ReplicaSets, `new` the current one and `old` the others."""

    name: str
    old: tuple[str, ...]
    new: str | None

    def step(self, frame: Frame) -> RolloutStep:
        """The Deployment in a frame: ready pods of old and new ReplicaSets."""
        shown: Map = frame.objects("deployments").get(self.name) or {}
        pods = {owner: frame.pods(owner) for owner in self.owners(frame)}
        names = [name for name in (*self.old, self.new) if name]
        return RolloutStep(
            number=frame.number,
            what=story(frame, names, self.new if self.old else None),
            old=sum(_count(pods.get(name), "ready") for name in self.old),
            new=_count(pods.get(self.new or ""), "ready"),
            available=int(shown.get("available") or 0),
            pods=sum(sum(counts.values()) for counts in pods.values()),
            terminating=sum(_count(counts, "terminating") for counts in pods.values()),
        )

    def owners(self, frame: Frame) -> tuple[str, ...]:
        """Its ReplicaSets that have pods."""
        return tuple(name for name in (*self.old, self.new) if name and frame.pods(name))


@dataclass(frozen=True, slots=True)
class DirectView:
    """A workload that owns its pods itself; `section` is its kind's in a snapshot, `old` and `new` are revisions."""

    section: str
    name: str
    old: tuple[str, ...] = ()
    new: str | None = None

    def step(self, frame: Frame) -> RolloutStep:
        """The workload in a frame: pods by revision where the snapshot tells, else all as new."""
        shown: Map = frame.objects(self.section).get(self.name) or {}
        pods = frame.pods(self.name)
        new, old = self._by_revision(shown, pods)
        return RolloutStep(
            number=frame.number,
            what=story(frame, [self.name], None),
            old=old,
            new=new,
            available=int(shown.get("available", _count(pods, "ready")) or 0),
            pods=sum(pods.values()),
            terminating=_count(pods, "terminating"),
        )

    def told(self, step: RolloutStep, before: RolloutStep, frame: Frame) -> RolloutStep:
        """The step with the pods that were made and stopped in it: no ReplicaSet's size says so."""
        gone = frame.done.get("finish", {}).get(self.name, 0)
        counts = {
            "made": step.pods - before.pods + gone,
            "stopped": step.terminating - before.terminating + gone,
        }
        more = ", ".join(f"{count} {word}" for word, count in counts.items() if count > 0)
        return replace(step, what="; ".join(text for text in (step.what, more) if text))

    def _by_revision(self, shown: Map, pods: Map) -> tuple[int, int]:
        if isinstance(shown.get("revs"), dict):
            revisions = list(shown["revs"].values())
            new = revisions.count(self.new) if self.new else 0
            return new, len(revisions) - new
        if isinstance(shown.get("byRevision"), dict):
            ready = {str(key): _count(value, "ready") for key, value in shown["byRevision"].items()}
            new = ready.get(self.new or "", 0)
            return new, sum(ready.values()) - new
        return _count(pods, "ready"), 0

    def owners(self, frame: Frame) -> tuple[str, ...]:
        """The workload itself."""
        return (self.name,) if frame.pods(self.name) else ()


def story(frame: Frame, owners: list[str], new: str | None) -> str:
    """What happened to the pods of these owners, in a few words; `new` is told apart from the others where it is given.

    >>> from kplan.planner.frame import frame
    >>> wave = frame(3, {"ready": ["a-2#1"]}, [("a-1", 3, 2), ("a-2", 1, 2)], {})
    >>> story(wave, ["a-1", "a-2"], "a-2")
    '1 new ready; 1 new made, 1 old stopped'
    """
    done = ", ".join(part for act in _ORDER for part in _done(act, frame, owners, new))
    scaled = ", ".join(_scaled(frame, owners, new))
    return "; ".join(part for part in (done, scaled) if part)


def _done(act: str, frame: Frame, owners: list[str], new: str | None) -> Iterator[str]:
    counts: dict[str, int] = {}
    done = frame.done.get(act, {})
    for owner in dict.fromkeys(owners):
        if owner in done:
            role = _role(owner, new)
            counts[role] = counts.get(role, 0) + done[owner]
    for role in ("new ", "old ", ""):
        if role in counts:
            yield f"{counts[role]} {role}{_DONE[act]}"


def _scaled(frame: Frame, owners: list[str], new: str | None) -> Iterator[str]:
    made: dict[tuple[str, str], int] = {}
    for name in dict.fromkeys(owners):
        before, after = frame.scaled.get(name, (0, 0))
        if before != after:
            key = (_role(name, new), "made" if after > before else "stopped")
            made[key] = made.get(key, 0) + abs(after - before)
    for role in ("new ", "old ", ""):
        for word in ("made", "stopped"):
            if (role, word) in made:
                yield f"{made[role, word]} {role}{word}"


def _role(owner: str, new: str | None) -> str:
    return "" if new is None else "new " if owner == new else "old "


def _count(counts: Any, condition: str) -> int:
    return int((counts or {}).get(condition) or 0)
