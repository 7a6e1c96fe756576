"""Roles, ClusterRoles and their bindings.

Source: kubernetes v1.36 pkg/apis/rbac/validation.
"""

from __future__ import annotations

from collections.abc import Iterator

from kplan.k8s.name import dns_subdomain, path_segment
from kplan.validation.check import Obj, Path, is_good_selector, label_selector, messages, named, objects
from kplan.validation.fault import Fault, invalid, required, unsupported
from kplan.validation.meta import object_meta

_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def role(data: Obj, minor: int) -> Iterator[Fault]:
    """A Role."""
    del minor
    yield from object_meta(data, path_segment)
    for index, rule in objects(data.get("rules")):
        yield from _rule(rule, ("rules", index), namespaced=True)


def cluster_role(data: Obj, minor: int) -> Iterator[Fault]:
    """A ClusterRole."""
    del minor
    yield from object_meta(data, path_segment, namespaced=False)
    for index, rule in objects(data.get("rules")):
        yield from _rule(rule, ("rules", index), namespaced=False)
    aggregation = data.get("aggregationRule")
    if aggregation is not None:
        yield from _aggregation(aggregation)


def _aggregation(aggregation: Obj) -> Iterator[Fault]:
    selectors, path = aggregation.get("clusterRoleSelectors"), ("aggregationRule", "clusterRoleSelectors")
    if not selectors:
        yield required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil")
    for index, selector in objects(selectors):
        yield from label_selector(selector, (*path, index))
        if not is_good_selector(selector):
            yield invalid((*path, index), None, "invalid label selector.")


def _rule(rule: Obj, path: Path, *, namespaced: bool) -> Iterator[Fault]:
    if not rule.get("verbs"):
        yield required((*path, "verbs"), "verbs must contain at least one value")
    if urls := rule.get("nonResourceURLs"):
        yield from _non_resource(rule, urls, (*path, "nonResourceURLs"), namespaced)
        return
    if not rule.get("apiGroups"):
        yield required((*path, "apiGroups"), "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield required((*path, "resources"), "resource rules must supply at least one resource")


def _non_resource(rule: Obj, urls: list[str], path: Path, namespaced: bool) -> Iterator[Fault]:
    if namespaced:
        yield invalid(path, urls, "namespaced rules cannot apply to non-resource URLs")
    if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
        yield invalid(path, urls, "rules cannot apply to both regular resources and non-resource URLs")


def role_binding(data: Obj, minor: int) -> Iterator[Fault]:
    """A RoleBinding."""
    del minor
    yield from object_meta(data, path_segment)
    yield from _binding(data, ("Role", "ClusterRole"), namespaced=True)


def cluster_role_binding(data: Obj, minor: int) -> Iterator[Fault]:
    """A ClusterRoleBinding."""
    del minor
    yield from object_meta(data, path_segment, namespaced=False)
    yield from _binding(data, ("ClusterRole",), namespaced=False)


def _binding(data: Obj, kinds: tuple[str, ...], *, namespaced: bool) -> Iterator[Fault]:
    ref: Obj = data.get("roleRef") or {}
    group, kind = ref.get("apiGroup") or _GROUP, ref.get("kind") or ""
    if group != _GROUP:
        yield unsupported(("roleRef", "apiGroup"), group, (_GROUP,))
    if kind not in kinds:
        yield unsupported(("roleRef", "kind"), kind, kinds)
    yield from named(path_segment, ref.get("name"), ("roleRef", "name"))
    for index, subject in objects(data.get("subjects")):
        yield from _subject(subject, ("subjects", index), namespaced)


def _subject(subject: Obj, path: Path, namespaced: bool) -> Iterator[Fault]:
    name, kind, group = subject.get("name"), subject.get("kind") or "", subject.get("apiGroup") or ""
    if not name:
        yield required((*path, "name"))
    if kind == "ServiceAccount":
        if name:
            yield from messages((*path, "name"), name, dns_subdomain(name))
        if group:
            yield unsupported((*path, "apiGroup"), group, ("",))
        if not namespaced and not subject.get("namespace"):
            yield required((*path, "namespace"))
    elif kind not in _SUBJECTS:
        yield unsupported((*path, "kind"), kind, _SUBJECTS)
    elif group not in ("", _GROUP):
        yield unsupported((*path, "apiGroup"), group, (_GROUP,))


CHECKS = {
    "Role": role,
    "ClusterRole": cluster_role,
    "RoleBinding": role_binding,
    "ClusterRoleBinding": cluster_role_binding,
}
