"""What a pod asks of other pods: terms of (anti-)affinity and rules of topology spread, ready to be matched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kplan.controllers.state import Map
from kplan.k8s.selector import IN, NOT_IN, Requirement, Selector, label_selector

REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
HONOR: Final = "Honor"

NamespaceLabels = Callable[[str], Mapping[str, str]]
"""The labels of a namespace, by its name."""


@dataclass(frozen=True, slots=True)
class Term:
    """Pods of some namespaces that a selector takes, and the label of nodes that says what is near them.

    `namespaces` are names; `namespace_selector` adds those whose labels it takes.
    """

    selector: Selector
    topology_key: str
    namespaces: frozenset[str]
    namespace_selector: Selector | None = None

    def matches(self, namespace: str, labels: Mapping[str, str], namespace_labels: NamespaceLabels) -> bool:
        """Whether a pod of that namespace with those labels is meant.

        Source: kubernetes v1.36 component-helpers scheduling/corev1 AffinityTerm.Matches.
        """
        if namespace not in self.namespaces:
            other = self.namespace_selector
            if other is None or not other.matches(namespace_labels(namespace)):
                return False
        return self.selector.matches(labels)


@dataclass(frozen=True, slots=True)
class Spread:
    """A topology spread constraint that must be met. `selector` takes pods of the pod's own namespace."""

    selector: Selector
    topology_key: str
    max_skew: int
    min_domains: int
    honor_affinity: bool
    honor_taints: bool


def terms(pod_spec: Map, which: str, namespace: str, labels: Mapping[str, str]) -> tuple[Term, ...]:
    """The required terms of `podAffinity` or `podAntiAffinity` (`which`)."""
    affinity = (pod_spec.get("affinity") or {}).get(which) or {}
    return tuple(_term(term, namespace, labels) for term in affinity.get(REQUIRED) or () if isinstance(term, dict))


def _term(term: Map, namespace: str, labels: Mapping[str, str]) -> Term:
    """Without namespaces and a selector of them, only the pod's own namespace is meant."""
    names, other = term.get("namespaces") or [], term.get("namespaceSelector")
    if not names and other is None:
        names = [namespace]
    selector = label_selector(term.get("labelSelector"))
    selector = _with_keys(selector, term.get("matchLabelKeys"), labels, IN)
    selector = _with_keys(selector, term.get("mismatchLabelKeys"), labels, NOT_IN)
    return Term(
        selector,
        str(term.get("topologyKey") or ""),
        frozenset(map(str, names)),
        None if other is None else label_selector(other),
    )


def _with_keys(selector: Selector, keys: Any, labels: Mapping[str, str], operator: str) -> Selector:
    """The selector, narrowed to pods that have (or have not) the pod's own values of some labels.

    Source: kubernetes v1.36 pkg/registry/core/pod applyMatchLabelKeysAndMismatchLabelKeys.
    """
    own = tuple(Requirement(key, operator, (labels[key],)) for key in keys or () if key in labels)
    if not own or not (selector.requirements or selector.everything):
        return selector
    return Selector((*selector.requirements, *own))


def spreads(pod_spec: Map, labels: Mapping[str, str]) -> tuple[Spread, ...]:
    """The pod's topology spread constraints that must be met; those that are only wished for are left out."""
    written = pod_spec.get("topologySpreadConstraints") or ()
    return tuple(_spread(one, labels) for one in written if one.get("whenUnsatisfiable") != "ScheduleAnyway")


def _spread(constraint: Map, labels: Mapping[str, str]) -> Spread:
    selector = _with_keys(label_selector(constraint.get("labelSelector")), constraint.get("matchLabelKeys"), labels, IN)
    return Spread(
        selector,
        str(constraint.get("topologyKey") or ""),
        int(constraint.get("maxSkew") or 1),
        int(constraint.get("minDomains") or 1),
        (constraint.get("nodeAffinityPolicy") or HONOR) == HONOR,
        constraint.get("nodeTaintsPolicy") == HONOR,
    )
