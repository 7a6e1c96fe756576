"""Where a DaemonSet's pods are and where they may be.

Source: kubernetes v1.36 pkg/controller/daemon getNodesToDaemonPods; pkg/controller/daemon/util daemonset_util.go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kplan.controllers.action import CreatePods, Seed
from kplan.controllers.node import NO_EXECUTE, NO_SCHEDULE, UNSCHEDULABLE, Fit, fit
from kplan.controllers.replica_set import min_ready_s
from kplan.controllers.revision import HASH_LABEL, template_of
from kplan.controllers.state import TERMINATING, Map, Obj, Pod, State

_FIT = Fit(True, True)
_TOLERATED: Final = (
    ("node.kubernetes.io/not-ready", NO_EXECUTE),
    ("node.kubernetes.io/unreachable", NO_EXECUTE),
    ("node.kubernetes.io/disk-pressure", NO_SCHEDULE),
    ("node.kubernetes.io/memory-pressure", NO_SCHEDULE),
    ("node.kubernetes.io/pid-pressure", NO_SCHEDULE),
    (UNSCHEDULABLE, NO_SCHEDULE),
)
_NETWORK: Final = ("node.kubernetes.io/network-unavailable", NO_SCHEDULE)


@dataclass(frozen=True, slots=True)
class Placement:
    """A DaemonSet on its nodes.

    `fits` says for each node whether a pod may start and stay there; `pods` are its pods on each node, or on their
    way to it; `revision` is the one that new pods are made from, and `label` what they are known by.
    """

    owner: Obj
    revision: Obj
    label: str
    fits: dict[str, Fit]
    pods: dict[str, list[Pod]]
    min_ready_s: int

    @property
    def desired(self) -> int:
        """The number of nodes that should have a pod."""
        return sum(one.may_start for one in self.fits.values())

    def is_updated(self, pod: Pod) -> bool:
        """Whether the pod was made from the newest template."""
        return pod.cohort.labels.get(HASH_LABEL) == self.label


def revision_label(revision: Obj) -> str:
    """The label that pods of a revision carry."""
    return str(revision.labels.get(HASH_LABEL) or revision.name)


def placement(state: State, daemon_set: Obj, revision: Obj) -> Placement:
    """The DaemonSet's nodes and pods as they are now, nodes in their order."""
    pods: dict[str, list[Pod]] = {}
    for pod in state.pods_of(daemon_set):
        if (node := pod.node or pod.target) is not None:
            pods.setdefault(node, []).append(pod)
    label = revision_label(revision)
    return Placement(daemon_set, revision, label, fits(state, daemon_set), pods, min_ready_s(daemon_set))


def fits(state: State, daemon_set: Obj) -> dict[str, Fit]:
    """How a pod of the DaemonSet's template fits each node."""
    spec = pod_template(daemon_set.template).get("spec") or {}
    bound = any(spec.get(key) for key in ("nodeName", "nodeSelector", "affinity"))
    return {name: fit(spec, name, node) if bound or node.get("spec") else _FIT for name, node in state.nodes.items()}


def pod_template(template: Map) -> Map:
    """The template that pods are made from: they tolerate what befalls a node.

    Source: kubernetes v1.36 pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations.
    """
    spec = template.get("spec") or {}
    wanted = [*_TOLERATED, _NETWORK] if spec.get("hostNetwork") else _TOLERATED
    own = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in wanted]
    same = {(key, effect) for key, effect in wanted}
    kept = [one for one in spec.get("tolerations") or [] if not _replaced(one, same)]
    return {**template, "spec": {**spec, "tolerations": kept + own}}


def _replaced(toleration: Map, own: set[tuple[str, str]]) -> bool:
    """Whether the DaemonSet's own toleration takes this one's place: of the same key, effect and operator, no value."""
    key = (str(toleration.get("key") or ""), str(toleration.get("effect") or ""))
    return key in own and toleration.get("operator") == "Exists" and not toleration.get("value")


def oldest_first(pods: Sequence[Pod]) -> list[Pod]:
    """Pods that have a node first, then the oldest.

    Source: kubernetes v1.36 pkg/controller/daemon podByCreationTimestampAndPhase.
    """
    return sorted(pods, key=lambda pod: (pod.node is None, pod.created_s, pod.uid))


def not_deleted(pods: Sequence[Pod]) -> list[Pod]:
    """The pods that are not being deleted."""
    return [pod for pod in pods if pod.state < TERMINATING]


def new_pods(placed: Placement, nodes: Sequence[str]) -> CreatePods:
    """The action that makes a pod for each of the nodes, in order."""
    revision = placed.revision
    labels, template = _made_from(revision)
    seeds = tuple(Seed(target=node) for node in nodes)
    return CreatePods(placed.owner, template, labels, seeds, f"revision {revision_label(revision)}")


def _made_from(revision: Obj) -> tuple[dict[str, str], Map]:
    """Labels and template of the revision's pods, the same objects each time: such pods are counted together."""
    held = template_of(revision)
    memo = revision.memo
    if not (isinstance(memo, tuple) and memo[0] is held):
        written = (held.get("metadata") or {}).get("labels") or {}
        memo = revision.memo = (held, {**written, HASH_LABEL: revision_label(revision)}, pod_template(held))
    return memo[1], memo[2]
