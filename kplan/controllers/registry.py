"""All controllers, found by folder: each module or package here that has a CONTROLLER is one."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from kplan.controllers.action import Effects
from kplan.controllers.state import Cohort, Map, Obj, State


@dataclass(frozen=True, slots=True)
class Controller:
    """How one kind of object is kept, and how it is shown.

    `sync` reconciles one object. `section` is the name of the kind in a snapshot and `shown` one object's entry in it.
    `rank` is the order in which controllers act on what has changed: pods' own controllers first (0), then theirs.
    `reads_own_status` is False where a change of an object's status makes no difference to its own `sync`.
    `woken_by` says, for another kind, which objects a change to one of that kind concerns, beside its owner.
    `woken_by_pods` says the same for a cohort in which pods have changed.
    """

    kind: str
    section: str
    shown: Callable[[State, Obj], Map]
    sync: Callable[[State, Obj], Effects] | None = None
    rank: int = 0
    reads_own_status: bool = True
    woken_by: Mapping[str, Callable[[State, Obj], Iterable[Obj]]] = field(default_factory=dict)
    woken_by_pods: Callable[[State, Cohort], Iterable[Obj]] | None = None


@cache
def controllers() -> dict[str, Controller]:
    """The controllers by kind, in the order of their rank."""
    import kplan.controllers as room

    found = []
    for info in pkgutil.iter_modules(room.__path__):
        one = getattr(import_module(f"{room.__name__}.{info.name}"), "CONTROLLER", None)
        if isinstance(one, Controller):
            found.append(one)
    return {one.kind: one for one in sorted(found, key=lambda one: (one.rank, one.kind))}
