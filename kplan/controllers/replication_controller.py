"""ReplicationControllers: the ReplicaSets of old, kept by the same code; their selector is a plain map.

Source: kubernetes v1.36 pkg/controller/replication.
"""

from __future__ import annotations

from kplan.controllers.claim import claimants
from kplan.controllers.registry import Controller
from kplan.controllers.replica_set import status_of, sync
from kplan.controllers.state import Cohort, Map, Obj, State

KIND = "ReplicationController"


def shown(state: State, controller: Obj) -> Map:
    """The ReplicationController's entry in a snapshot."""
    status = status_of(controller)
    return {
        "spec": controller.replicas,
        "replicas": status.replicas,
        "ready": status.ready,
        "available": status.available,
    }


def _woken_by_pods(state: State, cohort: Cohort) -> list[Obj]:
    return [] if cohort.owner else claimants(state, KIND, cohort.labels, cohort.namespace)


CONTROLLER = Controller(KIND, "replicationcontrollers", shown, sync, rank=0, woken_by_pods=_woken_by_pods)
