"""What the manifest's own RBAC objects allow a ServiceAccount, as far as rules need it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kplan.rules.pod import dicts

if TYPE_CHECKING:
    from kplan.model import Resource
    from kplan.rules.context import Context

_RBAC = "rbac.authorization.k8s.io"


def accounts_that_change_pods(context: Context) -> frozenset[tuple[str, str]]:
    """The ServiceAccounts, (namespace, name), that may update or patch pods: such pods can label themselves.

    Leader election by label (Vault, Patroni, Redis failover) works so: the label is in no template.
    """
    roles = {
        (r.kind, r.ref.namespace, r.ref.name)
        for r in context.of_kinds((f"{_RBAC}/Role", f"{_RBAC}/ClusterRole"))
        if any(_changes_pods(rule) for rule in dicts(r.get("rules")))
    }
    return frozenset(
        account
        for binding in context.of_kinds((f"{_RBAC}/RoleBinding", f"{_RBAC}/ClusterRoleBinding"))
        if _role_of(binding) in roles
        for account in _accounts(binding)
    )


def namespaces_with_makers(context: Context) -> dict[str, frozenset[str]]:
    """By resource (`secrets`), the namespaces in which the manifests let somebody create it; "" for every one."""
    made: dict[tuple[str, str, str], set[str]] = {}
    for role in context.of_kinds((f"{_RBAC}/Role", f"{_RBAC}/ClusterRole")):
        rules = [r for r in dicts(role.get("rules")) if _holds(r, "verbs", "create") or _holds(r, "verbs", "*")]
        resources = {x for r in rules for x in _texts(r, "resources") if x in _MAKABLE and _holds_group(r)}
        if resources:
            made.setdefault((role.kind, role.ref.namespace, role.ref.name), set()).update(resources)
    made["ClusterRole", "", "cluster-admin"] = {"*"}
    found: dict[str, set[str]] = {}
    for binding in context.of_kinds((f"{_RBAC}/RoleBinding", f"{_RBAC}/ClusterRoleBinding")):
        for resource in made.get(_role_of(binding), ()):
            for each in _MADE if resource == "*" else (resource,):
                found.setdefault(each, set()).add(binding.ref.namespace)
    return {resource: frozenset(namespaces) for resource, namespaces in found.items()}


_MADE = ("configmaps", "persistentvolumeclaims", "roles", "secrets", "serviceaccounts", "services")
_MAKABLE = frozenset((*_MADE, "*"))


def _holds_group(rule: dict[str, Any]) -> bool:
    return any(_holds(rule, "apiGroups", group) for group in ("", "*", _RBAC))


def _texts(rule: dict[str, Any], field: str) -> list[str]:
    items = rule.get(field)
    return [item for item in items if isinstance(item, str)] if isinstance(items, list) else []


def _changes_pods(rule: dict[str, Any]) -> bool:
    return any(_holds(rule, "resources", x) for x in ("pods", "*")) and any(
        _holds(rule, "verbs", verb) for verb in ("patch", "update", "*")
    )


def _holds(rule: dict[str, Any], field: str, item: str) -> bool:
    items = rule.get(field)
    return isinstance(items, list) and item in items


def _role_of(binding: Resource) -> tuple[str, str, str]:
    kind, name = binding.get("roleRef", "kind"), binding.get("roleRef", "name")
    return str(kind), binding.ref.namespace if kind == "Role" else "", str(name)


def _accounts(binding: Resource) -> Iterator[tuple[str, str]]:
    for subject in dicts(binding.get("subjects")):
        if subject.get("kind") == "ServiceAccount":
            yield str(subject.get("namespace") or binding.ref.namespace), str(subject.get("name"))
