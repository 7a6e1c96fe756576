"""A DaemonSet's revisions: the one of its template, and the others.

Source: kubernetes v1.36 pkg/controller/daemon constructHistory, snapshot, cleanupHistory.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from kplan.controllers.action import Action, Create, Effects, SetStatus
from kplan.controllers.daemon_set.placement import revision_label
from kplan.controllers.daemon_set.status import status_of
from kplan.controllers.revision import (
    HASH_LABEL,
    KIND,
    history_limit,
    number,
    pod_revision,
    renumber,
    revision_data,
    revisions,
    same,
    truncate,
)
from kplan.controllers.state import Obj, State
from kplan.defaults import template_hash


def current_and_old(state: State, daemon_set: Obj) -> Generator[Action, Any, tuple[Obj, list[Obj]]]:
    """The revision of the DaemonSet's template, made or numbered anew where needed, and the others, lowest first."""
    known = revisions(state, daemon_set)
    equal = [one for one in known if same(one, daemon_set.template)]
    old = [one for one in known if one not in equal]
    following = max(map(number, old), default=0) + 1
    if not equal:
        return (yield from _create(state, daemon_set, following)), old
    if number(equal[-1]) < following:
        yield renumber(equal[-1], following)
    return equal[-1], old


def _create(state: State, daemon_set: Obj, revision: int) -> Generator[Action, Any, Obj]:
    """Make the revision; where its name is taken by another template's, count a collision and try the next hash."""
    while True:
        status = status_of(daemon_set)
        digest = template_hash(daemon_set.template, state.minor, status.collision_count)
        name = f"{daemon_set.name}-{digest}"
        data = revision_data(daemon_set, name, {HASH_LABEL: digest}, revision)
        new: Obj | None = yield Create(KIND, daemon_set.namespace, name, data, daemon_set, "new pod template")
        new = new or _existing(state, daemon_set, name)
        if new is not None:
            return new
        yield SetStatus(daemon_set, replace(status, collision_count=(status.collision_count or 0) + 1))


def _existing(state: State, daemon_set: Obj, name: str) -> Obj | None:
    taken = state.get(KIND, daemon_set.namespace, name)
    return taken if taken is not None and same(taken, daemon_set.template) else None


def clean_up(state: State, daemon_set: Obj, old: Sequence[Obj]) -> Effects:
    """Delete the oldest revisions that no pod is of, as many as there are beyond the limit."""
    surplus = len(old) - history_limit(daemon_set)
    if surplus <= 0:
        return
    used = {pod_revision(cohort.labels) for cohort in state.cohorts_of.get(daemon_set.uid, ())}
    live = {one.name for one in old if revision_label(one) in used}
    yield from truncate(old, surplus, live)
