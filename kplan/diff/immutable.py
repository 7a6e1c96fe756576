"""Fields whose change the API server refuses: such an object must be deleted and made anew.

One table of facts. Source: kubernetes v1.36 pkg/apis/*/validation, the Validate*Update functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kplan.diff.field import Difference
from kplan.diff.patch import Map
from kplan.model.path import FieldPath

IMMUTABLE = "field is immutable"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that may not change.

    `path` is where it begins, `free` the paths below it that may change (`*` stands for any item), `message` the API
    server's words. `when` tells from the objects before and after, as stored, whether the fact holds.
    """

    path: FieldPath
    message: str = IMMUTABLE
    free: tuple[FieldPath, ...] = ()
    when: Callable[[Map, Map], bool] | None = None
    since: int = 0
    until: int = 99

    def holds(self, path: FieldPath, before: Map, after: Map, minor: int) -> bool:
        """Whether the fact forbids a change at `path`."""
        return (
            self.since <= minor <= self.until
            and _below(path, self.path)
            and not any(_below(path, free) for free in self.free)
            and (self.when is None or self.when(before, after))
        )


def forbidden(difference: Difference, kind: tuple[str, str], before: Map, after: Map, minor: int) -> str | None:
    """Why the API server refuses this change of an object of a (group, kind); None where it accepts it.

    `before` and `after` are the objects as stored.
    """
    for fact in facts(kind):
        if fact.holds(difference.path, before, after, minor):
            return fact.message
    return None


def facts(kind: tuple[str, str]) -> tuple[Fact, ...]:
    """What may not change in objects of a (group, kind)."""
    return _FACTS.get(kind, ())


def _below(path: FieldPath, pattern: FieldPath) -> bool:
    return len(path) >= len(pattern) and all(p in ("*", part) for p, part in zip(pattern, path, strict=False))


def _spec(*names: str) -> tuple[FieldPath, ...]:
    return tuple(("spec", name) for name in names)


def _all(paths: Iterable[FieldPath]) -> tuple[Fact, ...]:
    return tuple(Fact(path) for path in paths)


def _get(data: Map, *path: str) -> Any:
    value: Any = data
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _was_immutable(before: Map, _after: Map) -> bool:
    return before.get("immutable") is True


def _keeps_cluster_ip(before: Map, after: Map) -> bool:
    """An address is given once: it may be let go by becoming an ExternalName, and be left out, but not be another."""
    return "ExternalName" not in (_get(before, "spec", "type"), _get(after, "spec", "type")) and bool(
        _get(after, "spec", "clusterIP")
    )


def _is_gated(before: Map, _after: Map) -> bool:
    return bool(_get(before, "spec", "schedulingGates"))


def _is_ungated(before: Map, after: Map) -> bool:
    return not _is_gated(before, after)


def _removes(*path: str) -> Callable[[Map, Map], bool]:
    return lambda before, after: _get(before, *path) is not None and _get(after, *path) is None


def _adds_gate(before: Map, after: Map) -> bool:
    old, new = (_get(data, "spec", "schedulingGates") or [] for data in (before, after))
    return any(gate not in old for gate in new)


def _changes_toleration(before: Map, after: Map) -> bool:
    """Tolerations may be added, and the seconds of those that are there may change."""
    old, new = (
        [{key: value for key, value in each.items() if key != "tolerationSeconds"} for each in found or []]
        for found in (_get(data, "spec", "tolerations") for data in (before, after))
    )
    return any(each not in new for each in old)


def _is_unsuspended(before: Map, _after: Map) -> bool:
    return not _get(before, "spec", "suspend")


def _completions_fixed(before: Map, after: Map) -> bool:
    """Completions of an Indexed Job may change together with parallelism to the same number."""
    spec = after.get("spec") or {}
    indexed = spec.get("completionMode") == "Indexed" and _get(before, "spec", "completions") is not None
    return not (indexed and spec.get("completions") == spec.get("parallelism"))


def _shrinks(before: Map, after: Map) -> bool:
    from kplan.k8s.quantity import parse_quantity

    old, new = (_get(data, "spec", "resources", "requests", "storage") for data in (before, after))
    try:
        return old is not None and (new is None or parse_quantity(new) < parse_quantity(old))
    except ValueError:
        return False


def _stateful_set(names: str) -> str:
    return f"updates to statefulset spec for fields other than {names} are forbidden"


