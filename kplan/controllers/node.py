"""Which nodes a pod may run on: node name, node selector, required node affinity, taints and tolerations.

A node is its object as the API holds it (`metadata.labels`, `spec.taints`, `spec.unschedulable`), or only its labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from kplan.controllers.state import Map
from kplan.k8s.selector import DOES_NOT_EXIST, EXISTS, IN, NOT_IN, Requirement

HOSTNAME: Final = "kubernetes.io/hostname"
OS: Final = "kubernetes.io/os"
UNSCHEDULABLE: Final = "node.kubernetes.io/unschedulable"
NO_SCHEDULE: Final = "NoSchedule"
NO_EXECUTE: Final = "NoExecute"


class Fit(NamedTuple):
    """Whether a pod may be put on a node, and whether one that runs there may stay."""

    may_start: bool
    may_stay: bool


def node_labels(name: str, node: Mapping[str, Any]) -> dict[str, str]:
    """The node's labels; its host name is its name and its system Linux unless they say otherwise.

    >>> node_labels("node-1", {"metadata": {"labels": {"pool": "a"}}})["kubernetes.io/hostname"]
    'node-1'
    """
    metadata = node.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else _flat(node)
    return {HOSTNAME: name, OS: "linux", **(labels or {})}


def _flat(node: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in node.items() if isinstance(value, str)}


def node_taints(node: Mapping[str, Any]) -> list[Map]:
    """The node's taints; a node that is cordoned has one more.

    Source: kubernetes v1.36 pkg/controller/nodelifecycle doNoScheduleTaintingPass.
    """
    spec = node.get("spec")
    if not isinstance(spec, dict):
        return []
    taints: list[Map] = list(spec.get("taints") or [])
    if spec.get("unschedulable") and all(taint.get("key") != UNSCHEDULABLE for taint in taints):
        taints.append({"key": UNSCHEDULABLE, "effect": NO_SCHEDULE})
    return taints


def fit(pod_spec: Map, name: str, node: Mapping[str, Any]) -> Fit:
    """How a pod of this spec fits a node, apart from resources and other pods.

    Source: kubernetes v1.36 pkg/controller/daemon NodeShouldRunDaemonPod.
    """
    if pod_spec.get("nodeName") not in (None, "", name) or not matches(pod_spec, name, node):
        return Fit(False, False)
    taints = node_taints(node)
    tolerations = pod_spec.get("tolerations") or ()
    if untolerated(taints, tolerations, (NO_SCHEDULE, NO_EXECUTE)) is None:
        return Fit(True, True)
    return Fit(False, untolerated(taints, tolerations, (NO_EXECUTE,)) is None)


def matches(pod_spec: Map, name: str, node: Mapping[str, Any]) -> bool:
    """Whether the node meets the pod's node selector and its required node affinity.

    Source: kubernetes component-helpers scheduling/corev1/nodeaffinity GetRequiredNodeAffinity.
    """
    wanted = pod_spec.get("nodeSelector") or {}
    required = _required_terms(pod_spec)
    if not wanted and required is None:
        return True
    labels = node_labels(name, node)
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return required is None or any(_meets(term, name, labels) for term in required)


def _required_terms(pod_spec: Map) -> list[Map] | None:
    affinity = (pod_spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return None if required is None else list(required.get("nodeSelectorTerms") or [])


def _meets(term: Map, name: str, labels: Mapping[str, str]) -> bool:
    """Whether a node meets all conditions of a term; one without conditions matches no node."""
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not fields:
        return False
    own = {"metadata.name": name}
    return all(_holds(one, labels) for one in expressions) and all(_holds(one, own) for one in fields)


def _holds(expression: Map, labels: Mapping[str, str]) -> bool:
    """Whether one condition holds; Gt and Lt compare whole numbers, and an absent label meets NotIn.

    >>> _holds({"key": "cores", "operator": "Gt", "values": ["4"]}, {"cores": "16"})
    True
    """
    key, operator = str(expression.get("key")), str(expression.get("operator"))
    values = tuple(str(value) for value in expression.get("values") or ())
    if operator in ("Gt", "Lt"):
        return _compares(labels.get(key), operator, values)
    known = operator in (IN, NOT_IN, EXISTS, DOES_NOT_EXIST)
    return known and Requirement(key, operator, values).matches(labels)


def _compares(label: str | None, operator: str, values: tuple[str, ...]) -> bool:
    try:
        number, bound = int(label or ""), int(*values)
    except (TypeError, ValueError):
        return False
    return number > bound if operator == "Gt" else number < bound


def untolerated(taints: Iterable[Map], tolerations: Iterable[Map], effects: tuple[str, ...]) -> Map | None:
    """The first taint of one of these effects that no toleration tolerates, or None.

    Source: kubernetes component-helpers scheduling/corev1 FindMatchingUntoleratedTaint.
    """
    held = list(tolerations)
    for taint in taints:
        if taint.get("effect") in effects and not any(tolerates(one, taint) for one in held):
            return taint
    return None


def tolerates(toleration: Map, taint: Map) -> bool:
    """Whether a toleration tolerates a taint; without an effect it does for every effect, without a key for every key.

    >>> tolerates({"operator": "Exists"}, {"key": "gpu", "value": "yes", "effect": "NoSchedule"})
    True

    Source: kubernetes api core/v1 Toleration.ToleratesTaint.
    """
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    operator = toleration.get("operator") or "Equal"
    if operator == "Exists":
        return True
    return operator == "Equal" and (toleration.get("value") or "") == (taint.get("value") or "")
