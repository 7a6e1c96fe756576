"""A NetworkPolicy that allows traffic with pods that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.pod import dicts
from kplan.rules.rule import rule
from kplan.rules.selection import without_pods


@rule(severity=Severity.WARNING, kinds=("networking.k8s.io/NetworkPolicy",), since="0.1")
def check(policy: Resource, context: Context) -> Iterator[Problem]:
    for path in _peers(policy):
        yield from without_pods(policy, (*path, "podSelector"), context, sure=True)


def _peers(policy: Resource) -> Iterator[FieldPath]:
    """The peers of the policy's own namespace: those in other namespaces are seldom all among the manifests."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        rules = policy.get("spec", direction)
        for number, one in enumerate(rules if isinstance(rules, list) else ()):
            peers = one.get(side) if isinstance(one, dict) else None
            for index, peer in enumerate(dicts(peers)):
                if peer.get("podSelector") and "namespaceSelector" not in peer:
                    yield ("spec", direction, number, side, index)
