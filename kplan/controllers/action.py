"""What a controller asks for while it reconciles one object. Each action says why, in a few words.

A controller is a generator: it yields actions, and gets the outcome of each back, as an API call would return it.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

from kplan.controllers.state import Map, Obj, Pod


@dataclass(frozen=True, slots=True)
class Create:
    """Make an object owned by `owner`. Outcome: the new Obj, or None where the name is taken."""

    kind: str
    namespace: str
    name: str
    data: Map
    owner: Obj | None
    why: str


@dataclass(frozen=True, slots=True)
class Update:
    """Replace an object's data; its generation goes up where the spec changes. Outcome: None."""

    obj: Obj
    data: Map
    why: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Set `spec.replicas` and some annotations of an object. Outcome: None."""

    obj: Obj
    replicas: int
    why: str
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an object; what it owns goes after it. Outcome: None."""

    obj: Obj
    why: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Replace an object's status. Outcome: whether it changed."""

    obj: Obj
    status: Any


@dataclass(frozen=True, slots=True)
class Own:
    """Make `owner` the controller of an object or pod, or release it (None). Outcome: None."""

    thing: Obj | Pod
    owner: Obj | None
    why: str


@dataclass(frozen=True, slots=True)
class Seed:
    """What is special about one pod to be made: its own name, ordinal or completion index, node, annotations."""

    name: str | None = None
    index: int | None = None
    target: str | None = None
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CreatePods:
    """Make one pod for each seed. Outcome: why the API server refused the first that it refused, or None."""

    owner: Obj
    template: Map
    labels: dict[str, str]
    seeds: tuple[Seed, ...]
    why: str


@dataclass(frozen=True, slots=True)
class DeletePods:
    """Delete pods; those that run terminate first. Outcome: None."""

    pods: tuple[Pod, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Reconcile this object again at a virtual time. Outcome: None.

    `waited_for` says that nothing else should happen before that time (a pod is about to be counted as available);
    otherwise it comes when the clock gets there (a deadline).
    """

    obj: Obj
    at_s: float
    waited_for: bool = False


Action: TypeAlias = Create | Update | Scale | Delete | SetStatus | Own | CreatePods | DeletePods | Wake
Effects: TypeAlias = Generator[Action, Any, None]
