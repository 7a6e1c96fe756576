"""Why a pod cannot run on a node, in the scheduler's words: one function for each of its checks, in its order.

Source: kubernetes v1.36 pkg/scheduler/framework/plugins; the order is that of pkg/scheduler/apis/config/v1
getDefaultPlugins. The first check that fails speaks, and of resources all that lack.
"""

from __future__ import annotations

from typing import Final

from kplan.controllers.node import NO_EXECUTE, NO_SCHEDULE, UNSCHEDULABLE, matches, untolerated
from kplan.simulator.scheduler.ask import Ask, Port
from kplan.simulator.scheduler.ledger import Ledger, NodeUse

CORDONED: Final = "node(s) were unschedulable"
TAINTED: Final = "node(s) had untolerated taint(s)"
NOT_SELECTED: Final = "node(s) didn't match Pod's node affinity/selector"
NO_PORT: Final = "node(s) didn't have free ports for the requested pod ports"
TOO_MANY: Final = "Too many pods"
CLAIM_IN_USE: Final = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
VOLUME_ELSEWHERE: Final = "node(s) didn't match PersistentVolume's node affinity"
SKEWED: Final = "node(s) didn't match pod topology spread constraints"
NO_TOPOLOGY: Final = "node(s) didn't match pod topology spread constraints (missing required label)"
NOT_NEAR: Final = "node(s) didn't match pod affinity rules"
TOO_NEAR: Final = "node(s) didn't match pod anti-affinity rules"
UNWANTED: Final = "node(s) didn't satisfy existing pods anti-affinity rules"


def reasons(ledger: Ledger, ask: Ask, use: NodeUse) -> tuple[str, ...]:
    """Why the pod cannot run on the node now; empty where it can."""
    fits = ledger.fits(ask)
    if use.name not in fits:
        fits[use.name] = node_reason(ask, use)
    if reason := fits[use.name]:
        return (reason,)
    if ask.ports and _ports_taken(ask.ports, use):
        return (NO_PORT,)
    if lacking := resource_reasons(ask, use):
        return lacking
    reason = (
        (ask.claims and claim_reason(ledger, ask, use))
        or (ask.spread and spread_reason(ledger, ask, use))
        or pod_reason(ledger, ask, use)
    )
    return (reason,) if reason else ()


def taint_reason(ask: Ask, use: NodeUse) -> str | None:
    """Whether the node takes such pods at all: NodeUnschedulable and TaintToleration."""
    spec = use.data.get("spec")
    if not isinstance(spec, dict):
        return None
    tolerations = ask.spec.get("tolerations") or ()
    cordon = {"key": UNSCHEDULABLE, "effect": NO_SCHEDULE}
    if spec.get("unschedulable") and untolerated([cordon], tolerations, (NO_SCHEDULE,)):
        return CORDONED
    taints = [taint for taint in spec.get("taints") or () if taint.get("key") != UNSCHEDULABLE]
    return TAINTED if untolerated(taints, tolerations, (NO_SCHEDULE, NO_EXECUTE)) else None


def node_reason(ask: Ask, use: NodeUse) -> str | None:
    """What is wrong with the node whatever runs on it: its taints, or its labels (NodeAffinity)."""
    if reason := taint_reason(ask, use):
        return reason
    return None if matches(ask.spec, use.name, use.data) else NOT_SELECTED


def _ports_taken(ports: tuple[Port, ...], use: NodeUse) -> bool:
    """Whether a port is taken: of the same protocol and number, at the same address or at all of them."""
    taken = [port for port, number in use.ports.items() if number]
    return any(_clash(one, other) for one in ports for other in taken)


def _clash(one: Port, other: Port) -> bool:
    if one[:2] != other[:2]:
        return False
    return one[2] == other[2] or "0.0.0.0" in (one[2], other[2])


def resource_reasons(ask: Ask, use: NodeUse) -> tuple[str, ...]:
    """All that the node lacks. A resource that it does not name at all it has none of; one without limits has all.

    Source: kubernetes v1.36 pkg/scheduler/framework/plugins/noderesources fitsRequest.
    """
    limits, used = use.allocatable, use.used
    if not limits:
        return ()
    lacking = []
    if use.pods + 1 > limits.get("pods", 0):
        lacking.append(TOO_MANY)
    for resource, amount in ask.requests:
        if resource == "ephemeral-storage" and resource not in limits:
            continue  # a node that does not say is one written by hand
        if amount > limits.get(resource, 0) - used.get(resource, 0):
            lacking.append(f"Insufficient {resource}")
    return tuple(lacking)


def claim_reason(ledger: Ledger, ask: Ask, use: NodeUse) -> str | None:
    """Volumes: one that a single pod may use, and ones that cannot be reached from the node."""
    found = [(name, ledger.claims(ask.namespace, name)) for name in sorted(ask.claims)]
    known = [(name, claim) for name, claim in found if claim is not None]
    if any(claim.one_pod and ledger.uses(ask.namespace, name) for name, claim in known):
        return CLAIM_IN_USE
    return None if all(claim.is_near(use.name, use.data) for _, claim in known) else VOLUME_ELSEWHERE


def spread_reason(ledger: Ledger, ask: Ask, use: NodeUse) -> str | None:
    """Topology spread: one more pod here may not make this domain fuller than the emptiest by more than the skew.

    Source: kubernetes v1.36 pkg/scheduler/framework/plugins/podtopologyspread Filter.
    """
    for rule, tally in zip(ask.spread, ledger.spread(ask), strict=True):
        domain = use.labels.get(rule.topology_key)
        if domain is None:
            return NO_TOPOLOGY
        counts = tally.counts
        fewest = min(counts.values(), default=0) if len(counts) >= rule.min_domains else 0
        own = rule.selector.matches(ask.labels)
        if counts.get(domain, 0) + own - fewest > rule.max_skew:
            return SKEWED
    return None


def pod_reason(ledger: Ledger, ask: Ask, use: NodeUse) -> str | None:
    """Affinity and anti-affinity to other pods, and theirs to this one.

    Source: kubernetes v1.36 pkg/scheduler/framework/plugins/interpodaffinity Filter.
    """
    if ask.near and not _is_near(ledger, ask, use):
        return NOT_NEAR
    if ask.apart and any(tally.near(use.name) for tally in ledger.apart(ask)):
        return TOO_NEAR
    if any(tally.near(use.name) for tally in ledger.repelled(ask)):
        return UNWANTED
    return None


def _is_near(ledger: Ledger, ask: Ask, use: NodeUse) -> bool:
    """Whether all that the pod wants near it is; the first of a group that wants itself may go anywhere."""
    if any(term.topology_key not in use.labels for term in ask.near):
        return False
    tallies = ledger.near(ask)
    if all(tally.near(use.name) for tally in tallies):
        return True
    nobody = not any(tally.total for tally in tallies)
    return nobody and all(ledger.meets(term, ask) for term in ask.near)
