"""What roles allow, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kplan.kinds.builtin import is_builtin
from kplan.model import FieldPath, Problem, Resource

RBAC = "rbac.authorization.k8s.io"
ROLES = (f"{RBAC}/ClusterRole", f"{RBAC}/Role")
BINDINGS = (f"{RBAC}/ClusterRoleBinding", f"{RBAC}/RoleBinding")


class Grant(NamedTuple):
    """One rule of a role: the verbs on the resources of the groups, of all objects where `names` is empty."""

    path: FieldPath
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def is_everything(self) -> bool:
        """Whether it allows every verb on every resource."""
        return "*" in self.groups and "*" in self.resources and "*" in self.verbs

    def given(self, resource: str, verbs: tuple[str, ...], group: str = "") -> FieldPath | None:
        """Where it allows one of the verbs on the resource by name; None where it does not.

        A resource that is only among `*` is another rule's matter.
        """
        if resource not in self.resources or not {group, "*"} & set(self.groups):
            return None
        return (*self.path, "resources", self.resources.index(resource)) if {*verbs, "*"} & set(self.verbs) else None


def grants(role: Resource) -> Iterator[Grant]:
    """The rules of a role that a manifest brings; none of a role that every cluster has."""
    rules = role.get("rules")
    for index, rule in enumerate(rules if isinstance(rules, list) and not is_builtin(role.ref) else ()):
        if isinstance(rule, dict):
            fields = (_texts(rule.get(field)) for field in ("apiGroups", "resources", "verbs", "resourceNames"))
            yield Grant(("rules", index), *fields)


def granted(
    role: Resource, wanted: tuple[tuple[str, str, tuple[str, ...]], ...], message: str, help: str
) -> Iterator[Problem]:
    """A problem for each of the (group, resource, verbs) that a role allows, `{}` in the message being the resource.

    Rules that name their objects are taken for thought through.
    """
    for grant in grants(role):
        if grant.names:
            continue
        for group, resource, verbs in wanted:
            path = grant.given(resource, verbs, group)
            if path is not None:
                yield Problem(path, message.format(resource), help)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
