"""Objects as the API server would store them on creation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from kplan.k8s.codec import decode, encode
from kplan.k8s.layout import fields
from kplan.kinds.scope import scope, split_api_version

Value: TypeAlias = dict[str, Any]
Default: TypeAlias = Callable[[Value, int], None]

_FAMILIES = {
    "": "core",
    "admissionregistration.k8s.io": "admissionregistration",
    "apiextensions.k8s.io": "apiextensions",
    "apps": "apps",
    "autoscaling": "autoscaling",
    "batch": "batch",
    "certificates.k8s.io": "certificates",
    "coordination.k8s.io": "coordination",
    "discovery.k8s.io": "discovery",
    "events.k8s.io": "events",
    "extensions": "extensions",
    "flowcontrol.apiserver.k8s.io": "flowcontrol",
    "networking.k8s.io": "networking",
    "node.k8s.io": "node",
    "policy": "policy",
    "rbac.authorization.k8s.io": "rbac",
    "scheduling.k8s.io": "scheduling",
    "storage.k8s.io": "storage",
}
"""API group -> Go package of its types."""

_DEFAULTED = frozenset(path.stem for path in Path(__file__).parent.glob("*.py"))
"""Packages with defaults of their own are modules here."""

_GENERATIONS = {
    "admissionregistration": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration "
    "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration",
    "apiextensions": "CustomResourceDefinition",
    "apps": "DaemonSet Deployment ReplicaSet StatefulSet",
    "batch": "CronJob Job",
    "core": "Pod PodTemplate ReplicationController",
    "discovery": "EndpointSlice",
    "extensions": "DaemonSet Deployment Ingress NetworkPolicy ReplicaSet",
    "flowcontrol": "FlowSchema PriorityLevelConfiguration",
    "networking": "Ingress IngressClass NetworkPolicy",
    "policy": "PodDisruptionBudget",
    "scheduling": "PriorityClass",
}
_COUNTED = frozenset((package, kind) for package, kinds in _GENERATIONS.items() for kind in kinds.split())
"""Kinds whose objects count their generations, from 1."""

_POD_GENERATION = 33
_SERVER_METADATA = (
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "managedFields",
    "clusterName",
)
_STATUS_KEPT = frozenset({"core/v1.Node"})


def stored(data: Value, minor: int, namespace: str = "default") -> Value:
    """The object as a GET right after its creation shows it: a new dict, defaults applied, `data` unchanged.

    Fields that Kubernetes 1.`minor` does not know or drops are gone, and so are nulls and what Go omits as empty;
    quantities have their canonical text. What only a server can know is absent: uid, times, resourceVersion,
    managedFields, cluster IPs, node ports, and the selector and labels of a Job that hold its uid. Objects of kinds
    that are not built in come back as they are. `namespace` is that of a namespaced object that names none.

    >>> stored({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}, 36)["data"]
    {'a': 'Yg=='}

    Raises InputError for a value of the wrong type.
    """
    type_ = go_type(data.get("apiVersion"), data.get("kind"))
    if type_ is None or fields(type_, minor) is None:
        return data
    value = decode(type_, minor, data)
    _reset(value, type_, minor)
    if scope(split_api_version(data["apiVersion"])[0], data["kind"]) == "Namespaced":
        value["metadata"].setdefault("namespace", namespace)
    default = _default(type_)
    if default is not None:
        default(value, minor)
    found = encode(type_, minor, value)
    if found.get("metadata", {}).get("creationTimestamp", "") is None:
        del found["metadata"]["creationTimestamp"]
    return {"apiVersion": found.pop("apiVersion"), "kind": found.pop("kind"), **found}


def go_type(api_version: Any, kind: Any) -> str | None:
    """The Go type of a built-in kind, as `kplan.k8s.layout` names it; None for others.

    >>> go_type("networking.k8s.io/v1", "Ingress"), go_type("example.com/v1", "Shop")
    ('networking/v1.Ingress', None)
    """
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    group, version = split_api_version(api_version)
    package = _FAMILIES.get(group)
    return f"{package}/{version}.{kind}" if package else None


@cache
def _default(type_: str) -> Default | None:
    family = type_.partition("/")[0]
    module = import_module(f"kplan.defaults.{family}") if family in _DEFAULTED else None
    table: dict[str, Default] = getattr(module, "DEFAULTS", {})
    return table.get(type_)


def _reset(value: Value, type_: str, minor: int) -> None:
    """Take away what a creator cannot set, and begin the generations."""
    if type_ not in _STATUS_KEPT:
        value.pop("status", None)
    metadata = value.setdefault("metadata", {})
    for name in _SERVER_METADATA:
        metadata.pop(name, None)
    group, _, kind = type_.partition(".")
    package = group.partition("/")[0]
    if (package, kind) in _COUNTED and (kind != "Pod" or minor >= _POD_GENERATION):
        metadata["generation"] = 1
