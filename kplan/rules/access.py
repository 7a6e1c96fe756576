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
