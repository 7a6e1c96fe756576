"""What refers to what: the references that are written in an object, read by the table of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from kplan.kinds.scope import owning_group, scope, split_api_version
from kplan.kinds.template import pod_spec_path
from kplan.model import FieldPath, ObjectRef, Resource

Map = dict[str, Any]
POD_SPEC = "PodSpec"
"""The `of` of rows that hold for every pod spec, wherever it is."""

_HOLE = re.compile(r"[${}<>@%]|__|\bENC\[")


class Row(NamedTuple):
    """One way in which an object of one kind refers to another.

    `of` is a kind as `Service` or `apps/Deployment`, or POD_SPEC. `at` leads to the name of the target, with `[]` after
    lists; `to` is its kind, in the referrer's namespace. The other columns are fields beside the name, "" where there
    is none: `kind`, `group` (of the form `apps`, or an `apiVersion`) and `namespace` of the target, the `keys` that
    must be in it (a path, as `items[].key`), the `port` that it must have (ways and a number, the first one there),
    and one beside which the name does not count (`unless`). `loss` is what does not work while the target is missing.
    Beside a name, `optional: true` means that nothing is lost.
    """

    of: str
    at: str
    to: str
    loss: str
    kind: str = ""
    group: str = ""
    namespace: str = ""
    keys: str = ""
    port: str = ""
    unless: str = ""

    @property
    def field(self) -> str:
        """The field that holds the name."""
        return self.at.rpartition(".")[2]


class Reference(NamedTuple):
    """A reference as written: `path` is where the name is, `keys` and `port` what is asked of the target, and where."""

    row: Row
    path: FieldPath
    target: ObjectRef
    optional: bool
    keys: tuple[tuple[FieldPath, str], ...] = ()
    port: tuple[FieldPath, str | int] | None = None

    @property
    def holder(self) -> FieldPath:
        """The mapping that the name is in."""
        return self.path[:-1]


def has_hole(text: str) -> bool:
    """Whether part of a name is still to be filled in: by Flux, a template, a person, or by decrypting it.

    >>> has_hole("${cluster}-settings"), has_hole("<your-secret>"), has_hole("settings")
    (True, True, False)
    """
    return _HOLE.search(text) is not None


def references(resource: Resource) -> list[Reference]:
    """The references that an object writes, those of its pods included; names with holes are left out."""
    found: list[Reference] = []
    ref = resource.ref
    tree = _trees().get(f"{ref.group}/{ref.kind}" if ref.group else ref.kind)
    if tree is not None:
        _collect(tree, resource.data, (), ref, found)
    path = _pod_spec(resource)
    if path is not None:
        spec = resource.get(*path)
        if isinstance(spec, dict):
            _collect(_trees()[POD_SPEC], spec, path, ref, found)
    return found


def in_cluster(group: str, kind: str) -> bool:
    """Whether objects of the kind have no namespace, kinds of well-known operators included."""
    known = scope(group, kind)
    return known == "Cluster" if known else (group, kind) in _CUSTOM_CLUSTER


_CUSTOM_CLUSTER = {
    ("cert-manager.io", "ClusterIssuer"),
    ("external-secrets.io", "ClusterSecretStore"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("keda.sh", "ClusterTriggerAuthentication"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
}


def _pod_spec(resource: Resource) -> FieldPath | None:
    if scope(resource.ref.group, resource.kind) is not None:
        return pod_spec_path(resource.kind)
    usual: FieldPath = ("spec", "template", "spec")
    return usual if isinstance(resource.get(*usual, "containers"), list) else None


class _Node:
    """The rows whose holder is here, and the fields that lead on: (field, whether it is a list, node)."""

    __slots__ = ("rows", "ways")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.ways: list[tuple[str, bool, _Node]] = []


@cache
def _trees() -> dict[str, _Node]:
    """The rows by kind, as trees: fields that rows share are walked once."""
    from kplan.kinds.reference_table import ROWS

    trees: dict[str, _Node] = {}
    for row in ROWS:
        node = trees.setdefault(row.of, _Node())
        for step in row.at.split(".")[:-1]:
            node = _way(node, step.removesuffix("[]"), step.endswith("[]"))
        node.rows.append(row)
    return trees


def _way(node: _Node, field: str, is_list: bool) -> _Node:
    for known, _, child in node.ways:
        if known == field:
            return child
    child = _Node()
    node.ways.append((field, is_list, child))
    return child


def _collect(node: _Node, value: Map, path: FieldPath, referrer: ObjectRef, found: list[Reference]) -> None:
    for row in node.rows:
        name = value.get(row.field)
        if name and isinstance(name, str) and not _HOLE.search(name) and not (row.unless and value.get(row.unless)):
            reference = _reference(row, value, path, name, referrer)
            if reference is not None:
                found.append(reference)
    for field, is_list, child in node.ways:
        inner = value.get(field)
        if not inner:
            continue
        if not is_list:
            if isinstance(inner, dict):
                _collect(child, inner, (*path, field), referrer, found)
        elif isinstance(inner, list):
            for index, item in enumerate(inner):
                if isinstance(item, dict):
                    _collect(child, item, (*path, field, index), referrer, found)


def _reference(row: Row, holder: Map, path: FieldPath, name: str, referrer: ObjectRef) -> Reference | None:
    target = _target(row, holder, name, referrer)
    if target is None:
        return None
    keys = tuple((where, key) for where, key in _values(holder, row.keys, path) if isinstance(key, str) and key)
    at: FieldPath = (*path, row.field)
    port = next(((where, p) for where, p in _values(holder, row.port, path) if _is_port(p)), None)
    return Reference(row, at, target, holder.get("optional") is True, keys, port)


def _target(row: Row, holder: Map, name: str, referrer: ObjectRef) -> ObjectRef | None:
    """The object of that name; None where the kind written beside it is none that the row is about."""
    group, _, kind = row.to.rpartition("/")
    written = holder.get(row.kind) if row.kind else None
    if isinstance(written, str) and written != kind:
        group, kind = _OTHER.get((group, kind), {}).get(written, group), written
        if row.of in _ONLY and kind not in _ONLY[row.of]:
            return None
    beside = holder.get(row.group) if row.group else None
    if isinstance(beside, str) and (beside or row.kind):
        group = split_api_version(beside)[0] if row.group == "apiVersion" else beside
    group = owning_group(group, kind)
    if in_cluster(group, kind):
        return ObjectRef(group, kind, "", name)
    namespace = holder.get(row.namespace) if row.namespace else None
    namespace = namespace if isinstance(namespace, str) and namespace else referrer.namespace
    return ObjectRef(group, kind, namespace, name) if namespace and not _HOLE.search(namespace) else None


_OTHER = {("apps", "Deployment"): {"ReplicationController": "", "Rollout": "argoproj.io"}}
"""Groups of kinds that are written without one in place of the usual kind."""

_ONLY = {
    "rbac.authorization.k8s.io/ClusterRoleBinding": ("ServiceAccount", "ClusterRole"),
    "rbac.authorization.k8s.io/RoleBinding": ("ServiceAccount", "ClusterRole", "Role"),
    "traefik.containo.us/IngressRoute": ("Service",),
    "traefik.io/IngressRoute": ("Service",),
}
"""The kinds that count where others may be named too: users and groups are no objects."""


def _values(holder: Any, way: str, path: FieldPath) -> Iterator[tuple[FieldPath, Any]]:
    """What is at a way such as `items[].key` or `port.name|port.number|80` below the holder."""
    for alternative in way.split("|") if way else ():
        if alternative.isdigit():
            yield path, int(alternative)
        else:
            yield from _follow(holder, alternative.split("."), path)


def _follow(value: Any, steps: list[str], path: FieldPath) -> Iterator[tuple[FieldPath, Any]]:
    if not steps:
        yield path, value
        return
    field = steps[0].removesuffix("[]")
    inner = value.get(field) if isinstance(value, dict) else None
    if field != steps[0]:
        for index, item in enumerate(inner if isinstance(inner, list) else ()):
            yield from _follow(item, steps[1:], (*path, field, index))
    elif inner is not None:
        yield from _follow(inner, steps[1:], (*path, field))


def _is_port(value: Any) -> bool:
    return (type(value) is int and value > 0) or (isinstance(value, str) and bool(value) and not _HOLE.search(value))
