"""Old ReplicaSets kept to roll back to, as many as `revisionHistoryLimit` says."""

from __future__ import annotations

from collections.abc import Sequence

from kplan.controllers.action import Delete, Effects
from kplan.controllers.deployment.revision import revision_of
from kplan.controllers.replica_set import status_of as replica_set_status
from kplan.controllers.state import Obj

NO_LIMIT = 2**31 - 1


def clean_up(deployment: Obj, old: Sequence[Obj]) -> Effects:
    """Delete the oldest revisions beyond the limit; a ReplicaSet that still has pods is passed over.

    Source: kubernetes v1.36 pkg/controller/deployment cleanupDeployment.
    """
    limit = deployment.spec.get("revisionHistoryLimit", 10)
    if limit is None or limit == NO_LIMIT:
        return
    kept = sorted((one for one in old if not one.deleting), key=lambda one: (revision_of(one), one.since, one.uid))
    for one in kept[: max(0, len(kept) - int(limit))]:
        status = replica_set_status(one)
        if not status.replicas and not one.replicas and one.generation <= status.observed_generation:
            yield Delete(one, "beyond revisionHistoryLimit")
