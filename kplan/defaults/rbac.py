"""Defaults of the group rbac.authorization.k8s.io.

Source: kubernetes v1.36 pkg/apis/rbac/v1 defaults.go.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]

_GROUP = "rbac.authorization.k8s.io"


def default_binding(value: Value, minor: int) -> None:
    """RoleBinding and ClusterRoleBinding."""
    value.setdefault("roleRef", {}).setdefault("apiGroup", _GROUP)
    for subject in value.get("subjects", ()):
        if subject.get("kind") in ("User", "Group"):
            subject.setdefault("apiGroup", _GROUP)


DEFAULTS = {
    f"rbac/{version}.{kind}": default_binding
    for version in ("v1", "v1beta1")
    for kind in ("RoleBinding", "ClusterRoleBinding")
}