_STATEFUL_SET_FREE = _spec("replicas", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy")
_MIN_READY = _spec("minReadySeconds")
_ORDINALS = _spec("ordinals")
_HISTORY = _spec("revisionHistoryLimit")
_SPEC: FieldPath = ("spec",)
_TEMPLATE: FieldPath = ("spec", "template")
_SUSPENDED_FREE: tuple[FieldPath, ...] = (
    *((*_TEMPLATE, "metadata", name) for name in ("labels", "annotations")),
    *((*_TEMPLATE, "spec", name) for name in ("nodeSelector", "affinity", "tolerations", "schedulingGates")),
    (*_TEMPLATE, "spec", "containers", "*", "resources"),
    (*_TEMPLATE, "spec", "initContainers", "*", "resources"),
)
_POD_MESSAGE = (
    "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, "
    "`spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing tolerations) and "
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_POD_FREE: tuple[FieldPath, ...] = (
    ("spec", "containers", "*", "image"),
    ("spec", "initContainers", "*", "image"),
    ("spec", "activeDeadlineSeconds"),
    ("spec", "tolerations"),
    ("spec", "schedulingGates"),
)
_PVC_MESSAGE = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)
_RBAC_ROLE = "cannot change roleRef"

_FACTS: dict[tuple[str, str], tuple[Fact, ...]] = {
    ("apps", "Deployment"): _all(_spec("selector")),
    ("apps", "ReplicaSet"): _all(_spec("selector")),
    ("apps", "DaemonSet"): _all(_spec("selector")),
    ("apps", "StatefulSet"): (
        Fact(
            _SPEC,
            _stateful_set("'replicas', 'template', and 'updateStrategy'"),
            free=_STATEFUL_SET_FREE,
            until=21,
        ),
        Fact(
            _SPEC,
            _stateful_set("'replicas', 'template', 'updateStrategy' and 'minReadySeconds'"),
            free=(*_STATEFUL_SET_FREE, *_MIN_READY),
            since=22,
            until=25,
        ),
        Fact(
            _SPEC,
            _stateful_set("'replicas', 'ordinals', 'template', 'updateStrategy' and 'minReadySeconds'"),
            free=(*_STATEFUL_SET_FREE, *_MIN_READY, *_ORDINALS),
            since=26,
            until=32,
        ),
        Fact(
            _SPEC,
            _stateful_set(
                "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"
            ),
            free=(*_STATEFUL_SET_FREE, *_MIN_READY, *_ORDINALS, *_HISTORY),
            since=33,
        ),
    ),
    ("batch", "Job"): (
        Fact(_TEMPLATE, free=_SUSPENDED_FREE),
        *(Fact(path, when=_is_unsuspended) for path in _SUSPENDED_FREE),
        Fact(("spec", "completions"), when=_completions_fixed),
        *_all(
            _spec(
                "selector",
                "completionMode",
                "podFailurePolicy",
                "backoffLimitPerIndex",
                "managedBy",
                "successPolicy",
                "podReplacementPolicy",
            )
        ),
    ),
    ("", "Pod"): (
        Fact(_SPEC, _POD_MESSAGE, free=_POD_FREE, when=_is_ungated),
        Fact(_SPEC, _POD_MESSAGE, free=(*_POD_FREE, *_spec("nodeSelector", "affinity")), when=_is_gated),
        Fact(
            ("spec", "activeDeadlineSeconds"),
            "must not update from a positive integer to nil value",
            when=_removes("spec", "activeDeadlineSeconds"),
        ),
        Fact(("spec", "schedulingGates"), "only deletion is allowed", when=_adds_gate),
        Fact(
            ("spec", "tolerations"),
            "existing toleration can not be modified except its tolerationSeconds",
            when=_changes_toleration,
        ),
    ),
    ("", "Service"): (
        Fact(("spec", "clusterIP"), "may not change once set", when=_keeps_cluster_ip),
        Fact(("spec", "clusterIPs"), "may not change once set", when=_keeps_cluster_ip),
    ),
    ("", "PersistentVolumeClaim"): (
        Fact(_SPEC, _PVC_MESSAGE, free=(("spec", "resources", "requests"), ("spec", "volumeAttributesClassName"))),
        Fact(
            ("spec", "resources", "requests", "storage"),
            "field can not be less than status.capacity",
            when=_shrinks,
        ),
    ),
    ("", "PersistentVolume"): (
        Fact(("spec", "volumeMode")),
        *(
            Fact(("spec", source), "spec.persistentvolumesource is immutable after creation")
            for source in ("hostPath", "nfs", "csi", "local", "iscsi", "fc", "rbd", "cephfs", "awsElasticBlockStore")
        ),
    ),
    ("", "ConfigMap"): tuple(
        Fact((name,), "field is immutable when `immutable` is set", when=_was_immutable)
        for name in ("data", "binaryData", "immutable")
    ),
    ("", "Secret"): (
        Fact(("type",)),
        *(
            Fact((name,), "field is immutable when `immutable` is set", when=_was_immutable)
            for name in ("data", "immutable")
        ),
    ),
    ("rbac.authorization.k8s.io", "RoleBinding"): (Fact(("roleRef",), _RBAC_ROLE),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (Fact(("roleRef",), _RBAC_ROLE),),
    ("storage.k8s.io", "StorageClass"): (
        Fact(("parameters",), "updates to parameters are forbidden."),
        Fact(("provisioner",), "updates to provisioner are forbidden."),
        *_all([("reclaimPolicy",), ("volumeBindingMode",)]),
    ),
    ("storage.k8s.io", "VolumeAttributesClass"): _all([("driverName",), ("parameters",)]),
    ("storage.k8s.io", "CSIDriver"): _all([*_spec("attachRequired", "volumeLifecycleModes")]),
    ("scheduling.k8s.io", "PriorityClass"): (
        Fact(("value",), "may not be changed in an update."),
        Fact(("preemptionPolicy",)),
    ),
    ("node.k8s.io", "RuntimeClass"): _all([("handler",)]),
    ("networking.k8s.io", "IngressClass"): _all(_spec("controller")),
    ("discovery.k8s.io", "EndpointSlice"): _all([("addressType",)]),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        Fact(("spec", "group")),
        Fact(("spec", "scope")),
        Fact(("spec", "names", "kind")),
        Fact(("spec", "names", "plural")),
    ),
}
