"""What the expressions of webhooks and admission policies may name, with types.

Source: kubernetes v1.36 apiserver pkg/admission/plugin/cel compile.go BuildRequestType, BuildNamespaceType,
composition.go; pkg/cel/mutation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from kplan.cel.type import BOOL, DYN, INT, STRING, TIMESTAMP, Type, list_of, map_of

Fields: TypeAlias = Mapping[str, Type]

_TEXTS = map_of(STRING, STRING)


def _struct(name: str) -> Type:
    return Type("struct", f"kubernetes.{name}")


VARIABLES = _struct("variables")
OBJECT, PATCH = Type("struct", "Object"), Type("struct", "JSONPatch")
"""What mutations give: the fields to apply, and one step of a patch."""

_STRUCTS: dict[str, Fields] = {
    "kubernetes.GroupVersionKind": dict.fromkeys(("group", "version", "kind"), STRING),
    "kubernetes.GroupVersionResource": dict.fromkeys(("group", "version", "resource"), STRING),
    "kubernetes.UserInfo": {
        "username": STRING,
        "uid": STRING,
        "groups": list_of(STRING),
        "extra": map_of(STRING, list_of(STRING)),
    },
    "kubernetes.AdmissionRequest": {
        **dict.fromkeys(("kind", "requestKind"), _struct("GroupVersionKind")),
        **dict.fromkeys(("resource", "requestResource"), _struct("GroupVersionResource")),
        **dict.fromkeys(("subResource", "requestSubResource", "name", "namespace", "operation"), STRING),
        "userInfo": _struct("UserInfo"),
        "dryRun": BOOL,
        "options": DYN,
    },
    "kubernetes.NamespaceMetadata": {
        **dict.fromkeys(("name", "generateName", "namespace", "UID", "resourceVersion"), STRING),
        **dict.fromkeys(("labels", "annotations"), _TEXTS),
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), TIMESTAMP),
        **dict.fromkeys(("deletionGracePeriodSeconds", "generation"), INT),
        "finalizers": list_of(STRING),
    },
    "kubernetes.NamespaceSpec": {"finalizers": list_of(STRING)},
    "kubernetes.NamespaceCondition": {
        **dict.fromkeys(("status", "type", "message", "reason"), STRING),
        "lastTransitionTime": TIMESTAMP,
    },
    "kubernetes.NamespaceStatus": {"conditions": list_of(_struct("NamespaceCondition")), "phase": STRING},
    "kubernetes.Namespace": {
        "metadata": _struct("NamespaceMetadata"),
        "spec": _struct("NamespaceSpec"),
        "status": _struct("NamespaceStatus"),
    },
}
_PATCH_FIELDS: Fields = {"op": STRING, "path": STRING, "from": STRING, "value": DYN}
_NAMES: Fields = {
    "object": DYN,
    "oldObject": DYN,
    "request": _struct("AdmissionRequest"),
    "namespaceObject": _struct("Namespace"),
}
_AUTHORIZER: Fields = {
    "authorizer": _struct("authorization.Authorizer"),
    "authorizer.requestResource": _struct("authorization.ResourceCheck"),
}


def names(*, params: bool = False, authorizer: bool = True, variables: bool = False) -> dict[str, Type]:
    """The variables of an expression: with parameters, with the authorizer, with the policy's own `variables`."""
    found = {**_NAMES, **(_AUTHORIZER if authorizer else {})}
    return found | ({"params": DYN} if params else {}) | ({"variables": VARIABLES} if variables else {})


class Structs(Mapping[str, Fields]):
    """The fields of struct types, by the names of the types; `variables` are those of a policy.

    With `patches`, there are the types that mutations give too: an object or a part of it may have any field.
    """

    def __init__(self, variables: Fields, *, patches: bool = False) -> None:
        self._known = {**_STRUCTS, VARIABLES.name: variables, **({PATCH.name: _PATCH_FIELDS} if patches else {})}
        self._patches = patches

    def __getitem__(self, name: str) -> Fields:
        if self._patches and name.partition(".")[0] == OBJECT.name:
            return _AnyField()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class _AnyField(Fields):
    """Fields of any name and type."""

    def __getitem__(self, name: str) -> Type:
        return DYN

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def variable_type(type_: Type) -> Type:
    """The type of a variable whose expression has this type: as Kubernetes' own schema types can say it.

    >>> str(variable_type(list_of(INT))), str(variable_type(list_of(Type("opaque", "net.IP"))))
    ('list(int)', 'list(dyn)')
    """
    if type_.kind in ("list", "map"):
        return type_._replace(parts=tuple(map(variable_type, type_.parts)))
    return DYN if type_.kind in ("struct", "opaque", "type", "param", "error") else type_
