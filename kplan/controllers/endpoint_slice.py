"""EndpointSlices of Services: which pods serve, and whose they are. Derived from the pods whenever it is asked.

Source: kubernetes v1.36 pkg/controller/endpointslice, staging/src/k8s.io/endpointslice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kplan.controllers.registry import Controller
from kplan.controllers.state import READY, TERMINATING_READY, TERMINATING_UNREADY, UNREADY, Cohort, Map, Obj, State
from kplan.k8s.selector import map_selector

_RUNNING = (READY, UNREADY, TERMINATING_READY, TERMINATING_UNREADY)
"""The conditions in which a pod has an address; ended pods are no endpoints."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of a Service: ready ones in all and by the owner of their pods, and those being deleted."""

    ready: int = 0
    by: tuple[tuple[str, int], ...] = ()
    terminating: int = 0


def selected(state: State, service: Obj) -> Iterator[Cohort]:
    """The pods that the Service's selector matches; none without a selector or for an ExternalName."""
    selector = service.spec.get("selector")
    if not selector or service.spec.get("type") == "ExternalName":
        return
    matcher = map_selector(selector)
    for cohort in state.cohorts_like(service.namespace, matcher.pairs):
        if matcher.matches(cohort.labels):
            yield cohort


def endpoints(state: State, service: Obj) -> Endpoints:
    """The endpoints of a Service. A named target port that no container has takes none of them away.

    Source: kubernetes v1.36 staging/src/k8s.io/endpointslice Reconciler, podToEndpoint.
    """
    ready = _RUNNING if service.spec.get("publishNotReadyAddresses") else (READY,)
    by: dict[str, int] = {}
    terminating = 0
    for cohort in selected(state, service):
        terminating += cohort.counts[TERMINATING_READY] + cohort.counts[TERMINATING_UNREADY]
        if cohort.owner is not None:
            _add(by, cohort.owner.name, sum(cohort.counts[one] for one in ready))
            continue
        for pod in cohort.pods.values():
            _add(by, pod.name, int(pod.state in ready))
    return Endpoints(sum(by.values()), tuple(sorted(by.items())), terminating)


def _add(by: dict[str, int], name: str, number: int) -> None:
    if number:
        by[name] = by.get(name, 0) + number


def shown(state: State, service: Obj) -> Map:
    """The Service's entry in a snapshot."""
    found = endpoints(state, service)
    entry: Map = {"ready": found.ready}
    if found.by:
        entry["by"] = dict(found.by)
    if found.terminating:
        entry["terminating"] = found.terminating
    return entry


CONTROLLER = Controller("Service", "services", shown)
