"""A StatefulSet's revisions: the one its pods come from, and the one they should come from.

Source: kubernetes v1.36 pkg/controller/statefulset getStatefulSetRevisions; pkg/controller/history.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from kplan.controllers.action import Action, Create, Effects
from kplan.controllers.revision import (
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
from kplan.controllers.stateful_set.status import status_of
from kplan.defaults import revision_hash

_HASH_LABEL = "controller.kubernetes.io/hash"
_LONGEST_PREFIX = 223

Revisions = tuple[Obj, Obj, int]
"""The current revision, the update revision, and the number of name collisions so far."""


def current_and_update(state: State, stateful_set: Obj) -> Generator[Action, Any, Revisions]:
    """The current and the update revision. A new template makes a revision, an earlier one's is numbered anew.

    The current revision is the update revision until the status names one that exists.
    """
    known = revisions(state, stateful_set)
    status = status_of(stateful_set)
    newest, collisions = yield from _update_revision(state, stateful_set, known, status.collision_count or 0)
    current = next((one for one in known if one.name == status.current_revision), newest)
    return current, newest, collisions


def _update_revision(
    state: State, stateful_set: Obj, known: Sequence[Obj], collisions: int
) -> Generator[Action, Any, tuple[Obj, int]]:
    equal = [one for one in known if same(one, stateful_set.template)]
    following = number(known[-1]) + 1 if known else 1
    if not equal:
        return (yield from _create(state, stateful_set, following, collisions))
    newest = equal[-1]
    if newest is not known[-1] and not same(known[-1], stateful_set.template):
        yield renumber(newest, following)
    return newest, collisions


def _create(state: State, stateful_set: Obj, revision: int, collisions: int) -> Generator[Action, Any, tuple[Obj, int]]:
    """Make the revision; where its name is taken by another template's, try the next hash.

    Source: kubernetes v1.36 pkg/controller/history CreateControllerRevision.
    """
    while True:
        digest = revision_hash(stateful_set.template, state.minor, collisions)
        name = f"{stateful_set.name[:_LONGEST_PREFIX]}-{digest}"
        data = revision_data(stateful_set, name, {_HASH_LABEL: digest}, revision)
        new: Obj | None = yield Create(KIND, stateful_set.namespace, name, data, stateful_set, "new pod template")
        new = new or _existing(state, stateful_set, name)
        if new is not None:
            return new, collisions
        collisions += 1


def _existing(state: State, stateful_set: Obj, name: str) -> Obj | None:
    taken = state.get(KIND, stateful_set.namespace, name)
    return taken if taken is not None and same(taken, stateful_set.template) else None


def clean_up(state: State, stateful_set: Obj, current: Obj, newest: Obj) -> Effects:
    """Delete the oldest revisions that nothing uses, down to the limit. A negative limit keeps all.

    Source: kubernetes v1.36 pkg/controller/statefulset truncateHistory.
    """
    limit = history_limit(stateful_set)
    known = revisions(state, stateful_set)
    if limit < 0 or len(known) <= limit:
        return
    live = {current.name, newest.name}
    live |= {pod_revision(cohort.labels) for cohort in state.cohorts_of.get(stateful_set.uid, ())}
    unused = [one for one in known if one.name not in live]
    yield from truncate(unused, len(unused) - limit, live)
